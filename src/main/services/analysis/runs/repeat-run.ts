import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { sentenceOf, StudioError } from '../../../../shared/app/errors.ts';
import { PROVIDERS } from '../../../adatosk/runtime/engine-messages.ts';
import { findModel } from '../../../adatosk/runtime/models.ts';
import type { AnalyseRequest } from '../analyse-folder.ts';

const share = z.number().min(0).max(1);
const faceSchema = z.object({
  beginScore: share,
  believedScore: share,
  confidentScore: share,
  confidentWidth: z.number().nonnegative(),
  smallestFace: z.number().positive(),
  longestGap: z.number().nonnegative(),
  searchEvery: z.int().min(1),
});
/** What a run can be repeated by, of its run.json. */
const recordSchema = z.object({
  model: z.object({ id: z.string(), sha256: z.string() }),
  device: z.enum(PROVIDERS),
  options: z.object({ tokenBudget: share, span: z.object({ startS: z.number(), endS: z.number().nullable() }).optional() }),
  thresholds: z.object({
    face: faceSchema,
    peaks: z.record(z.string(), z.number()),
    segments: z.record(z.string(), z.number()),
  }),
  sources: z.object({ paths: z.array(z.string()), list: z.string().nullable() }),
  inputs: z.array(z.object({ video: z.string(), sha256: z.string().nullable() })).default([]),
});

/** What an analysis must be asked for to repeat a run, and the SHA-256 that its videos had, by their names in the tables. */
export interface RepeatedRun {
  readonly request: Pick<AnalyseRequest, 'paths' | 'list' | 'model' | 'device' | 'options'>;
  readonly inputs: ReadonlyMap<string, string | null>;
}

/**
 * Reads run.json of a run that is to be repeated.
 * @throws StudioError where the file does not describe a run (those of versions before 0.2 do not name their videos), or where the
 *   model of that name is another one now
 */
export async function readRepeatedRun(file: string): Promise<RepeatedRun> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new StudioError('file-missing/run', { file }, error);
  });
  const { model, device, options, thresholds, sources, inputs } = parsed(file, text);
  const found = await findModel(model.id);
  if (found.manifest.sha256 !== model.sha256)
    throw new StudioError('model-invalid/other-than-run', { model: model.id, found: found.manifest.sha256.slice(0, 12), expected: model.sha256.slice(0, 12) });
  return {
    request: { ...sources, model: model.id, device, options: { ...options, ...thresholds } as unknown as AnalyseRequest['options'] },
    inputs: new Map(inputs.map(({ video, sha256 }) => [video, sha256])),
  };
}

function parsed(file: string, text: string): z.infer<typeof recordSchema> {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error).split('\n').slice(0, 2).join(' ') : sentenceOf(error);
    throw new StudioError('data-set-invalid/run', { file, detail }, error);
  }
}
