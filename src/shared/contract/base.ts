import { oc } from '@orpc/contract';
import { z } from 'zod';
import { ERROR_CODES } from '../app/errors.ts';
import { factSchema } from '../app/facts.ts';

/** An error as data. The window formats its texts; `detail` is another program's message. */
export const problemSchema = z.object({ ...factSchema.shape, code: z.enum(ERROR_CODES), detail: z.string().optional() });

/**
 * Every procedure can fail with a StudioError, sent as data. The window shows any other error as a program fault.
 */
export const procedure = oc.errors({
  STUDIO: { status: 422, data: problemSchema },
});

export const idSchema = z.string().min(1).max(200);
export const pathSchema = z.string().min(1).max(32_768);
