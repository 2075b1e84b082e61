import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import { groupedFace } from '../../../shared/statistics/groups.ts';
import type { LabelFigures, ObservedFace, ObservedSlots } from '../../../shared/statistics/summaries.ts';
import { figuresOf, ownerOf, personKey, pooled } from '../../../shared/statistics/summaries.ts';
import type { TrialFigures } from '../../../shared/statistics/trials.ts';
import { EventAverage, facesIn, trialFigures } from '../../../shared/statistics/trials.ts';
import {
  CORRECTED_COLUMNS,
  EVENT_COLUMNS,
  FACE_STATISTICS_COLUMNS,
  figureCells,
  GROUP_STATISTICS_COLUMNS,
  PARTICIPANT_STATISTICS_COLUMNS,
  TRIAL_STATISTICS_COLUMNS,
} from '../../formats/label-tables.ts';
import type { Cell, ExportTable } from '../../formats/tables.ts';
import { selectVideos } from '../../project/library.ts';
import { exportedLayers, listParticipants, listSchemes } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import type { TrialRow } from '../../project/store/schema.ts';
import { EXCLUDED_TYPE } from '../../../shared/annotation/trial-edits.ts';
import { listTrials } from '../../project/trials.ts';
import { observedFaces } from '../analysis/observed-faces.ts';
import type { Baselines } from './baselines.ts';
import { readBaselines } from './baselines.ts';
import { CO_OCCURRENCE_COLUMNS, DyadTables, SYNCHRONY_COLUMNS } from './dyad-tables.ts';
import { checkNotEmpty } from './export-labels.ts';
import type { ExportProgress, TableSet } from './export-tables.ts';
import { labelsOf } from './project-figures.ts';

/**
 * statistics_faces.csv and statistics_participants.csv: duration, counts, latency, intensity and area by label. A row
 * of participants is one participant in one condition and session. Each face without a participant has a row of its own.
 * statistics_groups.csv has the same by group of labels. With trials, also statistics_trials.csv and event_locked.csv; with
 * several people in a video, also dyads_co_occurrence.csv and dyads_synchrony.csv.
 */
export async function statisticsTables(db: ProjectDatabase, only: readonly string[], some: readonly string[], progress: ExportProgress): Promise<TableSet> {
  const chosen = selectVideos(db, some);
  const layersIn = exportedLayers(db, only);
  const names = [...new Set(chosen.flatMap((video) => layersIn(video.id).map(({ name }) => name)))];
  checkNotEmpty(names.length, only);
  const ids = chosen.map(({ id }) => id);
  const statistics = new StatisticsTables(db, ids, progress);
  const withCorrected = statistics.hasBaselines && names.includes('model');
  progress.expect((names.length + (withCorrected ? 1 : 0)) * ids.length);
  for (const layer of names) await statistics.addLayer(layer);
  const tables = [...statistics.tables()];
  const people = participantTable(db, statistics.conditionOf);
  if (people !== null) tables.push(people);
  // One face at a time: the timelines of a project exceed memory.
  if (withCorrected) tables.push({ file: 'timeline_corrected.csv', columns: CORRECTED_COLUMNS, rows: () => statistics.correctedTimelines() });
  return { tables, losses: statistics.notes() };
}

/**
 * participants.csv: a row for each participant, with the attributes that the study has, to be joined with the other tables.
 * @param conditionOf the one condition of all faces of a participant; '' if they have several @returns null without participants
 */
function participantTable(db: ProjectDatabase, conditionOf: (participant: string) => string): ExportTable | null {
  const people = listParticipants(db).map(({ code, condition, attributes }) => ({ code, condition, own: JSON.parse(attributes) as Record<string, string> }));
  if (people.length === 0) return null;
  const attributes = [...new Set(people.flatMap(({ own }) => Object.keys(own)))].sort();
  return {
    file: 'participants.csv',
    columns: ['participant', 'condition', ...attributes],
    attributes,
    rows: () => people.map(({ code, condition, own }) => [code, condition || conditionOf(code), ...attributes.map((name) => own[name] ?? '')]),
  };
}

/** The faces of a participant in a condition and session, or one face without a participant. */
interface ObservedPerson<F extends LabelFigures = LabelFigures> {
  readonly first: ObservedFace;
  readonly videos: Set<string>;
  faces: number;
  /** [labels][faces] */
  readonly figures: F[][];
}

class StatisticsTables {
  readonly #db: ProjectDatabase;
  readonly #videos: readonly string[];
  readonly #labels: readonly string[];
  readonly #trials: ReadonlyMap<string, readonly TrialRow[]>;
  readonly #baselines: Baselines;
  readonly #progress: ExportProgress;
  readonly #faceRows: Cell[][] = [];
  readonly #personRows: Cell[][] = [];
  readonly #trialRows: Cell[][] = [];
  readonly #eventRows: Cell[][] = [];
  readonly #groupRows: Cell[][] = [];
  /** The group of each label, and all groups. */
  readonly #groupOf: ReadonlyMap<string, string>;
  readonly #groups: readonly string[];
  readonly #dyads = new DyadTables();
  /** The conditions of each participant's faces. */
  readonly #conditions = new Map<string, Set<string>>();
  readonly #unassigned = new Map<'no-participant' | 'several-faces', Set<string>>();

