import { describe, expect, test } from 'vitest';
import type { Feed, FloatTensor } from '../../../shared/domain/model-session.ts';
import { MirroredNetwork } from './mirrored-network.ts';
import { INPUTS, MIRROR_DIFFERENCE, OUTPUTS } from '../model/adatosk.ts';

/** A network whose outputs depend on the brightness of a clip's left and right halves, and are mirrored for the mirror image. */
const halves = {
  runs: 0,
  milliseconds: 0,
  run: (feeds: Readonly<Record<string, Feed>>): Promise<Record<string, FloatTensor>> => {
    const { dims, data } = feeds[INPUTS.clip]!;
    const [clips, , , width] = dims as [number, number, number, number];
    const each = data.length / clips;
    const left = Array.from({ length: clips }, (_, clip) =>
      [...data.subarray(clip * each, (clip + 1) * each)].reduce((sum, value, i) => sum + (Math.floor(i / 3) % width < width / 2 ? value : 0), 0),
    );
    const probabilities = left.flatMap((sum) => (sum > 0 ? [0.9, 0.1, 0, 0, 0, 0, 0] : [0.1, 0.9, 0, 0, 0, 0, 0]));
    // The weight of a patch is 1 where its column is bright: [clips, 1, 2 x 2].
    const map = left.flatMap((sum) => (sum > 0 ? [1, 0, 1, 0] : [0, 1, 0, 1]));
    return Promise.resolve({
      [OUTPUTS.probabilities]: { dims: [clips, 7], data: Float32Array.from(probabilities) },
      [OUTPUTS.slotProbabilities]: { dims: [clips, 1, 7], data: Float32Array.from(probabilities) },
      [OUTPUTS.final]: { dims: [clips, 1, 4], data: Float32Array.from(map) },
      [OUTPUTS.tokensKept]: { dims: [1], data: Float32Array.of(3) },
      [OUTPUTS.actionUnits]: { dims: [clips, 1, 2], data: Float32Array.from(left.flatMap((sum) => (sum > 0 ? [0.25, 0] : [0.75, 0.5]))) },
    });
  },
};

/** A clip of one frame of 2 x 2 pixels, with a bright left column. */
const bytes: Feed = { dims: [1, 1, 2, 2, 3], data: Uint8Array.from([9, 9, 9, 0, 0, 0, 9, 9, 9, 0, 0, 0]), scale: 1 / 255, offset: 0 };

describe('a network that also runs on the mirror image', () => {
  test('returns the mean of both outputs, with patches mirrored back and probabilities that add up to 1', async () => {
    const outputs = await new MirroredNetwork(halves).run({ [INPUTS.clip]: bytes });
    const { dims, data } = outputs[OUTPUTS.probabilities]!;
    expect(dims).toEqual([1, 7]);
    expect([data[0], data[1]]).toEqual([expect.closeTo(0.5, 5), expect.closeTo(0.5, 5)]);
    expect(data.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    // The mirror image is bright on the right. Mirrored back, it is bright on the left, like the clip.
    expect(outputs[OUTPUTS.final]).toEqual({ dims: [1, 1, 4], data: Float32Array.of(1, 0, 1, 0) });
    expect(outputs[OUTPUTS.tokensKept]).toEqual({ dims: [1], data: Float32Array.of(3) });
    expect(outputs[MIRROR_DIFFERENCE]!.dims).toEqual([1, 1]);
    expect(outputs[MIRROR_DIFFERENCE]!.data[0]).toBeCloseTo(0.8, 6);
    expect(outputs[OUTPUTS.actionUnits]).toEqual({ dims: [1, 1, 2], data: Float32Array.of(0.5, 0.25) });
  });

  test('a clip and its mirror image get the same outputs, as bytes and as floats', async () => {
    const network = new MirroredNetwork(halves);
    const mirrored: Feed = { dims: [1, 1, 2, 2, 3], data: Float32Array.from([0, 0, 0, 9, 9, 9, 0, 0, 0, 9, 9, 9]) };
    const [a, b] = [await network.run({ [INPUTS.clip]: bytes }), await network.run({ [INPUTS.clip]: mirrored })];
    expect(a[OUTPUTS.probabilities]).toEqual(b[OUTPUTS.probabilities]);
    expect(b[OUTPUTS.final]!.data).toEqual(Float32Array.of(0, 1, 0, 1));
  });
});
