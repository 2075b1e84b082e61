import type { BootstrapInterval } from '../../../shared/statistics/agreement/bootstrap.ts';
import { bootstrapInterval, FEWEST_GROUPS } from '../../../shared/statistics/agreement/bootstrap.ts';
import { matchEvents } from '../../../shared/statistics/agreement/events.ts';
import { intraclass } from '../../../shared/statistics/agreement/intraclass.ts';
import type { LabelledSpan } from '../../../shared/statistics/agreement/layers.ts';
import { secondsOf, unitsOf } from '../../../shared/statistics/agreement/layers.ts';
import type { Statistic, UndefinedReason } from '../../../shared/statistics/agreement/statistics.ts';
import { MANY_RATERS } from '../../../shared/statistics/agreement/statistics.ts';
import type { Interval } from '../../../shared/statistics/agreement/tables.ts';
import { sum, usableInterval } from '../../../shared/statistics/agreement/tables.ts';
import type { UnitStatistic } from '../../../shared/statistics/agreement/units.ts';
import { countUnits, measureUnits, totalCounts } from '../../../shared/statistics/agreement/units.ts';
import { partsOutside } from '../../../shared/statistics/excluded.ts';
import type { TrialSpan } from '../../../shared/statistics/trials.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { allVideos } from '../../project/library.ts';
import { layerNames, layersOf, listCoders, readLayer } from '../../project/review.ts';
import { excludedSpans } from '../../project/trials.ts';

export const DEFINITIONS: Readonly<Record<Statistic, string>> = {
  kappa: "Cohen's kappa of two raters over units of time",
  'event-kappa': 'kappa of two raters over events as in EasyDIAg (Holle and Rein 2015: kappa_ipf); an event without a partner counts as unlabelled',
  alpha: "Krippendorff's alpha (nominal) of any number of raters over units of time",
  fleiss: "Fleiss' kappa of any number of raters over units of time",
  percent: 'share of units of time on which two raters agree',
  icc: 'intraclass correlation ICC(A,1) of any number of raters over the seconds that each gives each label in each face; other forms beside it',
  f1: 'F1 of each label over units of time, the first rater being the truth; the value is their mean',
};

/** Why a value is undefined, in English. */
export const UNDEFINED_TEXTS: Readonly<Record<UndefinedReason, string>> = {
  'no-units': 'there are no units',
  'no-variation': 'nothing varies',
  'few-units': 'too few units',
  'few-videos': 'too few videos',
  'no-formula': 'the statistic has no formula for it',
};

export interface AgreementRequest {
  readonly statistic: Statistic;
  /** Names of coders, 'model' (the newest run of each video) or 'adjudicated'. An empty list means all coders with labels. */
  readonly raters: readonly string[];
  /** Length of a unit of time in seconds. */
  readonly unitS: number;
  /** Smallest share of the longer span that two spans of the same event have in common. */
  readonly overlap: number;
  /** Whether units of time that no rater labelled are left out or counted as a category of their own. */
  readonly unlabelled: 'left out' | 'counted';
}

export interface Agreement {
  readonly statistic: Statistic;
  readonly definition: string;
  /** Null if it is undefined; `reasons` has the reason. */
  readonly value: number | null;
  /** 95% interval from a formula for independent units; null if there is none or if it says nothing. */
  readonly interval: Interval | null;
  /** 95% interval by bootstrap over videos. */
  readonly bootstrap: BootstrapInterval | null;
  readonly reasons: AgreementReasons;
  readonly units: number;
  readonly videos: number;
  readonly raters: readonly string[];
  readonly parameters: Readonly<Record<string, string | number>>;
  /** The statistic of each label; null for statistics that have none. */
  readonly byLabel: Readonly<Record<string, number | null>> | null;
  /** The other forms of the ICC; null for the other statistics. */
  readonly byForm: Readonly<Record<string, number | null>> | null;
  /** Labels that some, but not all raters used. Their F1 is 0 and counts in the mean. */
  readonly notUsedByAll: readonly string[];
}

/** Why a value or an interval is null. */
export interface AgreementReasons {
  readonly value: UndefinedReason | null;
  readonly interval: UndefinedReason | null;
  readonly bootstrap: UndefinedReason | null;
}

/** One face of one video with the labels of each rater. */
interface RatedFace {
  readonly durationS: number;
  /** Spans that do not count, in order of time. */
  readonly excluded: readonly TrialSpan[];
  /** One list per rater. */
  readonly spans: readonly (readonly LabelledSpan[])[];
}

/**
 * Measures the agreement of raters over the videos that all of them rated.
 * @param ratings those of this project, for several agreements
 * @throws StudioError 'wrong-usage' for unknown raters, a wrong number of raters, or if no video was rated by all
 */
