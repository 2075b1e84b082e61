import type {
  AnnotatedPeak,
  AnnotatedSegment,
  AnnotationDocument,
  AnnotationTier,
  WrittenAnnotations,
} from '../../../shared/annotation/annotation-document.ts';
import type { ModifierSet } from '../../../shared/annotation/modifiers.ts';
import { hasPeaks, tiersOf } from '../../../shared/annotation/annotation-document.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { confidenceText, spanText } from './read-layers.ts';

/** The participant as an independent variable of BORIS. */
export const PARTICIPANT = { 0: { label: 'participant', description: '', type: 'text', 'default value': '', 'possible values': '' } };

/**
 * A BORIS project ("7.0"): an observation with the video, labels as state events (START and STOP of the same subject and
 * behaviour), peaks as point events. Layers and faces are subjects. An event is [time, subject, code, modifier, comment, frame].
 */
export function writeBoris(document: AnnotationDocument, now = new Date()): WrittenAnnotations {
  const { path, durationS, fps, name } = document.video;
  const labelSet = labelsIn(document);
  const labels = [...labelSet];
  const frameOf = (seconds: number): number => Math.round(seconds * (fps ?? 25));
  const tracks = borisTracks(document);
  const events = tracks.flatMap(({ subject, segments, peaks }) => [
    ...segments.flatMap((segment): BorisEvent[] => {
      const { label, startS, endS, modifiers } = segment;
      return [
        [startS, subject, label, modifiers ?? '', commentOfSegment(segment), frameOf(startS)],
        [endS, subject, label, modifiers ?? '', '', frameOf(endS)],
      ];
    }),
    ...peaks.map((peak): BorisEvent => {
      const { label, apexS, modifiers } = peak;
      return [apexS, subject, peakCode(label, labelSet), modifiers ?? '', commentOfPeak(peak), frameOf(apexS)];
    }),
  ]);
  const subjects = [...new Set(events.map(([, subject]) => subject))];
  const behaviours = [...labels.map((label) => ['State event', label] as const), ...labels.map((label) => ['Point event', peakCode(label, labelSet)] as const)];
  const definedSets = new Map(
    document.vocabulary.flatMap(({ name: label, modifiers = [] }) => [label, peakCode(label, labelSet)].map((code) => [code, modifiers] as const)),
  );
  const at = now.toISOString().slice(0, 23);
  const project = {
    time_format: 'hh:mm:ss',
    project_date: at,
    project_name: name,
    project_description: document.warnings.join('\n'),
    project_format_version: '7.0',
    subjects_conf: numbered(subjects.map((subject) => ({ key: '', name: subject, description: '' }))),
    behaviors_conf: numbered(
      behaviours.map(([type, code], i) => ({
        type,
        key: type === 'State event' && i < 9 ? String(i + 1) : '',
        code,
        description: '',
        color: '',
        category: '',
        modifiers: setsOfModifiers(events, code, definedSets.get(code) ?? []),
        excluded: '',
        'coding map': '',
      })),
    ),
    observations: {
      [name]: {
        type: 'MEDIA',
        date: at,
        description: '',
        'time offset': 0,
        'observation time interval': [0, 0],
        independent_variables: { participant: document.participant },
        visualize_spectrogram: false,
        visualize_waveform: false,
        file: Object.fromEntries(Array.from({ length: 8 }, (_, i) => [String(i + 1), i === 0 ? [path] : []])),
        media_info: { length: { [path]: durationS }, fps: { [path]: fps ?? 25 }, hasVideo: { [path]: true }, hasAudio: { [path]: false }, offset: { 1: 0 } },
        events: events.sort((a, b) => a[0] - b[0]),
      },
    },
    behavioral_categories: [],
    behavioral_categories_config: {},
    independent_variables: PARTICIPANT,
    coding_map: {},
    behaviors_coding_map: [],
    converters: {},
  };
  return { text: `${JSON.stringify(project, null, 1)}\n`, losses: borisLosses(document) };
}

/** What no file for BORIS can hold. */
export function borisLosses(document: AnnotationDocument): Notice[] {
  const count = document.layers.reduce((sum, { segments }) => sum + segments.filter(({ startS, endS }) => endS <= startS).length, 0);
  return [...(hasPeaks(document) ? [notice('peaks/times-only', {})] : []), ...(count > 0 ? [notice('boris/lengthened', { count })] : [])];
}

export type BorisEvent = [time: number, subject: string, code: string, modifier: string, comment: string, frame: number];

/** The code of the point events of a label's peaks. A code has one type, so it must not be the name of a label, too. */
export function peakCode(label: string, labels: ReadonlySet<string>): string {
  const code = `${label} peak`;
  return labels.has(code) ? `${code} (apex)` : code;
}

/** All labels of a document: those of the coding scheme, then the others that are used. */
export function labelsIn({ vocabulary, layers }: AnnotationDocument): ReadonlySet<string> {
  const used = layers.flatMap(({ segments, peaks }) => [...segments, ...peaks].map(({ label }) => label));
  return new Set([...vocabulary.map(({ name }) => name), ...used]);
}

/** The label of a `peakCode`; undefined for other codes. */
export const labelOfPeakCode = (code: string): string | undefined => /^(.*) peak(?: \(apex\))?$/s.exec(code)?.[1];

/** What BORIS has no field for is at the start of the comment: 'conf=0.91; looks away'. */
export function commentOfSegment({ confidence, comment }: AnnotatedSegment): string {
  return joined(confidence === null ? '' : `conf=${confidenceText(confidence)}`, comment);
}

/** 'span=1.2 2.4; looks away': onset and offset in seconds. */
export function commentOfPeak(peak: AnnotatedPeak): string {
  return joined(peak.onsetS < peak.apexS || peak.offsetS > peak.apexS ? `span=${spanText(peak)}` : '', peak.comment);
}

const joined = (own: string, comment: string | null | undefined): string => [own, comment ?? ''].filter((each) => each !== '').join('; ');

/** The sets of modifiers of a behaviour: those of the coding scheme, with the values that are used besides; '' without any. */
function setsOfModifiers(events: readonly BorisEvent[], code: string, defined: readonly ModifierSet[]): object | string {
  const sets = defined.map(({ values }) => new Set(values));
  for (const [, , own, modifiers] of events) {
    if (own !== code || modifiers === '') continue;
    for (const [i, value] of modifiers.split('|').entries()) {
      const values = (sets[i] ??= new Set());
      // A label without a value of this set, as 'None' in BORIS.
      if (value !== '') values.add(value);
    }
  }
  if (sets.length === 0) return '';
  return numbered(sets.map((values, i) => ({ name: defined[i]?.name ?? '', description: '', type: 0, ask_at_stop: false, values: [...values] })));
}

/** Shortest state. BORIS would read a state without duration as two starts. */
const SHORTEST_S = 0.001;

/**
 * The subjects of BORIS: the labels of one layer and face, without overlaps, because BORIS reads the second start of a code in
 * a subject as its stop.
 */
export function borisTracks({ layers, participant }: AnnotationDocument): (AnnotationTier & { readonly subject: string })[] {
  return layers.flatMap((layer) => {
    const segments = layer.segments.map((each) => ({ ...each, endS: each.endS > each.startS ? each.endS : each.startS + SHORTEST_S }));
    return tiersOf({ ...layer, segments }).map((tier) => ({ ...tier, subject: `${participant === '' ? '' : `${participant} `}${tier.name}` }));
  });
}

const numbered = <T>(values: readonly T[]): Record<string, T> => Object.fromEntries(values.map((value, i) => [String(i), value]));
