import { byName } from '../../../shared/basics/name-order.ts';
import type { ProjectFigures } from '../../../shared/contract/figures.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { pairedUnits, UNLABELLED } from '../../../shared/statistics/agreement/layers.ts';
import { DEFAULT_UNIT_S } from '../../../shared/statistics/agreement/statistics.ts';
import { jointCounts } from '../../../shared/statistics/agreement/tables.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { LabelFigures, ObservedFace } from '../../../shared/statistics/summaries.ts';
import { figuresOf, meanCurve, ownerOf, pooled, transitions } from '../../../shared/statistics/summaries.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { listSchemes } from '../../project/review.ts';
import type { LayerRow } from '../../project/store/schema.ts';
import { excludedSpans } from '../../project/trials.ts';
import { codersWithLayers } from './agreement.ts';
import type { Baselines } from './baselines.ts';
import { minusBaseline, readBaselines } from './baselines.ts';
import type { Person } from './dyads.ts';
import { dyadsOf } from './dyads.ts';
import type { MeasuredFace } from './study-figures.ts';
import { conditionFigures, eventFigures, eventTypes } from './study-figures.ts';
import { observedFaces } from '../analysis/observed-faces.ts';

export interface FiguresRequest {
  readonly layer: string;
  /** Code of the participant; undefined for all. */
  readonly participant?: string | undefined;
  /** 'corrected': probabilities minus the participant's own baseline. */
  readonly values?: 'raw' | 'corrected' | undefined;
  /** Name of a layer to compare with, or null. */
  readonly against: string | null;
  /** Type of the trials and markers around which the courses are averaged; by default the first one. */
  readonly eventType?: string | undefined;
}

/** Half length and step of the mean curves around an apex, in seconds. */
const CURVE = { halfS: 2, stepS: 0.1 } as const;

/** The expression classes and all labels of the coding schemes. */
export function labelsOf(db: ProjectDatabase): string[] {
  const known = listSchemes(db).flatMap(({ labels }) => labels.map(({ name }) => name));
  return [...new Set([...EXPRESSIONS, ...known])];
}

/**
 * Figures of a layer for plots: by label for each video and each participant, transitions, mean curves around peaks, and
 * the confusion matrix with another layer.
 * @throws StudioError 'wrong-usage' if the layer has no labels
 */
export function projectFigures(db: ProjectDatabase, { layer, participant, values = 'raw', against, eventType }: FiguresRequest): ProjectFigures {
  const everybody = [...observedFaces(db, { layer })];
  const observed = participant === undefined ? everybody : everybody.filter((face) => face.participant === participant);
  if (observed.length === 0) throw new StudioError('wrong-usage/nothing-of-layer', { layer });
  const baselines = readBaselines(db, [...new Set(observed.map(({ videoId }) => videoId))], labelsOf(db));
  const faces = values === 'raw' ? observed : observed.map((face) => minusBaseline(face, baselines));
  const used = new Set(faces.flatMap(({ segments, peaks }) => [...segments, ...peaks].map(({ label }) => label)));
  const labels = labelsOf(db).filter((label) => (EXPRESSIONS as readonly string[]).includes(label) || used.has(label));
  const measured = faces.map((face) => ({ face, figures: labels.map((label) => figuresOf(face, label)) }));
  const expressed = labels.filter((label) => label !== 'neutral');
  const types = eventTypes(db, new Set(faces.map(({ videoId }) => videoId)));
  const type = types.find((each) => each === eventType) ?? types[0];
  return {
    layer,
    labels,
    people: [...new Set(everybody.flatMap((face) => (face.participant === '' ? [] : [face.participant])))].sort(byName),
    baselines: baselineCounts(observed, baselines),
    dyads: dyadNames(observed),
    faces: faces.length,
    videos: groups(measured, () => ''),
    participants: groups(measured, (face) => face.participant),
    all: pooledByLabel(measured),
    transitions: { labels: expressed, counts: transitions(faces, expressed) },
    curves: expressed.map((label) => ({ label, points: meanCurve(faces, label, CURVE.halfS, CURVE.stepS) })),
    eventTypes: types,
    events: type === undefined ? null : eventFigures(db, faces, expressed, type),
    conditions: conditionFigures(measured, expressed),
    confusion: against === null ? null : confusionOf(db, faces, against, labels, [layer, against]),
  };
}