export function measureAgreement(db: ProjectDatabase, request: AgreementRequest, ratings = new Ratings(db)): Agreement {
  const raters = request.raters.length > 0 ? request.raters : codersWithLayers(db);
  const needsTwo = !MANY_RATERS.has(request.statistic);
  if (raters.length < 2 || (needsTwo && raters.length !== 2))
    throw new StudioError(needsTwo ? 'wrong-usage/two-raters' : 'wrong-usage/few-raters', {
      statistic: request.statistic,
      count: raters.length,
      known: [...listCoders(db).map(({ name }) => name), 'model', 'adjudicated'],
    });
  const videos = ratings.videosOf(raters);
  if (videos.every((faces) => faces.length === 0)) throw new StudioError('wrong-usage/no-common-video', { raters: [...raters] });
  const { statistic } = request;
  return {
    statistic,
    definition: DEFINITIONS[statistic],
    videos: videos.length,
    raters,
    parameters: parametersOf(request),
    notUsedByAll: notUsedByAll(videos.flat(), raters.length),
    ...(statistic === 'icc' ? secondsAgreement(videos) : unitAgreement(statistic, request, videos)),
  };
}

type Measured = Pick<Agreement, 'value' | 'interval' | 'bootstrap' | 'reasons' | 'units' | 'byLabel' | 'byForm'>;

/** @param videos [videos][faces] */
function unitAgreement(statistic: UnitStatistic, { unitS, overlap, unlabelled }: AgreementRequest, videos: readonly (readonly RatedFace[])[]): Measured {
  const counted = countUnits(
    videos.map((faces) =>
      faces.flatMap(({ durationS, excluded, spans }): readonly string[][] =>
        statistic === 'event-kappa'
          ? matchEvents(spans[0] ?? [], spans[1] ?? [], overlap)
          : unitsOf(spans, durationS, unitS, unlabelled === 'counted', excluded),
      ),
    ),
  );
  const all = totalCounts(counted);
  const units = sum([...all]);
  const measured = units === 0 ? null : measureUnits(statistic, counted.labels, all);
  const bootstrap = bootstrapInterval(videos.length, (drawn) => measureUnits(statistic, counted.labels, totalCounts(counted, drawn)).value);
  const hasFormula = statistic === 'kappa';
  return summarised(measured?.value ?? NaN, measured?.interval ?? null, bootstrap, {
    units,
    videos: videos.length,
    hasFormula,
    lowest: -1,
    byLabel: measured?.byLabel ?? null,
    byForm: null,
  });
}

const FORMS = ['A,1', 'C,1', 'A,k', 'C,k'] as const;

/** A unit is one label in one face. Labels that no rater used are not units. @param videos [videos][faces] */
function secondsAgreement(videos: readonly (readonly RatedFace[])[]): Measured {
  const labels = [...new Set(videos.flatMap((faces) => faces.flatMap(labelsIn)))].sort();
  /** [videos][labels][faces][raters] */
  const seconds = videos.map((faces) => labels.map((label) => faces.map(({ spans }) => spans.map((own) => secondsOf(own, label)))));
  const ratings = seconds.flat(2);
  const valueOf = (rows: readonly (readonly number[])[], form: (typeof FORMS)[number]): number => (rows.length < 2 ? NaN : intraclass(rows, form).value);
  const drawnRows = (drawn: Float64Array): number[][] => seconds.flatMap((video, i) => Array.from({ length: drawn[i] ?? 0 }, () => video.flat()).flat());
  const form = FORMS[0];
  return summarised(
    valueOf(ratings, form),
    ratings.length < 2 ? null : intraclass(ratings, form).interval,
    bootstrapInterval(videos.length, (drawn) => valueOf(drawnRows(drawn), form)),
    {
      units: ratings.length,
      videos: videos.length,
      hasFormula: true,
      lowest: -1 / Math.max(1, (ratings[0]?.length ?? 2) - 1),
      byLabel: Object.fromEntries(
        labels.map((label, i) => [
          label,
          finite(
            valueOf(
              seconds.flatMap((video) => video[i] ?? []),
              form,
            ),
          ),
        ]),
      ),
      byForm: Object.fromEntries(FORMS.map((each) => [`ICC(${each})`, finite(valueOf(ratings, each))])),
    },
  );
}

