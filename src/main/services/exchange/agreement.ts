import { cohenKappa, f1ByCategory, percentAgreement } from '../../../shared/statistics/agreement/cohen-kappa.ts';
import { fleissKappa } from '../../../shared/statistics/agreement/fleiss-kappa.ts';
import { intraclass } from '../../../shared/statistics/agreement/intraclass.ts';
import { krippendorffAlpha } from '../../../shared/statistics/agreement/krippendorff-alpha.ts';
import type { LabelledSpan } from '../../../shared/statistics/agreement/layers.ts';
import { matchEvents, UNLABELLED, unitsOf } from '../../../shared/statistics/agreement/layers.ts';
import type { Interval } from '../../../shared/statistics/agreement/tables.ts';
import type { Statistic } from '../../../shared/statistics/agreement/statistics.ts';
import { MANY_RATERS } from '../../../shared/statistics/agreement/statistics.ts';
import { jointCounts } from '../../../shared/statistics/agreement/tables.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import { mean } from '../../../shared/domain/mean.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { allVideos } from '../../project/library.ts';
import { layerNames, layersOf, listCoders, readLayer } from '../../project/review.ts';

export const DEFINITIONS: Readonly<Record<Statistic, string>> = {
  kappa: "Cohen's kappa of two raters over units of time",
  'event-kappa': "Cohen's kappa of two raters over events; an event without a partner counts as unlabelled",
  alpha: "Krippendorff's alpha (nominal) of any number of raters over units of time",
  fleiss: "Fleiss' kappa of any number of raters over units of time",
  percent: 'share of units of time on which two raters agree',
  icc: 'intraclass correlation ICC(A,1) of any number of raters over the seconds that each gives each label in each face; other forms beside it',
  f1: 'F1 of each label over units of time, the first rater being the truth; the value is their mean',
};

export interface AgreementRequest {
  readonly statistic: Statistic;
  /** Names of coders, 'model' (the newest run of each video) or 'adjudicated'. An empty list means all coders. */
  readonly raters: readonly string[];
  /** Length of a unit of time in seconds. */
  readonly unitS: number;
  /** Smallest intersection over union with which two spans count as one event. */
  readonly overlap: number;
  /** Whether units of time without any label are left out or counted as a category of their own. */
  readonly unlabelled: 'left out' | 'counted';
}

export interface Agreement {
  readonly statistic: Statistic;
  readonly definition: string;
  /** Null if the statistic is undefined because the ratings do not vary. */
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly units: number;
  readonly videos: number;
  readonly raters: readonly string[];
  readonly parameters: Readonly<Record<string, string | number>>;
  /** F1: value of each label. ICC: value of each form. */
  readonly byLabel?: Readonly<Record<string, number | null>>;
}

/** One face of one video with the labels of each rater. */
interface RatedFace {
  readonly durationS: number;
  /** One list per rater. */
  readonly spans: readonly (readonly LabelledSpan[])[];
}

/**
 * Measures the agreement of raters over the videos that all of them rated.
 * @throws StudioError 'wrong-usage' for unknown raters, a wrong number of raters, or if no video was rated by all
 */
export function measureAgreement(db: ProjectDatabase, request: AgreementRequest): Agreement {
  const raters = request.raters.length > 0 ? request.raters : listCoders(db).map(({ name }) => name);
  const needsTwo = !MANY_RATERS.has(request.statistic);
  if (raters.length < 2 || (needsTwo && raters.length !== 2))
    throw new StudioError(needsTwo ? 'wrong-usage/two-raters' : 'wrong-usage/few-raters', {
      statistic: request.statistic,
      count: raters.length,
      known: [...listCoders(db).map(({ name }) => name), 'model', 'adjudicated'],
    });
  const { faces, videos } = ratedFaces(db, raters);
  if (faces.length === 0) throw new StudioError('wrong-usage/no-common-video', { raters: [...raters] });
  const { statistic } = request;
  const parameters = parametersOf(request);
  return { statistic, definition: DEFINITIONS[statistic], videos, raters, parameters, ...valueOf(request, faces) };
}

