import { z } from 'zod';
import { ROW_SCHEMAS } from '../annotation/editable-rows.ts';
import { idSchema, procedure } from './base.ts';

export const signals = {
  list: procedure.input(z.object({ video: idSchema })).output(z.array(ROW_SCHEMAS.signal)),
  /**
   * A span of a signal at the resolution of a screen, never the whole series: times (Float64), minima and maxima (Float32), at most two
   * of each for a column; NaN interrupts the line. Times, also `from` and `to`, are those of the file, without the offset.
   */
  view: procedure
    .input(z.object({ signal: idSchema, from: z.number(), to: z.number(), columns: z.int().min(1).max(20_000) }).refine(({ from, to }) => to > from))
    .output(z.object({ times: z.instanceof(Blob), low: z.instanceof(Blob), high: z.instanceof(Blob) })),
};
