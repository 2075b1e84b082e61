import { BASELINE_TYPE } from '../../../shared/annotation/trial-edits.ts';
import type { ObservedFace } from '../../../shared/statistics/summaries.ts';
import { ownerOf } from '../../../shared/statistics/summaries.ts';
import type { Measured } from '../../../shared/statistics/trials.ts';
import { facesIn, measuredIn } from '../../../shared/statistics/trials.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { listTrials } from '../../project/trials.ts';
import { observedFaces } from '../analysis/observed-faces.ts';

/** Mean probability of each label at rest, by owner (see `ownerOf`). A label that was not measured in the baseline spans is missing. */
export type Baselines = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** The baseline of each participant: the mean of the model's probabilities over all baseline spans of their faces. Empty without such spans. */
export function readBaselines(db: ProjectDatabase, videos: readonly string[], labels: readonly string[]): Baselines {
  const own = listTrials(db).flatMap(({ type, video_id: video, start_s: startS, end_s: endS }) =>
    type !== BASELINE_TYPE || endS === null ? [] : [{ video, startS, endS }],
  );
  const spans = Map.groupBy(own, ({ video }) => video);
  const chosen = videos.filter((video) => spans.has(video));
  if (chosen.length === 0) return new Map();
  const sums = new Map<string, Map<string, Measured>>();
  for (const face of observedFaces(db, { layer: 'model', videos: chosen })) {
    const sum = sums.get(ownerOf(face)) ?? new Map<string, Measured>();
    sums.set(ownerOf(face), sum);
    for (const span of spans.get(face.videoId) ?? []) {
      const inside = facesIn(face, span);
      for (const label of labels) {
        const { area, seconds } = measuredIn(inside, label);
        const before = sum.get(label) ?? { area: 0, seconds: 0 };
        sum.set(label, { area: before.area + area, seconds: before.seconds + seconds });
      }
    }
  }
  return new Map(
    [...sums].map(([owner, sum]) => [owner, new Map([...sum].flatMap(([label, { area, seconds }]) => (seconds === 0 ? [] : [[label, area / seconds]])))]),
  );
}

/** A face with probabilities minus the baseline of its owner. Without a baseline, it has no probabilities. */
export function minusBaseline(face: ObservedFace, baselines: Baselines): ObservedFace {
  const baseline = baselines.get(ownerOf(face));
  if (face.slots === null || baseline === undefined) return { ...face, slots: null };
  const shares = Object.entries(face.slots.shares).flatMap(([label, values]) => {
    const rest = baseline.get(label);
    return rest === undefined ? [] : [[label, values.map((value) => value - rest)] as const];
  });
  return { ...face, slots: { times: face.slots.times, shares: Object.fromEntries(shares) } };
}
