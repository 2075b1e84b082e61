import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { countingVideo, ffmpeg, greyOfFrame, temporaryFolder } from '../../../../testing/videos.ts';
import { cancelled } from '../../../shared/app/errors.ts';
import type { ModelSession } from '../../../shared/domain/model-session.ts';
import { EveryFrame } from '../../../shared/domain/time.ts';
import type { PictureBox } from '../../../shared/domain/timeline.ts';
import type { DetectorSessions } from '../../face/detector.ts';
import { NEAR_SIDE, SEARCH_SIDE } from '../../face/detector.ts';
import { probeVideo } from '../../media/probe.ts';
import { sampleFrames } from '../../media/sampled-frames.ts';
import type { CoveredSpan } from './cover-plan.ts';
import { CoverPlan } from './cover-plan.ts';
import type { Deidentification } from './deidentify-video.ts';
import { deidentifyVideo } from './deidentify-video.ts';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

/** Luma of the covering colour, as encoded. */
const COVER = 60;

/** A detector that finds a face in the middle of its input, where `isFace` says so of the middle pixel (RGB). */
function detectorOf(side: number, isFace: (pixel: readonly number[]) => boolean): ModelSession {
  const middle = 3 * ((side / 2) * side + side / 2);
  // The anchors of the cell in the middle of the first grid; a box of an eighth of the input.
  const first = 2 * (8 * 16 + 8);
  return {
    run: ({ 'input:0': feed }) => {
      const scores = new Float32Array(512).fill(-100);
      const boxes = new Float32Array(512 * 16).fill(0);
      if (isFace([...feed!.data.slice(middle, middle + 3)])) scores[first] = 3;
      boxes.fill(side / 8, first * 16 + 2, first * 16 + 4);
      const tensor = (data: Float32Array) => ({ dims: [1, data.length], data });
      return Promise.resolve({
        'Identity:0': tensor(scores),
        'Identity_2:0': tensor(boxes),
        'Identity_1:0': tensor(new Float32Array(384).fill(-100)),
        'Identity_3:0': tensor(new Float32Array(384 * 16)),
      });
    },
  };
}
const detectorsThat = (isFace: (pixel: readonly number[]) => boolean): DetectorSessions => ({
  search: detectorOf(SEARCH_SIDE, isFace),
  near: detectorOf(NEAR_SIDE, () => false),
});
const BLIND = detectorsThat(() => false);

const work = (more: Partial<Deidentification> = {}): Deidentification => ({
  ...{ style: 'cover', sound: 'muted', hideMissed: true, detectors: BLIND, signal: new AbortController().signal, onShare: () => Promise.resolve() },
  ...more,
});
const spanOf = (startFrame: number, endFrame: number, box: PictureBox): CoveredSpan => ({ startFrame, endFrame, box, faceSide: box.width });

/** Luma of a pixel in every frame. */
async function lumaAt(path: string, x: number, y: number): Promise<number[]> {
  const video = await probeVideo(path);
  const found: number[] = [];
  for await (const { picture, release } of sampleFrames(video, new EveryFrame(video.timing))) {
    found.push(picture!.y[picture!.width * y + x]!);
    release();
  }
  return found;
}
const isCover = (luma: number): boolean => Math.abs(luma - COVER) < 5;
/** The frames of a counting video that have another level than theirs. Those that are covered must have the level of the cover. */
function changedFrames(levels: readonly number[]): number[] {
  const changed = [...levels.keys()].filter((frame) => Math.abs(levels[frame]! - greyOfFrame(frame)) > 7);
  expect(changed.filter((frame) => !isCover(levels[frame]!))).toEqual([]);
  return changed;
}