/** The model, coders with labels, and the adjudicated layer, as far as there are any. A coder who only set participants or trials is no rater. */
export function ratedLayers(db: ProjectDatabase): string[] {
  const rows = db.rows(db.sql.selectFrom('layer').selectAll());
  const has = (kind: LayerRow['kind']): boolean => rows.some((layer) => layer.kind === kind);
  return [...(has('model') ? ['model'] : []), ...codersWithLayers(db), ...(has('adjudicated') ? ['adjudicated'] : [])];
}

function baselineCounts(faces: readonly ObservedFace[], baselines: Baselines): ProjectFigures['baselines'] {
  if (baselines.size === 0) return null;
  const owners = [...new Set(faces.filter(({ missing }) => missing !== 'not-a-participant').map(ownerOf))];
  const known = owners.filter((owner) => (baselines.get(owner)?.size ?? 0) > 0).length;
  return { with: known, without: owners.length - known };
}

function dyadNames(faces: readonly ObservedFace[]): ProjectFigures['dyads'] {
  return [...Map.groupBy(faces, ({ videoId }) => videoId).values()].flatMap((own) =>
    dyadsOf(own).map(({ people: [first, second] }) => ({ videoId: first.first.videoId, video: first.first.video, people: [named(first), named(second)] })),
  );
}
const named = ({ key, first: { participant, face } }: Person): ProjectFigures['dyads'][number]['people'][number] => ({ key, participant, face });

/** @param participantOf the participant whose faces are pooled; '' for a face that is a group of its own */
function groups(measured: readonly MeasuredFace[], participantOf: (face: ObservedFace) => string): ProjectFigures['videos'] {
  const facesIn = Map.groupBy(measured, ({ face }) => face.videoId);
  const keyOf = (face: ObservedFace): string => JSON.stringify([participantOf(face), ...(participantOf(face) === '' ? [face.videoId, face.face] : [])]);
  return [...Map.groupBy(measured, ({ face }) => keyOf(face)).values()].flatMap((members) => {
    const first = members[0]?.face;
    if (first === undefined) return [];
    const participant = participantOf(first);
    const isOnly = facesIn.get(first.videoId)?.length === 1;
    return [
      {
        participant,
        video: participant === '' ? first.video : '',
        face: participant === '' && !isOnly ? first.face : null,
        figures: pooledByLabel(members),
      },
    ];
  });
}

/** Pools the figures of several faces, label by label. */
function pooledByLabel(measured: readonly MeasuredFace[]): LabelFigures[] {
  return (measured[0]?.figures ?? []).map((_, i) => pooled(measured.flatMap(({ figures }) => figures.slice(i, i + 1))));
}

/** Counts the pairs of labels over units of time, for the faces that are in both layers. */
function confusionOf(
  db: ProjectDatabase,
  own: readonly ObservedFace[],
  other: string,
  labels: readonly string[],
  raters: readonly [string, string],
): ProjectFigures['confusion'] {
  const key = ({ videoId, face }: ObservedFace): string => `${face} ${videoId}`;
  const known = new Map(own.map((face) => [key(face), face]));
  const categories = [...labels, UNLABELLED];
  const excluded = excludedSpans(db);
  const pairs: [string, string][] = [];
  for (const second of observedFaces(db, { layer: other })) {
    const first = known.get(key(second));
    if (first === undefined) continue;
    for (const pair of pairedUnits(first.segments, second.segments, DEFAULT_UNIT_S, excluded.get(first.videoId))) pairs.push(pair);
  }
  return { raters: [...raters], labels: categories, unitS: DEFAULT_UNIT_S, counts: jointCounts(pairs, categories).map((row) => [...row]) };
}
