import * as ort from '../src/main/adatosk/runtime/onnxruntime.ts';
import sharp from 'sharp';
import { Graph } from '../src/main/adatosk/graph/graph.ts';
import { randomStream } from '../src/shared/basics/random.ts';
import { loadGraph } from '../src/main/adatosk/training/learner.ts';
import { writeOnnxWithWeightsAsInputs } from '../src/main/adatosk/onnx/file.ts';
import type { ParameterStore } from '../src/main/adatosk/training/parameter-store.ts';
import { patchesOf, tokensOf, TUBE, TUBE_VALUES } from '../src/main/adatosk/model/config.ts';
import type { StepSettings } from '../src/main/adatosk/model/training-step.ts';
import { dataTypes, stepInputs, stepLoss } from '../src/main/adatosk/model/training-step.ts';
import type { ClipSource } from '../src/main/training/data/clip-source.ts';
import { fillTubeMask } from '../src/main/training/data/hard-mask.ts';
import { evenWindows } from '../src/main/training/data/sampling.ts';

const GAP = 4;
const SLOTS_SHOWN = [1, 3, 5, 7];

/**
 * Draws the decoder's reconstruction of hidden tubes: for each clip three rows (original, visible tubes, with the hidden
 * tubes reconstructed) and four moments as columns. The mean and the standard std of each tube are those of the
 * original, because the loss is on normalised pixels: the decoder predicts the pattern, not the brightness.
 * @returns mean squared error of the normalised pixels over these clips
 */
export async function drawReconstruction(
  settings: StepSettings,
  store: ParameterStore,
  source: ClipSource,
  clips: readonly number[],
  path: string,
): Promise<number> {
  const { size, visibleTokens } = settings;
  const step: StepSettings = { ...settings, clips: clips.length, decodedTokens: tokensOf(size) - visibleTokens };
  const pixels = await Promise.all(clips.map((clip) => source.read(clip, evenWindows(source.clips[clip]!, 1)[0]!)));
  const visible = new BigInt64Array(clips.length * visibleTokens);
  const hidden = new BigInt64Array(clips.length * step.decodedTokens);
  const random = randomStream(1, 'picture');
  const own = <T extends BigInt64Array | Float32Array>(array: T, i: number): T =>
    array.subarray((i * array.length) / clips.length, ((i + 1) * array.length) / clips.length) as T;
  for (let i = 0; i < clips.length; i++) fillTubeMask(patchesOf(size), own(visible, i), own(hidden, i), random);
  const { drawn, error } = await decodeOnce(step, store, pixels, visible, hidden);
  const rows: Uint8Array[] = [];
  for (const [i, original] of pixels.entries()) {
    rows.push(original, paint(original, own(hidden, i), size.cropSide), paint(original, own(hidden, i), size.cropSide, own(drawn, i)));
  }
  await writePicture(rows, size.cropSide, path);
  return error;
}

async function decodeOnce(
  step: StepSettings,
  store: ParameterStore,
  pixels: readonly Uint8Array[],
  visible: BigInt64Array,
  hidden: BigInt64Array,
): Promise<{ drawn: Float32Array; error: number }> {
  const graph = new Graph('reconstruction');
  const types = dataTypes(step);
  const { reconstructed, losses } = stepLoss(step, stepInputs(graph, step));
  graph.output('drawn', reconstructed!);
  graph.output('error', losses.get('reconstruction')!);
  const session = await loadGraph(writeOnnxWithWeightsAsInputs(graph), 'cpu', 2);
  const dimsOf = (name: 'clip' | 'visible' | 'hidden'): number[] => [...(types.get(name)!.dims as readonly number[])];
  const clip = new Uint8Array(pixels.reduce((sum, { length }) => sum + length, 0));
  pixels.forEach((each, i) => clip.set(each, i * each.length));
  const feeds: Record<string, ort.Tensor> = {
    clip: new ort.Tensor('uint8', clip, dimsOf('clip')),
    visible: new ort.Tensor('int64', visible, dimsOf('visible')),
    hidden: new ort.Tensor('int64', hidden, dimsOf('hidden')),
  };
  for (const name of session.inputNames) {
    if (store.has(name)) feeds[name] = new ort.Tensor('float32', store.view('average', name), store.dims(name));
    else feeds[name] ??= zeros(types.get(name as 'labels')!.dims as number[]);
  }
  const results = await session.run(feeds);
  await session.release();
  return { drawn: Float32Array.from(results['drawn']!.data as Float32Array), error: Number(results['error']!.data[0]) };
}

function zeros(dims: number[]): ort.Tensor {
  return new ort.Tensor('float32', new Float32Array(dims.reduce((a, b) => a * b, 1)), dims);
}

/** A copy of a clip with its hidden tubes in grey, or with the pixels from the decoder. */
function paint(clip: Uint8Array, hidden: BigInt64Array, side: number, drawn?: Float32Array): Uint8Array {
  const result = Uint8ClampedArray.from(clip);
  const cells = side / TUBE.side;
  for (const [i, token] of hidden.entries()) {
    const index = Number(token);
    const [slot, patch] = [Math.floor(index / cells ** 2), index % cells ** 2];
    const [cellY, cellX] = [Math.floor(patch / cells), patch % cells];
    const at = (v: number): number => {
      const [frame, y, x, c] = [Math.floor(v / 768), Math.floor(v / 48) % 16, Math.floor(v / 3) % 16, v % 3];
      return (((slot * TUBE.frames + frame) * side + cellY * 16 + y) * side + cellX * 16 + x) * 3 + c;
    };
    for (let c = 0; c < 3; c++) {
      const values = Array.from({ length: TUBE_VALUES / 3 }, (_, k) => clip[at(k * 3 + c)]!);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)) + 1;
      for (let k = 0; k < values.length; k++) result[at(k * 3 + c)] = drawn === undefined ? 128 : mean + std * drawn[i * TUBE_VALUES + k * 3 + c]!;
    }
  }
  return new Uint8Array(result.buffer);
}

async function writePicture(rows: readonly Uint8Array[], side: number, path: string): Promise<void> {
  const frames = rows.flatMap((clip, row) =>
    SLOTS_SHOWN.map((slot, column) => ({
      input: Buffer.from(clip.subarray(slot * TUBE.frames * side * side * 3, (slot * TUBE.frames + 1) * side * side * 3)),
      raw: { width: side, height: side, channels: 3 as const },
      left: GAP + column * (side + GAP),
      top: GAP + row * (side + GAP) + Math.floor(row / 3) * 2 * GAP,
    })),
  );
  const [width, height] = [GAP + SLOTS_SHOWN.length * (side + GAP), GAP + rows.length * (side + GAP) + (rows.length / 3) * 2 * GAP];
  await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
    .composite(frames)
    .png()
    .toFile(path);
}