function valueOf(request: AgreementRequest, faces: readonly RatedFace[]): Pick<Agreement, 'value' | 'interval' | 'units' | 'byLabel'> {
  const { statistic, unitS, overlap } = request;
  if (statistic === 'icc') return secondsAgreement(faces);
  const counted: string[][] =
    statistic === 'event-kappa'
      ? faces.flatMap(({ spans: [first = [], second = []] }) => matchEvents(first, second, overlap))
      : faces.flatMap(({ durationS, spans }) => unitsOf(spans, durationS, unitS, request.unlabelled === 'counted'));
  const categories = [...new Set(counted.flat())].sort();
  const defined = (value: number): number | null => (Number.isFinite(value) ? value : null);
  if (statistic === 'alpha') {
    const ratings = transposed(counted).map((row) => row.map((label) => categories.indexOf(label)));
    return { value: defined(krippendorffAlpha(ratings, 'nominal').value), interval: null, units: counted.length };
  }
  if (statistic === 'fleiss') {
    const counts = counted.map((labels) => categories.map((category) => labels.filter((label) => label === category).length));
    return { value: defined(fleissKappa(counts).value), interval: null, units: counted.length };
  }
  const table = jointCounts(counted as unknown as [string, string][], categories);
  if (statistic === 'percent') return { value: defined(percentAgreement(table)), interval: null, units: counted.length };
  if (statistic === 'f1') {
    const f1 = f1ByCategory(table);
    const byLabel = Object.fromEntries(categories.map((category, i) => [category, f1[i] ?? null] as const).filter(([category]) => category !== UNLABELLED));
    const known = Object.values(byLabel).filter((value) => value !== null);
    return { value: known.length === 0 ? null : mean(known), interval: null, units: counted.length, byLabel };
  }
  const { value, interval } = cohenKappa(table);
  return { value: defined(value), interval, units: counted.length };
}

function parametersOf({ statistic, unitS, overlap, unlabelled }: AgreementRequest): Agreement['parameters'] {
  if (statistic === 'event-kappa') return { overlap, events: 'intersection over union, greatest first' };
  return statistic === 'icc' ? { unit: 'seconds of a label in a face', model: 'two-way, raters random (McGraw and Wong 1996)' } : { unitS, unlabelled };
}

const FORMS = ['A,1', 'C,1', 'A,k', 'C,k'] as const;

/** A unit is one label in one face. Labels that no rater used are not units. */
function secondsAgreement(faces: readonly RatedFace[]): Pick<Agreement, 'value' | 'interval' | 'units' | 'byLabel'> {
  const labels = [...new Set(faces.flatMap(({ spans }) => spans.flat().map(({ label }) => label)))].sort();
  const secondsOf = (spans: readonly LabelledSpan[], label: string): number =>
    spans.filter((span) => span.label === label).reduce((sum, { startS, endS }) => sum + endS - startS, 0);
  const ratings = faces.flatMap(({ spans }) => labels.map((label) => spans.map((own) => secondsOf(own, label))));
  if (ratings.length < 2) return { value: null, interval: null, units: ratings.length };
  const defined = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const { value, interval } = intraclass(ratings, FORMS[0]);
  return {
    value: defined(value),
    interval: Number.isFinite(interval.low) && Number.isFinite(interval.high) ? interval : null,
    units: ratings.length,
    byLabel: Object.fromEntries(FORMS.map((form) => [`ICC(${form})`, defined(intraclass(ratings, form).value)])),
  };
}

function transposed<T>(rows: readonly (readonly T[])[]): T[][] {
  return (rows[0] ?? []).map((_, i) => rows.flatMap((row) => row.slice(i, i + 1)));
}

function ratedFaces(db: ProjectDatabase, raters: readonly string[]): { faces: RatedFace[]; videos: number } {
  const nameOf = layerNames(db);
  const faces: RatedFace[] = [];
  let videos = 0;
  for (const { id, duration_s } of allVideos(db)) {
    const layers = layersOf(db, id);
    // Layers are sorted by age, oldest first, and each run has its own layer. The newest one counts.
    const own = raters.flatMap((rater) => layers.findLast((layer) => nameOf(layer) === rater) ?? []);
    if (own.length < raters.length) continue;
    videos += 1;
    const segments = own.map((layer) => readLayer(db, layer.id).segments);
    for (const face of new Set(segments.flat().map(({ face_id }) => face_id))) {
      const spans = segments.map((each) =>
        each.filter(({ face_id }) => face_id === face).map(({ label, start_s, end_s }) => ({ label, startS: start_s, endS: end_s })),
      );
      faces.push({ durationS: Math.max(duration_s ?? 0, ...spans.flat().map(({ endS }) => endS)), spans });
    }
  }
  return { faces, videos };
}
