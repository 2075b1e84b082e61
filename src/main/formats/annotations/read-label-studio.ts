import { posix } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../../shared/app/errors.ts';
import type { AnnotatedPeak, AnnotatedSegment, ReadAnnotations, ReadLayer, ReadRecording } from '../../../shared/annotation/annotation-document.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { FrameRange } from './label-studio.ts';
import { CONTROLS, DEFAULT_RATE, framesOf, REGION_TYPE } from './label-studio.ts';
import type { LayerInProgress, ReadContext } from './read-layers.ts';
import { LayerCollector } from './read-layers.ts';

const resultSchema = z.looseObject({
  type: z.string().optional(),
  from_name: z.string().optional(),
  score: z.number().nullable().optional(),
  value: z
    .looseObject({ ranges: z.array(z.object({ start: z.number(), end: z.number() })).optional(), timelinelabels: z.array(z.string()).optional() })
    .optional(),
  meta: z
    .object({ text: z.union([z.array(z.string()), z.string().transform((text) => [text])]).default([]) })
    .nullable()
    .optional(),
});
const taskSchema = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  data: z.record(z.string(), z.unknown()),
  // An export without the contents of predictions lists their ids.
  predictions: z.array(z.union([z.number(), z.looseObject({ model_version: z.string().nullable().optional(), result: z.array(resultSchema) })])).default([]),
  annotations: z
    .array(z.looseObject({ completed_by: z.unknown().optional(), was_cancelled: z.boolean().optional(), result: z.array(resultSchema) }))
    .default([]),
});
type Task = z.infer<typeof taskSchema>;
type Result = z.infer<typeof resultSchema>;

/**
 * Reads video timelines: a recording for each task, a layer for each annotator and each version of a model. Annotations that were
 * skipped are left out.
 * @throws StudioError 'data-set-invalid' for other files
 */
export function readLabelStudio(text: string, name: string, context: ReadContext = {}): ReadAnnotations {
  let tasks: Task[];
  try {
    const read = JSON.parse(text) as unknown;
    tasks = z
      .array(taskSchema)
      .min(1)
      .parse(Array.isArray(read) ? read : [read]);
  } catch (error) {
    throw new StudioError('data-set-invalid/not-label-studio', { file: name }, error);
  }
  const recordings = tasks.map((task, i): ReadRecording => {
    const media = mediaOf(task);
    const number = String(task.id ?? i + 1);
    return { name: tasks.length === 1 ? '' : `${number} (${media.at(-1) ?? ''})`, media, layers: layersOf(task, name, context) };
  });
  return { recordings };
}