/** Replaces what is undefined by null, and says why. */
function summarised(
  value: number,
  interval: Interval | null,
  bootstrap: BootstrapInterval | null,
  { units, videos, hasFormula, lowest, ...rest }: Pick<Agreement, 'units' | 'videos' | 'byLabel' | 'byForm'> & { hasFormula: boolean; lowest: number },
): Measured {
  const missing: UndefinedReason | null = Number.isFinite(value) ? null : units === 0 ? 'no-units' : 'no-variation';
  const usable = missing === null ? usableInterval(interval, lowest) : null;
  const resampled = missing === null ? bootstrap : null;
  return {
    value: finite(value),
    interval: usable,
    bootstrap: resampled,
    reasons: {
      value: missing,
      interval: usable !== null ? null : (missing ?? (hasFormula ? 'few-units' : 'no-formula')),
      bootstrap: resampled !== null ? null : (missing ?? (videos < FEWEST_GROUPS ? 'few-videos' : 'no-variation')),
    },
    units,
    ...rest,
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const labelsIn = ({ spans }: RatedFace): string[] => spans.flatMap((own) => own.map(({ label }) => label));

/** Labels that at least one, but not every rater used. */
function notUsedByAll(faces: readonly RatedFace[], raters: number): string[] {
  const usedBy = Array.from({ length: raters }, (_, rater) => new Set(faces.flatMap(({ spans }) => (spans[rater] ?? []).map(({ label }) => label))));
  const all = [...new Set(usedBy.flatMap((own) => [...own]))].sort();
  return all.filter((label) => !usedBy.every((own) => own.has(label)));
}

function parametersOf({ statistic, unitS, overlap, unlabelled }: AgreementRequest): Agreement['parameters'] {
  if (statistic === 'event-kappa') return { overlap, events: 'share of the longer span, greatest first' };
  return statistic === 'icc' ? { unit: 'seconds of a label in a face', model: 'two-way, raters random (McGraw and Wong 1996)' } : { unitS, unlabelled };
}

/** People who only assigned participants, for example, are no raters. */
export function codersWithLayers(db: ProjectDatabase): string[] {
  const withLayers = new Set(db.rows(db.sql.selectFrom('layer').select('coder_id').distinct()).map(({ coder_id }) => coder_id));
  return listCoders(db).flatMap(({ id, name }) => (withLayers.has(id) ? [name] : []));
}

/** The labels of a project by rater. Each layer is read once, however many agreements are measured. */
export class Ratings {
  readonly #db: ProjectDatabase;
  readonly #excludedIn: ReadonlyMap<string, readonly TrialSpan[]>;
  readonly #videos: readonly { readonly id: string; readonly durationS: number; readonly layers: ReadonlyMap<string, string> }[];
  /** The labels outside of excluded spans, by layer and face. */
  readonly #labels = new Map<string, ReadonlyMap<number, readonly LabelledSpan[]>>();

  constructor(db: ProjectDatabase) {
    this.#db = db;
    this.#excludedIn = excludedSpans(db);
    const nameOf = layerNames(db);
    // Layers are sorted by age, oldest first, and each run has its own layer. The newest one counts.
    this.#videos = allVideos(db).map(({ id, duration_s }) => ({
      id,
      durationS: duration_s ?? 0,
      layers: new Map(layersOf(db, id).map((layer) => [nameOf(layer), layer.id])),
    }));
  }

  /** The faces of each video that all raters labelled, [videos][faces]. */
  videosOf(raters: readonly string[]): RatedFace[][] {
    return this.#videos.flatMap(({ id, durationS, layers }) => {
      const own = raters.flatMap((rater) => layers.get(rater) ?? []);
      if (own.length < raters.length) return [];
      const excluded = this.#excludedIn.get(id) ?? [];
      const byFace = own.map((layer) => this.#labelsOf(layer, excluded));
      const faces = new Set(byFace.flatMap((each) => [...each.keys()]));
      return [
        [...faces].map((face): RatedFace => {
          const spans = byFace.map((each) => each.get(face) ?? []);
          const lastS = spans.flat().reduce((last, { endS }) => Math.max(last, endS), 0);
          return { durationS: Math.max(durationS, lastS), excluded, spans };
        }),
      ];
    });
  }

  #labelsOf(layer: string, excluded: readonly TrialSpan[]): ReadonlyMap<number, readonly LabelledSpan[]> {
    const known = this.#labels.get(layer);
    if (known !== undefined) return known;
    const read = new Map(
      [...Map.groupBy(readLayer(this.#db, layer).segments, ({ face_id }) => face_id)].map(([face, own]) => [
        face,
        own.flatMap(({ label, start_s, end_s }) => partsOutside({ startS: start_s, endS: end_s }, excluded).map((part) => ({ label, ...part }))),
      ]),
    );
    this.#labels.set(layer, read);
    return read;
  }
}
