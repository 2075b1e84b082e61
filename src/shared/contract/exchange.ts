import { z } from 'zod';
import { factSchema } from '../app/facts.ts';
import { fineTuningOptionsSchema } from '../domain/fine-tuning.ts';
import { EXPORT_FORMATS } from '../domain/export-formats.ts';
import { STATISTICS } from '../statistics/agreement/statistics.ts';
import { idSchema, pathSchema, procedure } from './base.ts';
import { projectFiguresSchema } from './figures.ts';

/** A file of labels as it is before anything is changed. */
const labelFileSchema = z.object({
  path: z.string(),
  name: z.string(),
  /** Its tiers without face and lane, with how many labels each has, and which. */
  layers: z.array(z.object({ name: z.string(), labels: z.int(), names: z.array(z.string()) })),
  /** What cannot be placed. */
  problems: z.array(factSchema),
  /** Why it cannot be read at all; null where it can. */
  unreadable: factSchema.nullable(),
  /** The video of the library that is called like the file; null where none or several are. */
  video: idSchema.nullable(),
});
export type LabelFile = z.infer<typeof labelFileSchema>;

export const exchange = {
  /** Writes files into a folder; losses are what a format could not hold. */
  export: procedure
    .input(
      z.object({
        format: z.enum(EXPORT_FORMATS),
        /** Labels: 'model', 'adjudicated' or coders' names; all where none are named. */
        layers: z.array(z.string().max(200)).max(1000).default([]),
        /** Tables: which run; the newest where none is named. */
        run: idSchema.optional(),
        /** Ids of videos; all of them where none are named. */
        videos: z.array(idSchema).max(100_000).default([]),
        out: pathSchema,
      }),
    )
    .output(z.object({ files: z.array(z.string()), losses: z.array(factSchema) })),
  /** What files of labels from other tools hold, and those in folders; nothing is changed. */
  labelFiles: procedure.input(z.object({ paths: z.array(pathSchema).min(1).max(10_000) })).output(z.array(labelFileSchema)),
  /** Reads labels of such files into a coder's layers: all files or, where something cannot be placed and `partly` is not wished, none. */
  importLabels: procedure
    .input(
      z.object({
        files: z
          .array(z.object({ file: pathSchema, video: idSchema, layers: z.array(z.string().max(10_000)).min(1).max(10_000) }))
          .min(1)
          .max(10_000),
        coder: z.string().trim().min(1).max(200),
        /** What labels are called here; null leaves a label out. */
        mapping: z.record(z.string(), z.string().min(1).max(100_000).nullable()).default({}),
        partly: z.boolean().default(false),
      }),
    )
    .output(z.object({ labels: z.int(), known: z.int(), problems: z.array(factSchema) })),
  /** Makes a fine-tuning set in an empty folder; how far it is comes by events ('set'). Stopping the call stops it. */
  fineTuningSet: procedure.input(z.object({ options: fineTuningOptionsSchema, out: pathSchema })).output(
    z.object({
      out: z.string(),
      clips: z.int(),
      balance: z.array(z.object({ label: z.string(), train: z.int(), validation: z.int(), test: z.int() })),
      notes: z.array(factSchema),
    }),
  ),
  /** What a layer comes to, for plots; of some videos or of all. */
  figures: procedure
    .input(z.object({ layer: z.string().max(200), videos: z.array(idSchema).max(100_000).optional(), against: z.string().max(200).optional() }))
    .output(projectFiguresSchema),
  /** The same numbers as `adatosk agreement`, with their definition and parameters. */
  agreement: procedure
    .input(
      z.object({
        statistic: z.enum(STATISTICS),
        raters: z.array(z.string().max(200)).max(100),
        unitS: z.number().positive().max(60).default(0.1),
        overlap: z.number().min(0.01).max(1).default(0.5),
        unlabelled: z.enum(['left out', 'counted']).default('left out'),
      }),
    )
    .output(
      z.object({
        ...{ statistic: z.enum(STATISTICS), definition: z.string(), value: z.number().nullable(), units: z.int(), videos: z.int() },
        interval: z.object({ low: z.number(), high: z.number() }).nullable(),
        raters: z.array(z.string()),
        parameters: z.record(z.string(), z.union([z.string(), z.number()])),
        byLabel: z.record(z.string(), z.number().nullable()).nullable(),
      }),
    ),
};
