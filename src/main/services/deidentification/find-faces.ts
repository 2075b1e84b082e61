import { EveryFrame } from '../../../shared/domain/time.ts';
import type { PictureBox } from '../../../shared/domain/timeline.ts';
import type { DetectorSessions } from '../../face/detector.ts';
import { FaceDetector, joinOverlapping, NEAR_SIDE, SEARCH_SIDE, wholePicture } from '../../face/detector.ts';
import { overlap } from '../../face/face-geometry.ts';
import { closeUpOf } from '../../face/search-plan.ts';
import type { ProbedVideo } from '../../media/probe.ts';
import { sampleFrames } from '../../media/sampled-frames.ts';
import type { CoveredSpan, CoverPlan, FoundFace } from './cover-plan.ts';

/** The check counts a face with a higher score, 0..1: the analysis calls it confident then. */
export const FOUND_SCORE = 0.6;

/** Places that overlap by more (intersection over union) are in one close-up. */
const SAME_PLACE = 0.5;

/**
 * Searches every frame of a new video for faces: the whole picture, and close to each place that was hidden.
 * @param plan what was hidden
 * @param onFrame called after each frame, with the number of frames that were searched
 * @returns the faces above FOUND_SCORE
 * @throws StudioError 'cancelled', or that of a decoder
 */
export async function findFaces(
  video: ProbedVideo,
  plan: CoverPlan,
  sessions: DetectorSessions,
  signal: AbortSignal,
  onFrame: (frames: number) => Promise<void>,
): Promise<FoundFace[]> {
  const search = new FaceDetector(sessions.search, SEARCH_SIDE);
  const near = new FaceDetector(sessions.near, NEAR_SIDE);
  const found: FoundFace[] = [];
  for await (const { sample, frame, picture, release } of sampleFrames(video, new EveryFrame(video.timing), signal)) {
    if (picture === null) continue;
    try {
      const closeUps = plan.isHidden(frame) ? [] : distinctPlaces(plan.at(frame)).map(closeUpOf);
      const faces = await Promise.all([
        search.detect(picture, wholePicture(picture), FOUND_SCORE),
        ...closeUps.map((region) => near.detect(picture, region, FOUND_SCORE)),
      ]);
      for (const { box } of joinOverlapping(faces.flat())) found.push({ frame, box });
    } finally {
      release();
    }
    await onFrame(sample + 1);
  }
  return found;
}

/** The boxes of spans without those that nearly equal another one: a face that the check found in many frames has a span for each of them. */
function distinctPlaces(spans: readonly CoveredSpan[]): PictureBox[] {
  const places: PictureBox[] = [];
  for (const { box } of spans) if (places.every((place) => overlap(place, box) <= SAME_PLACE)) places.push(box);
  return places;
}