describe('what is hidden is hidden in exactly its frames', () => {
  const jitter = '(PTS-STARTPTS)+1.4/TB+if(gt(N\\,0)\\,(mod(N*7\\,9)-4)*0.001/TB\\,0)';

  test.each([
    ['at a constant rate', 'constant.mp4', 'PTS-STARTPTS'],
    ['at a variable rate from 1.4 s', 'variable.mkv', jitter],
    ['with a pause', 'pause.mkv', '(PTS-STARTPTS)+if(gt(N\\,20)\\,1.7/TB\\,0)'],
  ])('%s', async (_, name, timing) => {
    await countingVideo(at(name), 50, 25, timing);
    const original = await probeVideo(at(name));
    const box = { x: 28, y: 20, width: 8, height: 8 };
    const plan = new CoverPlan([spanOf(7, 8, box), spanOf(20, 23, box), spanOf(49, 50, box)], []);
    await deidentifyVideo(original, plan, at(`${name}-new.mp4`), work());
    const inside = await lumaAt(at(`${name}-new.mp4`), 32, 24);
    expect(changedFrames(inside)).toEqual([7, 20, 21, 22, 49]);
    expect(changedFrames(await lumaAt(at(`${name}-new.mp4`), 4, 4))).toEqual([]);
  });

  test('in a phone video with a rotation, at the place in the picture as shown', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'color=white:s=160x96:r=10:d=1', '-pix_fmt', 'yuv420p', at('lying.mp4'));
    await ffmpeg('-i', at('lying.mp4'), '-c', 'copy', '-metadata:s:v:0', 'rotate=90', at('phone.mp4'));
    const original = await probeVideo(at('phone.mp4'));
    expect(original.stream).toMatchObject({ width: 96, height: 160 });
    await deidentifyVideo(original, new CoverPlan([spanOf(3, 6, { x: 20, y: 120, width: 20, height: 20 })], []), at('upright.mp4'), work());
    const hidden = (await lumaAt(at('upright.mp4'), 30, 130)).map(isCover);
    expect(hidden).toEqual([false, false, false, true, true, true, false, false, false, false]);
    expect((await lumaAt(at('upright.mp4'), 66, 30)).some(isCover)).toBe(false);
  });

  test('the whole picture, in exactly the frames of the span', async () => {
    await countingVideo(at('whole.mp4'), 30, 25);
    const missed = { face: 1, startFrame: 10, endFrame: 13, reason: 'gap', isHidden: true } as const;
    await deidentifyVideo(await probeVideo(at('whole.mp4')), new CoverPlan([], [missed]), at('whole-new.mp4'), work());
    for (const [x, y] of [
      [1, 1],
      [62, 46],
    ] as const) {
      const luma = await lumaAt(at('whole-new.mp4'), x, y);
      expect(changedFrames(luma)).toEqual([10, 11, 12]);
    }
  });
});

describe('the check of the new video', () => {
  test('hides what it finds, and finds nothing then', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'color=white:s=96x96:r=10:d=1', '-pix_fmt', 'yuv420p', at('white.mp4'));
    const original = await probeVideo(at('white.mp4'));
    const detectors = detectorsThat(([red = 0]) => red > 200);
    const shares: number[] = [];
    const onShare = (share: number): Promise<void> => Promise.resolve(void shares.push(share));
    const { found, left, plan, checkedFrames } = await deidentifyVideo(original, new CoverPlan([], []), at('found.mp4'), work({ detectors, onShare }));
    expect([found.length, left.length, checkedFrames]).toEqual([10, 0, 10]);
    expect(plan.missed.map(({ reason }) => reason)).toContain('face_found');
    expect((await lumaAt(at('found.mp4'), 48, 48)).every(isCover)).toBe(true);
    expect((await lumaAt(at('found.mp4'), 4, 4)).some(isCover)).toBe(false);
    expect(shares.at(-1)).toBe(1);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
  });

  test('reports what it still finds, and hides the whole picture there', async () => {
    const original = await probeVideo(at('white.mp4'));
    const stubborn = await deidentifyVideo(original, new CoverPlan([], []), at('left.mp4'), work({ detectors: detectorsThat(() => true) }));
    expect(stubborn.left).toHaveLength(10);
    expect((await lumaAt(at('left.mp4'), 4, 4)).every(isCover)).toBe(true);
    const visible = await deidentifyVideo(original, new CoverPlan([], []), at('shown.mp4'), work({ detectors: detectorsThat(() => true), hideMissed: false }));
    expect(visible.left).toHaveLength(10);
    expect((await lumaAt(at('shown.mp4'), 4, 4)).some(isCover)).toBe(false);
  });
});

describe('nothing of a video is left', () => {
  test.each([0.2, 0.5, 0.8])('after a stop at %s', async (when) => {
    await countingVideo(at('long.mp4'), 100, 25);
    const out = await temporaryFolder();
    const stop = new AbortController();
    const onShare = (share: number): Promise<void> => {
      if (share < when) return Promise.resolve();
      stop.abort();
      return Promise.reject(cancelled());
    };
    const stopped = deidentifyVideo(await probeVideo(at('long.mp4')), new CoverPlan([], []), join(out, 'x.mp4'), work({ signal: stop.signal, onShare }));
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(out)).toEqual([]);
  });

  test('where a file of its name appeared meanwhile, and that file stays', async () => {
    await countingVideo(at('there.mp4'), 10, 25);
    const before = await lumaAt(at('there.mp4'), 4, 4);
    const failed = deidentifyVideo(await probeVideo(at('long.mp4')), new CoverPlan([], []), at('there.mp4'), work());
    await expect(failed).rejects.toMatchObject({ id: 'wrong-usage/new-file-exists' });
    expect(await lumaAt(at('there.mp4'), 4, 4)).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
