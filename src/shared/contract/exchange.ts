import { z } from 'zod';
import { EXPORT_FORMATS } from '../export-formats.ts';
import { idSchema, pathSchema, procedure } from './base.ts';

export const exchange = {
  /** Writes files into a folder; losses are what a format could not hold, a sentence each. */
  export: procedure
    .input(
      z.object({
        format: z.enum(EXPORT_FORMATS),
        /** Labels: 'model', 'adjudicated' or coders' names; all where none are named. */
        layers: z.array(z.string().max(200)).max(1000).default([]),
        /** Tables: which run; the newest where none is named. */
        run: idSchema.optional(),
        out: pathSchema,
      }),
    )
    .output(z.object({ files: z.array(z.string()), losses: z.array(z.string()) })),
};