  constructor(db: ProjectDatabase, videos: readonly string[], progress: ExportProgress) {
    this.#db = db;
    this.#progress = progress;
    this.#videos = videos;
    this.#labels = labelsOf(db);
    this.#trials = Map.groupBy(
      listTrials(db).filter(({ type }) => type !== EXCLUDED_TYPE),
      ({ video_id }) => video_id,
    );
    this.#groupOf = new Map(
      listSchemes(db).flatMap(({ labels }) => labels.flatMap(({ name, grouping = '' }) => (grouping === '' ? [] : [[name, grouping] as const]))),
    );
    this.#groups = [...new Set(this.#groupOf.values())];
    this.#baselines = readBaselines(db, videos, this.#labels);
  }

  async addLayer(layer: string): Promise<void> {
    const people = new Map<string, ObservedPerson>();
    const inGroups = new Map<string, ObservedPerson>();
    const events = new Map<string, { first: ObservedFace; trial: TrialRow; averages: EventAverage[] }>();
    const inTrials = new Map<string, ObservedPerson<TrialFigures> & { readonly trial: TrialRow }>();
    let ofVideo: ObservedFace[] = [];
    for (const face of observedFaces(this.#db, { layer, videos: this.#videos })) {
      if (ofVideo[0]?.videoId !== face.videoId) await this.#progress.step();
      if (ofVideo[0] !== undefined && ofVideo[0].videoId !== face.videoId) {
        this.#dyads.add(layer, ofVideo);
        ofVideo = [];
      }
      ofVideo.push(face);
      if (face.missing !== null && face.missing !== 'not-a-participant')
        this.#unassigned.set(face.missing, (this.#unassigned.get(face.missing) ?? new Set<string>()).add(face.video));
      const figures = this.#labels.map((label) => figuresOf(face, label));
      const { video, participant, condition, session, videoId, path } = face;
      this.#conditions.set(participant, (this.#conditions.get(participant) ?? new Set<string>()).add(condition));
      for (const each of figures)
        this.#faceRows.push([video, participant, condition, session, layer, face.face, each.label, ...figureCells(each), videoId, path]);
      add(people, personKey(face), face, figures, {});
      const grouped = groupedFace(face, this.#groupOf);
      add(
        inGroups,
        personKey(face),
        face,
        this.#groups.map((group) => figuresOf(grouped, group)),
        {},
      );
      for (const trial of this.#trials.get(videoId) ?? []) {
        const { start_s: startS, end_s: endS } = trial;
        if (endS !== null) {
          const span = { startS, endS };
          const inside = facesIn(face, span);
          const own = this.#labels.map((label) => trialFigures(face, label, span, inside));
          add(inTrials, JSON.stringify([trial.id, personKey(face)]), face, own, { trial });
        }
        if (face.slots === null) continue;
        const key = JSON.stringify([trial.type, conditionOf(trial, face), ownerOf(face)]);
        const event = events.get(key) ?? { first: face, trial, averages: this.#labels.map((label) => new EventAverage(label)) };
        events.set(key, event);
        for (const average of event.averages) average.add(face.slots, startS);
      }
    }
    this.#dyads.add(layer, ofVideo);
    for (const group of people.values()) this.#personRows.push(...personRows(group, layer));
    for (const group of inGroups.values()) this.#groupRows.push(...personRows(group, layer));
    for (const group of inTrials.values()) this.#trialRows.push(...this.#rowsOfTrial(group, layer));
    for (const { first, trial, averages } of events.values()) this.#addEvents(first, trial, averages);
  }

  tables(): ExportTable[] {
    const always = [
      { file: 'statistics_faces.csv', columns: FACE_STATISTICS_COLUMNS, rows: this.#faceRows },
      { file: 'statistics_participants.csv', columns: PARTICIPANT_STATISTICS_COLUMNS, rows: this.#personRows },
    ];
    const withRows = [
      { file: 'statistics_groups.csv', columns: GROUP_STATISTICS_COLUMNS, rows: this.#groupRows },
      { file: 'statistics_trials.csv', columns: TRIAL_STATISTICS_COLUMNS, rows: this.#trialRows },
      { file: 'event_locked.csv', columns: EVENT_COLUMNS, rows: this.#eventRows },
      { file: 'dyads_co_occurrence.csv', columns: CO_OCCURRENCE_COLUMNS, rows: this.#dyads.coOccurrence },
      { file: 'dyads_synchrony.csv', columns: SYNCHRONY_COLUMNS, rows: this.#dyads.synchrony },
    ];
    return [...always, ...withRows.filter(({ rows }) => rows.length > 0)].map((table) => ({ ...table, rows: () => table.rows }));
  }

  readonly conditionOf = (participant: string): string => {
    const [only = '', ...more] = this.#conditions.get(participant) ?? [];
    return more.length === 0 ? only : '';
  };

  get hasBaselines(): boolean {
    return this.#baselines.size > 0;
  }

  /** timeline_corrected.csv, face by face: intensities and probabilities with those minus the participant's own baseline. */
  async *correctedTimelines(): AsyncGenerator<Cell[]> {
    let video = '';
    for (const face of observedFaces(this.#db, { layer: 'model', videos: this.#videos })) {
      if (face.videoId !== video) await this.#progress.step();
      video = face.videoId;
      const baseline = this.#baselines.get(ownerOf(face));
      if (baseline === undefined || face.slots === null) continue;
      yield* correctedRows(face, face.slots, (label) => baseline.get(label) ?? null);
    }
  }

  notes(): Notice[] {
    return [...this.#unassigned].map(([reason, videos]) =>
      reason === 'several-faces' ? notice('statistics/several-faces', { videos: [...videos] }) : notice('statistics/no-participant', { videos: [...videos] }),
    );
  }

  #rowsOfTrial({ first, faces, figures, trial }: ObservedPerson<TrialFigures> & { readonly trial: TrialRow }, layer: string): Cell[][] {
    const baseline = this.#baselines.get(ownerOf(first));
    return figures.map((own) => {
      const { label, observedS, seconds, share, count, meanIntensity, maxIntensity } = pooled(own);
      const latencies = own.flatMap(({ latencyS }) => (latencyS === null ? [] : [latencyS]));
      const latencyS = latencies.length === 0 ? null : latencies.reduce((least, each) => Math.min(least, each), Infinity);
      const rest = baseline?.get(label) ?? null;
      const corrected = meanIntensity === null || rest === null ? null : meanIntensity - rest;
      const values = [seconds, share, count, latencyS, maxIntensity, meanIntensity, corrected].map(rounded);
      return [
        ...[first.video, trial.name, trial.type, trial.item, conditionOf(trial, first), first.participant, rounded(observedS), label, ...values],
        ...[first.session, layer, faces === 1 ? first.face : null, trial.start_s, trial.end_s, first.videoId, first.path],
      ];
    });
  }

  #addEvents(first: ObservedFace, trial: TrialRow, averages: readonly EventAverage[]): void {
    const face = faceCells(first);
    for (const [i, average] of averages.entries())
      for (const { atS, mean, sd, n } of average.points())
        this.#eventRows.push([trial.type, conditionOf(trial, first), first.participant, this.#labels[i] ?? '', atS, rounded(mean), rounded(sd), n, ...face]);
  }
}

/** The narrower condition counts. */
const conditionOf = (trial: TrialRow, face: ObservedFace): string => trial.condition || face.condition;

/** A row for each slot with a face: intensity (1 minus the probability of neutral) and the probabilities, raw and corrected. */
function correctedRows(face: ObservedFace, { times, shares }: ObservedSlots, rest: (label: string) => number | null): Cell[][] {
  const rows: Cell[][] = [];
  const minus = (value: number, label: string): number | null => {
    const own = rest(label);
    return own === null ? null : value - own;
  };
  for (let i = 0; i < times.length / 2; i++) {
    const values = EXPRESSIONS.map((label) => ({ label, value: shares[label]?.[i] ?? NaN }));
    const neutral = values.find(({ label }) => label === 'neutral')?.value ?? NaN;
    if (Number.isNaN(neutral)) continue;
    const restOfNeutral = rest('neutral');
    const intensity = 1 - neutral;
    const corrected = restOfNeutral === null ? null : intensity - (1 - restOfNeutral);
    rows.push([
      ...[
        face.video,
        face.participant,
        face.face,
        rounded(times[i] ?? NaN),
        rounded(times[times.length / 2 + i] ?? NaN),
        rounded(intensity),
        rounded(corrected),
      ],
      ...values.flatMap(({ label, value }) => [rounded(value), rounded(minus(value, label))]),
      face.videoId,
    ]);
  }
  return rows;
}

const rounded = (value: number | null): number | null => (value === null ? null : roundSeconds(value));

function add<F extends LabelFigures, M extends object>(
  groups: Map<string, ObservedPerson<F> & M>,
  key: string,
  face: ObservedFace,
  figures: readonly F[],
  more: M,
): void {
  const group = groups.get(key) ?? { first: face, videos: new Set<string>(), faces: 0, figures: figures.map((): F[] => []), ...more };
  group.videos.add(face.videoId);
  group.faces += 1;
  figures.forEach((each, i) => group.figures[i]?.push(each));
  groups.set(key, group);
}

/** A face without a participant is named by its video. */
const faceCells = ({ participant, video, face, videoId, path }: ObservedFace): Cell[] =>
  participant === '' ? [video, face, videoId, path] : ['', null, '', ''];

function personRows({ first, videos, faces, figures }: ObservedPerson, layer: string): Cell[][] {
  const { participant, condition, session } = first;
  const face = faceCells(first);
  return figures.map((own) => {
    const together = pooled(own);
    return [participant, condition, session, layer, videos.size, faces, together.label, ...figureCells(together), ...face];
  });
}
