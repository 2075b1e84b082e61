import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { required } from '../../../shared/basics/required.ts';
import { StudioError, writeError } from '../../../shared/app/errors.ts';
import type { DeidentificationOptions, HidingStyle } from '../../../shared/domain/export-formats.ts';
import type { Picture } from '../../../shared/domain/picture.ts';
import { EveryFrame } from '../../../shared/domain/time.ts';
import type { PictureBox } from '../../../shared/domain/timeline.ts';
import type { DetectorSessions } from '../../face/detector.ts';
import { hideRegion } from '../../media/hide-region.ts';
import type { ProbedVideo } from '../../media/probe.ts';
import { sampleFrames } from '../../media/sampled-frames.ts';
import type { TimedPicture } from '../../media/timed-pictures.ts';
import { encodeTimedPictures, probeNewVideo } from '../../media/timed-pictures.ts';
import type { CoverPlan, CoveredSpan, FoundFace } from './cover-plan.ts';
import { findFaces } from './find-faces.ts';

/** Added to a box on each side, as a share of its width or height: hair, ears and chin are outside of the detector's box. */
const MARGIN = 0.6;
/** Side of a cell as a share of the side of a face: two cells across a face. */
const CELL_OF_FACE = 0.5;
/** In a hidden picture a cell has at least this share of the longer side. */
const CELL_OF_PICTURE = 1 / 12;
/** A video is written again with the faces that the check found, at most so often in all. */
const MOST_PASSES = 3;

/** What became of a video. */
export interface DeidentifiedVideo {
  /** The last plan, with the faces that the check found. */
  readonly plan: CoverPlan;
  /** Number of frames that the check searched. */
  readonly checkedFrames: number;
  /** Faces that the check found and that were hidden then, and those that it still finds. */
  readonly found: readonly FoundFace[];
  readonly left: readonly FoundFace[];
}

/** What one video needs besides its plan. */
export interface Deidentification extends Pick<DeidentificationOptions, 'style' | 'sound' | 'hideMissed'> {
  readonly detectors: DetectorSessions;
  readonly signal: AbortSignal;
  /** Called often with the finished share, 0..1. It may throw to stop. */
  readonly onShare: (share: number) => Promise<void>;
}

/**
 * Writes a video again with hidden faces, and searches what was written for faces. Faces that are found are hidden too, and the video is
 * written once more. The file gets its name when it is whole; after an error or a stop, nothing of it is left.
 * @param to path of the new video, which must not exist
 * @throws StudioError 'disk-full', 'cannot-write', 'cancelled', 'damaged-video'
 */
export async function deidentifyVideo(original: ProbedVideo, first: CoverPlan, to: string, work: Deidentification): Promise<DeidentifiedVideo> {
  const { detectors, signal, sound, hideMissed, onShare } = work;
  const { timing, path } = original;
  const unfinished = join(dirname(to), `.${basename(to)}.${process.pid}.part`);
  const found: FoundFace[] = [];
  let plan = first;
  try {
    for (let pass = 1; ; pass++) {
      // Further passes cannot be known before. They take the second half of the progress again.
      const [from, span] = pass === 1 ? [0, 1] : [0.5, 0.5];
      const shareOf = (half: 0 | 1) => (frames: number) => onShare(from + (span * (half + frames / timing.frames)) / 2);
      await encodeTimedPictures(original, hiddenPictures(original, plan, work, shareOf(0)), { unfinished, to, sound }, signal);
      const made = await probeNewVideo(unfinished, basename(path), timing, signal);
      const left = await findFaces(made, plan, detectors, signal, shareOf(1));
      if (left.length === 0 || pass === MOST_PASSES) {
        await giveName(unfinished, to);
        return { plan, checkedFrames: timing.frames, found, left };
      }
      found.push(...left);
      // Where a second search still finds something, its place is not sure.
      plan = plan.with(left, timing, hideMissed && pass + 1 === MOST_PASSES);
    }
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function giveName(unfinished: string, to: string): Promise<void> {
  if (existsSync(to)) throw new StudioError('wrong-usage/new-file-exists', { path: to });
  await rename(unfinished, to).catch((error: unknown) => {
    throw writeError(to, error);
  });
}

/** The pictures of a video with what the plan hides, each at its time. */
async function* hiddenPictures(
  video: ProbedVideo,
  plan: CoverPlan,
  { style, signal }: Deidentification,
  onFrame: (frames: number) => Promise<void>,
): AsyncGenerator<TimedPicture> {
  for await (const { sample, frame, picture, release } of sampleFrames(video, new EveryFrame(video.timing), signal)) {
    if (picture === null) continue;
    // A frame that could not be decoded is replaced by a neighbour: then the places of both are hidden.
    const frames = frame === sample ? [frame] : [frame, sample];
    const places = frames.flatMap((each) => plan.at(each));
    if (frames.some((each) => plan.isHidden(each))) hidePicture(picture, places, style);
    else for (const place of places) hideRegion(picture, withMargin(place.box), style, CELL_OF_FACE * place.faceSide);
    yield { picture, pts: required(video.timing.pts[sample], 'the time of a frame'), release };
    await onFrame(sample + 1);
  }
}

/** Hides the whole picture, so that no face of it is left finer than two cells. */
function hidePicture(picture: Picture, places: readonly CoveredSpan[], style: HidingStyle): void {
  const { width, height } = picture;
  const cell = Math.max(CELL_OF_PICTURE * Math.max(width, height), ...places.map(({ faceSide }) => CELL_OF_FACE * faceSide));
  hideRegion(picture, { x: 0, y: 0, width, height }, style, cell);
}

function withMargin({ x, y, width, height }: PictureBox): PictureBox {
  return { x: x - MARGIN * width, y: y - MARGIN * height, width: (1 + 2 * MARGIN) * width, height: (1 + 2 * MARGIN) * height };
}
