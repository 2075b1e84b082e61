import { z } from 'zod';
import { limitedList, limitedRecord } from '../basics/limited-input.ts';
import { ROW_SCHEMAS } from '../annotation/editable-rows.ts';
import { factSchema } from '../app/facts.ts';
import { idSchema, pathSchema, procedure } from './base.ts';

const name = z.string().max(100_000);

/** The head of a table with time series, from which a person chooses what is added. */
const signalFileSchema = z.object({
  path: z.string(),
  name: z.string(),
  /** The program whose output it is; null for other tables. */
  program: z.enum(['OpenFace', 'Py-Feat', 'FaceReader']).nullable(),
  /** Line with the names of the columns, from 1. */
  headerLine: z.int(),
  columns: z.array(z.object({ name: z.string(), unit: z.string() })),
  /** Columns that are added if none is chosen. */
  taken: z.array(z.string()),
  /** Column of the times; null if none is known. */
  time: z.string().nullable(),
  timeUnit: z.enum(['s', 'ms']),
  /** Whether the times are numbers of the video's frames. */
  isFrames: z.boolean(),
  faces: z.array(z.string()),
  /** Cells of the first rows. */
  rows: z.array(z.array(z.string())),
});
export type SignalFile = z.infer<typeof signalFileSchema>;

/** How the series of a file are added to a video; see SeriesRequest in main/formats/read-series.ts. */
const additionSchema = z.object({
  video: idSchema,
  path: pathSchema,
  headerLine: z.int().min(1).max(1000).nullable().default(null),
  /** Column with the times; null: the one that is found. */
  time: name.nullable().default(null),
  /** null: by the name of the column. */
  timeUnit: z.enum(['s', 'ms']).nullable().default(null),
  /** Samples per second of a table without times; null if it has times. */
  rateHz: z.number().positive().max(1e6).nullable().default(null),
  columns: limitedList(name, 100_000).default([]),
  /** Units by column, for other units than those of the header. */
  units: limitedRecord(z.string().max(200), 100_000).default({}),
  /** The face, for tables with several. */
  face: name.nullable().default(null),
  offsetS: z.number().min(-1e9).max(1e9).default(0),
});
export type SignalAddition = z.infer<typeof additionSchema>;

export const signals = {
  list: procedure.input(z.object({ video: idSchema })).output(z.array(ROW_SCHEMAS.signal)),
  /**
   * A span of a signal at the resolution of a screen, never the whole series: times (Float64), minima and maxima (Float32), at most two
   * of each for a column; NaN interrupts the line. Times, also `from` and `to`, are those of the file, without the offset.
   */
  view: procedure
    .input(z.object({ signal: idSchema, from: z.number(), to: z.number(), columns: z.int().min(1).max(20_000) }).refine(({ from, to }) => to > from))
    .output(z.object({ times: z.instanceof(Blob), low: z.instanceof(Blob), high: z.instanceof(Blob) })),
  /** Reads the head of a table. */
  file: procedure.input(z.object({ path: pathSchema, headerLine: z.int().min(1).max(1000).nullable().default(null) })).output(signalFileSchema),
  /** Reads the whole file and says what `add` would do; changes nothing. Aborting the call stops it. */
  check: procedure.input(additionSchema).output(
    z.object({
      /** Span of the samples on the clock of the video, with the offset, in seconds; null if the table has problems. */
      span: z.object({ startS: z.number(), endS: z.number(), samples: z.int() }).nullable(),
      problems: z.array(factSchema),
      notices: z.array(factSchema),
    }),
  ),
  /** Adds all chosen series or none. Aborting the call stops it. */
  add: procedure.input(additionSchema).output(z.object({ signals: z.array(ROW_SCHEMAS.signal), notices: z.array(factSchema) })),
  /** Removes signals and their samples, which cannot be undone. */
  remove: procedure.input(z.object({ signals: limitedList(idSchema, 10_000, 1) })).output(z.object({ removed: z.int() })),
};
