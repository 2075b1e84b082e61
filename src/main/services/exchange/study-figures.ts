import { BASELINE_TYPE, EXCLUDED_TYPE } from '../../../shared/annotation/trial-edits.ts';
import type { ProjectFigures } from '../../../shared/contract/figures.ts';
import type { ConditionValue } from '../../../shared/statistics/conditions.ts';
import { linesWithin, meansByCondition } from '../../../shared/statistics/conditions.ts';
import type { LabelFigures, ObservedFace } from '../../../shared/statistics/summaries.ts';
import { ownerOf, personKey, pooled } from '../../../shared/statistics/summaries.ts';
import { EventAverage, meanOfCourses } from '../../../shared/statistics/trials.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { listTrials } from '../../project/trials.ts';

/** A face with its figures, one for each label. */
export interface MeasuredFace {
  readonly face: ObservedFace;
  readonly figures: readonly LabelFigures[];
}

/** Types of trials and markers, those of baselines last. Excluded spans are no events. */
export function eventTypes(db: ProjectDatabase, videos: ReadonlySet<string>): string[] {
  const own = listTrials(db).filter(({ video_id, type }) => type !== EXCLUDED_TYPE && videos.has(video_id));
  const types = [...new Set(own.map(({ type }) => type))].sort((a, b) => a.localeCompare(b));
  return [...types.filter((type) => type !== BASELINE_TYPE), ...types.filter((type) => type === BASELINE_TYPE)];
}

/**
 * Mean course of each label around the starts of the trials (and around the markers) of a type: first within each participant, with
 * the function of event_locked.csv, then over participants with the standard error over participants. A face without a participant
 * stands for itself; people who do not take part are left out.
 * @returns null for a layer without probabilities
 */
export function eventFigures(db: ProjectDatabase, faces: readonly ObservedFace[], labels: readonly string[], type: string): ProjectFigures['events'] {
  const starts = Map.groupBy(
    listTrials(db).filter((trial) => trial.type === type),
    ({ video_id }) => video_id,
  );
  const averages = new Map<string, EventAverage[]>();
  for (const face of faces) {
    const events = starts.get(face.videoId) ?? [];
    if (face.slots === null || face.missing === 'not-a-participant' || events.length === 0) continue;
    const own = averages.get(ownerOf(face)) ?? labels.map((label) => new EventAverage(label));
    averages.set(ownerOf(face), own);
    for (const { start_s } of events) for (const average of own) average.add(face.slots, start_s);
  }
  if (averages.size === 0) return null;
  const people = [...averages.values()];
  return { type, courses: labels.map((label, i) => ({ label, points: meanOfCourses(people.map((own) => own[i]?.points() ?? [])) })) };
}

/**
 * Share of time by condition, from the rows of statistics_participants.csv: a line for each participant who has several conditions,
 * and the means of these participants, so that differences between people cannot look like differences between conditions. If there
 * is no such participant, the means are over all. People who do not take part are left out.
 * @returns null with fewer than two conditions
 */
export function conditionFigures(measured: readonly MeasuredFace[], labels: readonly string[]): ProjectFigures['conditions'] {
  const taking = measured.filter(({ face }) => face.missing !== 'not-a-participant');
  const people = [...Map.groupBy(taking, ({ face }) => personKey(face)).values()];
  const conditions = [...new Set(taking.map(({ face }) => face.condition))].sort((a, b) => a.localeCompare(b));
  if (conditions.length < 2) return null;
  const valuesOf = (label: string): ConditionValue[] =>
    people.flatMap((own): ConditionValue[] => {
      const [first] = own;
      const { share } = pooled(own.flatMap((each) => each.figures.filter((figure) => figure.label === label)));
      return first === undefined || share === null ? [] : [{ participant: nameOf(first.face), condition: first.face.condition, value: share }];
    });
  const all = labels.map((label) => {
    const values = valuesOf(label);
    const within = new Set(linesWithin(values, conditions).map(({ participant }) => participant));
    return { label, values: within.size === 0 ? values : values.filter(({ participant }) => within.has(participant)) };
  });
  // Conditions in which only others took part have no place on the axis.
  const drawn = conditions.filter((condition) => all.some(({ values }) => values.some((value) => value.condition === condition)));
  return { conditions: drawn, figures: all.map(({ label, values }) => ({ label, means: meansByCondition(values), lines: linesWithin(values, drawn) })) };
}

/** Two videos can have one name. */
const nameOf = (face: ObservedFace): string => face.participant || ownerOf(face);