/** The name of the video, as it is in the task and without what Label Studio puts before the names of uploaded files. */
function mediaOf({ data }: Task): string[] {
  const values = [data['video'], ...Object.values(data)].filter((each) => typeof each === 'string');
  const path = values.find((each) => /\.\w{2,5}(?:\?.*)?$/.test(each));
  if (path === undefined) return [];
  const plain = path.replace(/\?.*$/, '');
  const last = posix.basename(plain.replaceAll('\\', '/'));
  const name = /%[0-9A-Fa-f]{2}/.test(last) && /^\w+:\/\//.test(path) ? decoded(last) : last;
  return [path, name, name.replace(/^[0-9a-f]{8}-/, '')];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function layersOf(task: Task, file: string, context: ReadContext): ReadLayer[] {
  const own = typeof task.data['fps'] === 'number' && task.data['fps'] > 0 ? task.data['fps'] : undefined;
  const rate = context.givenFps ?? own ?? context.videoFps ?? undefined;
  const [fps, isGuess] = [rate ?? DEFAULT_RATE, rate === undefined];
  const isOfVideo = context.givenFps === undefined && own === undefined && !isGuess;
  const layers = new LayerCollector((layer) => ({ layer, face: 1 }));
  const used = new Set<string>();
  const add = (wanted: string, results: readonly Result[]): void => {
    const name = layerName(wanted, results);
    let candidate = name;
    for (let i = 2; used.has(candidate); i++) candidate = `${name} (${i})`;
    used.add(candidate);
    const { layer } = layers.at(candidate);
    for (const result of results) if (result.type === REGION_TYPE) addResult(layer, result, fps);
    // Answers to other questions of the task are no labels. Relations only connect regions.
    const others = results.filter(({ type }) => type !== REGION_TYPE && type !== 'relation');
    for (const [type = '', answers] of Map.groupBy(others, (each) => each.type))
      layer.notes.push(notice('label-studio/other-type', { type, count: answers.length }));
    if (isOfVideo && results.some(({ type }) => type === REGION_TYPE)) layer.notes.push(notice('label-studio/assumed-rate', { file, fps }));
    // Without any rate the frames could be at any time.
    if (isGuess && context.isPreview !== true) layer.problems.push(notice('label-studio/no-rate', { file, fps }));
  };
  const predictions = task.predictions.flatMap((each) => (typeof each === 'number' ? [] : [each]));
  const versions = new Set(predictions.map(({ model_version }) => model_version ?? ''));
  for (const { model_version, result } of predictions) add(versions.size === 1 ? 'model' : (model_version ?? 'model'), result);
  for (const { completed_by, was_cancelled, result } of task.annotations) if (was_cancelled !== true) add(annotatorOf(completed_by), result);
  const skipped = task.annotations.filter(({ was_cancelled }) => was_cancelled === true).length;
  const found = layers.layers();
  return skipped === 0 ? found : found.map((layer) => ({ ...layer, notes: [...layer.notes, notice('label-studio/skipped', { count: skipped })] }));
}

/** The name of a layer in the notes of its regions, if this program wrote all of them. */
function layerName(otherwise: string, results: readonly Result[]): string {
  const names = new Set(results.map((result) => noteOf(result, 'layer')));
  const [only] = names;
  return names.size === 1 && only !== undefined ? only : otherwise;
}

function annotatorOf(by: unknown): string {
  if (typeof by === 'number' || typeof by === 'string') return `annotator ${by}`;
  if (typeof by !== 'object' || by === null) return 'Label Studio';
  const { email, username, id } = by as Record<string, unknown>;
  const name = [email, username].find((each) => typeof each === 'string' && each !== '');
  return typeof name === 'string' ? name : typeof id === 'number' || typeof id === 'string' ? `annotator ${id}` : 'Label Studio';
}

/** The rest of the note that begins with a word. */
function noteOf({ meta }: Result, word: string): string | undefined {
  return meta?.text.find((each) => each.startsWith(`${word} `))?.slice(word.length + 1);
}

function addResult(layer: LayerInProgress, result: Result, fps: number): void {
  const face = Number(/^\d+$/.exec(noteOf(result, 'face') ?? '')?.[0] ?? 1);
  const seconds = (noteOf(result, 'seconds') ?? '').split(' ').map(Number);
  const [comment, modifiers] = [noteOf(result, 'comment'), noteOf(result, 'modifiers')];
  const remarks = { ...(comment === undefined ? {} : { comment }), ...(modifiers === undefined ? {} : { modifiers }) };
  for (const range of result.value?.ranges ?? []) {
    for (const label of result.value?.timelinelabels ?? []) {
      if (result.from_name === CONTROLS.peaks && seconds.length === 3) layer.peaks.push({ ...peakOf(face, label, range, seconds, fps), ...remarks });
      else layer.segments.push({ ...segmentOf(face, label, range, seconds, fps), confidence: confidenceOf(result), ...remarks });
    }
  }
}

function confidenceOf({ score }: Result): number | null {
  return typeof score === 'number' && score >= 0 && score <= 1 ? score : null;
}

/** The exact seconds of the notes while they are those of the frames, else the frames: the region was moved. */
function segmentOf(face: number, label: string, range: FrameRange, [startS, endS]: readonly number[], fps: number): Omit<AnnotatedSegment, 'confidence'> {
  if (startS !== undefined && endS !== undefined && isSame(framesOf(startS, endS, fps), range)) return { face, label, startS, endS };
  return { face, label, startS: (range.start - 1) / fps, endS: range.end / fps };
}

function peakOf(face: number, label: string, range: FrameRange, seconds: readonly number[], fps: number): AnnotatedPeak {
  const [onset = 0, apex = 0, offset = 0] = seconds;
  if (isSame(framesOf(onset, offset, fps), range)) return { face, label, onsetS: onset, apexS: apex, offsetS: offset };
  const [onsetS, offsetS] = [(range.start - 1) / fps, range.end / fps];
  return { face, label, onsetS, apexS: Math.min(Math.max(apex, onsetS), offsetS), offsetS };
}

const isSame = (a: FrameRange, b: FrameRange): boolean => a.start === b.start && a.end === b.end;
