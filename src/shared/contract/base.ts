import { oc } from '@orpc/contract';
import { z } from 'zod';
import { ERROR_CODES } from '../app/errors.ts';

/**
 * Every procedure can fail with one of our errors: its sentence is the message, its code is the same as on the command
 * line, and the remedy says what to do. Anything else that fails is a fault of the program and is told as such.
 */
export const procedure = oc.errors({
  STUDIO: { status: 422, data: z.object({ code: z.enum(ERROR_CODES), remedy: z.string() }) },
});

export const idSchema = z.string().min(1).max(200);
export const pathSchema = z.string().min(1).max(32_768);
