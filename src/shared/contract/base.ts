import { oc } from '@orpc/contract';
import { z } from 'zod';
import { ERROR_CODES } from '../app/errors.ts';
import { factSchema } from '../app/facts.ts';

/** An error as data. The window makes its sentences; `detail` is another program's own words. */
export const problemSchema = z.object({ ...factSchema.shape, code: z.enum(ERROR_CODES), detail: z.string().optional() });

/**
 * Every procedure can fail with one of our errors, as data. Anything else that fails is a fault of the program and is shown
 * as such.
 */
export const procedure = oc.errors({
  STUDIO: { status: 422, data: problemSchema },
});

export const idSchema = z.string().min(1).max(200);
export const pathSchema = z.string().min(1).max(32_768);
