import { z } from 'zod';
import type { AnnotatedSegment, AnnotationDocument, AnnotationTier, ReadAnnotations, WrittenAnnotations } from '../../shared/annotation/annotation-document.ts';
import { parseTierName, tiersOf } from '../../shared/annotation/annotation-document.ts';
import { StudioError } from '../../shared/app/errors.ts';
import { notice } from '../../shared/app/notices.ts';

/** The participant as an independent variable of BORIS. */
const PARTICIPANT = { 0: { label: 'participant', description: '', type: 'text', 'default value': '', 'possible values': '' } };

/**
 * A BORIS project ("7.0"): an observation with the video, labels as state events (START and STOP of the same subject and
 * behaviour), peaks as point events. Layers and faces are subjects. An event is [time, subject, code, modifier, comment, frame].
 */
export function writeBoris(document: AnnotationDocument, now = new Date()): WrittenAnnotations {
  const { path, durationS, fps, name } = document.video;
  const labels = [
    ...new Set([...document.vocabulary.map((each) => each.name), ...document.layers.flatMap(({ segments }) => segments.map(({ label }) => label))]),
  ];
  const frameOf = (seconds: number): number => Math.round(seconds * (fps ?? 25));
  const tracks = borisTracks(document);
  const events = tracks.flatMap(({ subject, segments, peaks }) => [
    ...segments.flatMap(({ label, startS, endS, confidence }) => {
      const comment = confidence === null ? '' : `conf=${confidence.toFixed(4)}`;
      return [
        [startS, subject, label, '', comment, frameOf(startS)],
        [endS, subject, label, '', '', frameOf(endS)],
      ] as BorisEvent[];
    }),
    ...peaks.map(({ label, apexS }): BorisEvent => [apexS, subject, `${label} peak`, '', '', frameOf(apexS)]),
  ]);
  const shortest = document.layers.reduce((sum, { segments }) => sum + segments.filter(({ startS, endS }) => endS <= startS).length, 0);
  const subjects = [...new Set(events.map(([, subject]) => subject))];
  const behaviours = [...labels.map((label) => ['State event', label] as const), ...labels.map((label) => ['Point event', `${label} peak`] as const)];
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
        modifiers: '',
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
  const losses = [notice('boris/untested', {}), ...(shortest > 0 ? [notice('boris/lengthened', { count: shortest })] : [])];
  return { text: `${JSON.stringify(project, null, 1)}\n`, losses };
}

type BorisEvent = [time: number, subject: string, code: string, modifier: string, comment: string, frame: number];

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

const projectSchema = z.object({
  behaviors_conf: z.record(z.string(), z.looseObject({ code: z.string(), type: z.string() })),
  observations: z.record(
    z.string(),
    z.looseObject({
      independent_variables: z.record(z.string(), z.unknown()).default({}),
      events: z.array(z.tuple([z.number(), z.string(), z.string()], z.unknown())),
    }),
  ),
});

/**
 * Reads the state events of a BORIS project with one observation. Subjects are layers. The first event of a code in a subject
 * starts a state and the next one stops it. Point events have no duration and become problems.
 * @throws StudioError 'data-set-invalid' for other files and for several observations
 */
export function readBoris(text: string, name: string): ReadAnnotations {
  let project: z.infer<typeof projectSchema>;
  try {
    project = projectSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new StudioError('data-set-invalid/not-boris', { file: name }, error);
  }
  const observations = Object.entries(project.observations);
  if (observations.length !== 1) throw new StudioError('data-set-invalid/boris-observations', { file: name, count: observations.length });
  const [[, { events, independent_variables: variables }]] = observations as [(typeof observations)[number]];
  const kinds = new Map(Object.values(project.behaviors_conf).map(({ code, type }) => [code, type]));
  const prefix = typeof variables['participant'] === 'string' && variables['participant'] !== '' ? `${variables['participant']} ` : '';
  const layers = new Map<string, AnnotatedSegment[]>();
  const open = new Map<string, { label: string; startS: number; comment: string }>();
  let points = 0;
  // The sort is stable: the order in the file distinguishes a stop and a start at the same time.
  for (const [at, subject, code, , comment] of events.toSorted((x, y) => x[0] - y[0]) as BorisEvent[]) {
    if (/^point/i.test(kinds.get(code) ?? '')) {
      points += 1;
      continue;
    }
    const key = JSON.stringify([subject, code]);
    const begun = open.get(key);
    if (begun === undefined) {
      open.set(key, { label: code, startS: at, comment: typeof comment === 'string' ? comment : '' });
      continue;
    }
    open.delete(key);
    const { layer, face } = parseTierName(subject.startsWith(prefix) ? subject.slice(prefix.length) : subject);
    const confidence = /conf=([\d.]+)/.exec(begun.comment)?.[1];
    const own = layers.get(layer) ?? [];
    own.push({ face, label: code, startS: begun.startS, endS: at, confidence: confidence === undefined ? null : Number(confidence) });
    layers.set(layer, own);
  }
  const problems = [
    ...[...open.values()].map(({ label, startS }) => notice('boris/no-stop', { label, at: startS })),
    ...(points > 0 ? [notice('boris/points', { count: points })] : []),
  ];
  return { layers: [...layers].map(([layer, segments]) => ({ name: layer, segments })), problems };
}

const numbered = <T>(values: readonly T[]): Record<string, T> => Object.fromEntries(values.map((value, i) => [String(i), value]));
