import { createHash } from 'node:crypto';
import { z } from 'zod';
import { StudioError } from '../../shared/app/errors.ts';
import type {
  AnnotatedSegment,
  AnnotationDocument,
  AnnotationLayer,
  ReadAnnotations,
  WrittenAnnotations,
} from '../../shared/annotation/annotation-document.ts';
import type { Notice } from '../../shared/app/facts.ts';
import { notice } from '../../shared/app/notices.ts';

/**
 * Video timeline of Label Studio: frames from 1, both ends included. The layer of the model is a prediction, all others are
 * annotations. Label Studio assumes a constant rate, so the times of a video with a variable rate are rounded to its frames.
 * The labelling configuration has <Video name="video"> and <TimelineLabels name="videoLabels" toName="video">.
 */
const NAMES = { from_name: 'videoLabels', to_name: 'video', type: 'timelinelabels' } as const;
/** The default rate of Label Studio. */
const DEFAULT_RATE = 24;

export function writeLabelStudio(document: AnnotationDocument): WrittenAnnotations {
  const fps = document.video.fps ?? DEFAULT_RATE;
  const resultsOf = (layer: AnnotationLayer): object[] =>
    layer.segments.map((segment, i) => {
      // [start, end) in frames from 0 is start + 1 .. end from 1.
      const start = Math.round(segment.startS * fps) + 1;
      const end = Math.max(start, Math.round(segment.endS * fps));
      return {
        id: createHash('sha256').update(`${layer.name} ${i} ${segment.startS}`).digest('hex').slice(0, 10),
        ...NAMES,
        ...(segment.confidence === null ? {} : { score: segment.confidence }),
        value: { ranges: [{ start, end }], timelinelabels: [segment.label] },
        meta: { text: [`face ${segment.face}`] },
      };
    });
  const isModel = ({ name }: AnnotationLayer): boolean => name === 'model';
  const predictions = document.layers.filter(isModel).map((layer) => ({ model_version: layer.annotator, result: resultsOf(layer) }));
  const annotations = document.layers
    .filter((layer) => !isModel(layer))
    .map((layer) => ({ completed_by: { email: layer.annotator }, result: resultsOf(layer) }));
  const task = { data: { video: document.video.path, fps, participant: document.participant, warnings: document.warnings }, predictions, annotations };
  const peaks = document.layers.some((layer) => layer.peaks.length > 0);
  return {
    text: `${JSON.stringify([task], null, 2)}\n`,
    losses: [notice('label-studio/rate', { fps }), ...(peaks ? [notice('label-studio/no-peaks', {})] : [])],
  };
}

const resultSchema = z.object({
  type: z.string(),
  score: z.number().optional(),
  value: z.looseObject({ ranges: z.array(z.object({ start: z.number(), end: z.number() })).optional(), timelinelabels: z.array(z.string()).optional() }),
  meta: z.object({ text: z.array(z.string()).default([]) }).optional(),
});
const taskSchema = z.array(
  z.object({
    data: z.looseObject({ fps: z.number().positive().optional() }),
    predictions: z.array(z.object({ model_version: z.string().optional(), result: z.array(resultSchema) })).default([]),
    annotations: z.array(z.object({ completed_by: z.unknown().optional(), result: z.array(resultSchema) })).default([]),
  }),
);

/** @throws StudioError 'data-set-invalid' for a file that is not the export of one video timeline */
export function readLabelStudio(text: string, name: string): ReadAnnotations {
  let tasks: z.infer<typeof taskSchema>;
  try {
    tasks = taskSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new StudioError('data-set-invalid/not-label-studio', { file: name }, error);
  }
  if (tasks.length !== 1) throw new StudioError('data-set-invalid/label-studio-tasks', { file: name, count: tasks.length });
  const [{ data, predictions, annotations }] = tasks as [(typeof tasks)[number]];
  const fps = data.fps ?? DEFAULT_RATE;
  const problems: Notice[] = data.fps === undefined ? [notice('label-studio/no-rate', { file: name, fps: DEFAULT_RATE })] : [];
  const segmentsOf = (results: readonly z.infer<typeof resultSchema>[]): AnnotatedSegment[] =>
    results.flatMap(({ type, value, score, meta }) => {
      if (type !== NAMES.type) {
        problems.push(notice('label-studio/other-type', { type }));
        return [];
      }
      const face = Number(/^face (\d+)$/.exec(meta?.text[0] ?? '')?.[1] ?? 1);
      return (value.ranges ?? []).flatMap(({ start, end }) =>
        (value.timelinelabels ?? []).map((label) => ({ face, label, startS: (start - 1) / fps, endS: end / fps, confidence: score ?? null })),
      );
    });
  const nameOf = (by: unknown): string => (typeof by === 'object' && by !== null && 'email' in by ? String(by.email) : 'Label Studio');
  return {
    layers: [
      ...predictions.map(({ result }) => ({ name: 'model', segments: segmentsOf(result) })),
      ...annotations.map(({ result, completed_by }) => ({ name: nameOf(completed_by), segments: segmentsOf(result) })),
    ],
    problems,
  };
}
