import type { AnnotationDocument, WrittenAnnotations } from '../../shared/annotation-document.ts';

/**
 * A BORIS project ("7.0"): an observation with the video, labels as state events (START and STOP of the same subject and
 * behaviour), peaks as point events. Layers and faces are subjects. An event is [time, subject, code, modifier, comment, frame].
 */
export function writeBoris(document: AnnotationDocument, now = new Date()): WrittenAnnotations {
  const { path, durationS, fps, name } = document.video;
  const labels = [
    ...new Set([...document.vocabulary.map((each) => each.name), ...document.layers.flatMap(({ segments }) => segments.map(({ label }) => label))]),
  ];
  const subjectOf = (layer: string, face: number): string => borisSubject(document.participant, layer, face);
  const frameOf = (seconds: number): number => Math.round(seconds * (fps ?? 25));
  let shortest = 0;
  const events = document.layers.flatMap((layer) => [
    ...layer.segments.flatMap(({ face, label, startS, endS, confidence }) => {
      // A state that stops where it starts would be read as two starts.
      const stop = endS > startS ? endS : startS + 0.001;
      if (stop !== endS) shortest += 1;
      const subject = subjectOf(layer.name, face);
      const comment = confidence === null ? '' : `conf=${confidence.toFixed(4)}`;
      return [
        [startS, subject, label, '', comment, frameOf(startS)],
        [stop, subject, label, '', '', frameOf(stop)],
      ] as [number, string, string, string, string, number][];
    }),
    ...layer.peaks.map(
      ({ face, label, apexS }) =>
        [apexS, subjectOf(layer.name, face), `${label} peak`, '', '', frameOf(apexS)] as [number, string, string, string, string, number],
    ),
  ]);
  const subjects = [...new Set(events.map(([, subject]) => subject))];
  const behaviours = [...labels.map((label) => ['State event', label] as const), ...labels.map((label) => ['Point event', `${label} peak`] as const)];
  const at = now.toISOString().slice(0, 23);
  const project = {
    ...{ time_format: 'hh:mm:ss', project_date: at, project_name: name, project_description: document.warnings.join('\n'), project_format_version: '7.0' },
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
        ...{ type: 'MEDIA', date: at, description: '', 'time offset': 0, 'observation time interval': [0, 0], independent_variables: {} },
        ...{ visualize_spectrogram: false, visualize_waveform: false },
        file: Object.fromEntries(Array.from({ length: 8 }, (_, i) => [String(i + 1), i === 0 ? [path] : []])),
        media_info: { length: { [path]: durationS }, fps: { [path]: fps ?? 25 }, hasVideo: { [path]: true }, hasAudio: { [path]: false }, offset: { 1: 0 } },
        events: events.sort((a, b) => a[0] - b[0]),
      },
    },
    ...{ behavioral_categories: [], behavioral_categories_config: {}, independent_variables: {}, coding_map: {}, behaviors_coding_map: [], converters: {} },
  };
  const losses = [
    'Never opened in BORIS itself where this was written.',
    ...(shortest > 0 ? [`${shortest} labels without length last a millisecond here.`] : []),
  ];
  return { text: `${JSON.stringify(project, null, 1)}\n`, losses };
}

/** Who a layer's labels are about, as BORIS knows subjects. */
export function borisSubject(participant: string, layer: string, face: number): string {
  return `${participant === '' ? '' : `${participant} `}${layer}${face > 1 ? ` face ${face}` : ''}`;
}

const numbered = <T>(values: readonly T[]): Record<string, T> => Object.fromEntries(values.map((value, i) => [String(i), value]));
