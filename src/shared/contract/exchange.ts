import { z } from 'zod';
import { limitedList, limitedRecord } from '../basics/limited-input.ts';
import { LANGUAGES } from '../app/action-texts.ts';
import { factSchema } from '../app/facts.ts';
import { deidentificationSchema, EXPORT_FORMATS } from '../domain/export-formats.ts';
import { fineTuningOptionsSchema } from '../domain/fine-tuning.ts';
import { DEFAULT_OVERLAP, DEFAULT_UNIT_S, STATISTICS, UNDEFINED_REASONS } from '../statistics/agreement/statistics.ts';
import { COURSES } from '../statistics/dyads.ts';
import { idSchema, pathSchema, procedure } from './base.ts';
import { dyadFiguresSchema, projectFiguresSchema } from './figures.ts';

/** Preview of an annotation file of another tool, or of one of its recordings. */
const labelFileSchema = z.object({
  path: z.string(),
  name: z.string(),
  /** Distinguishes several recordings of the file; '' if it has one. */
  recording: z.string(),
  /** Its tiers, joined over faces and lanes. */
  layers: z.array(
    z.object({
      name: z.string(),
      labels: z.int(),
      peaks: z.int(),
      faces: z.array(z.int()),
      /** The different label names. */
      names: z.array(z.string()),
      /** Problems with labels of this layer that cannot be imported. */
      problems: z.array(factSchema),
    }),
  ),
  /** Why the file cannot be read; null if it can. */
  unreadable: factSchema.nullable(),
  /** The video of the library with the name of the file, or with a name in it; null if there is none or more than one. */
  video: idSchema.nullable(),
});
export type LabelFile = z.infer<typeof labelFileSchema>;

const exportChoiceSchema = z.object({
  format: z.enum(EXPORT_FORMATS),
  /** Labels: 'model', 'adjudicated' or coders' names; empty for all. */
  layers: limitedList(z.string().max(200), 1000).default([]),
  /** Ids of videos; empty for all. */
  videos: limitedList(idSchema, 100_000).default([]),
  out: pathSchema,
});

/** A file of labels, and what of it is imported. */
const placementSchema = z.object({
  file: pathSchema,
  video: idSchema,
  recording: z.string().max(100_000).optional(),
  /** Frames per second, for files that count frames. */
  fps: z.number().positive().max(10_000).optional(),
  layers: limitedList(
    z.object({
      name: z.string().max(10_000),
      /** The coder who gets these labels; by default the coder of the import. */
      coder: z.string().trim().min(1).max(200).optional(),
      /** The face of these labels; by default those of the file. */
      face: z.int().min(1).max(10_000).optional(),
    }),
    10_000,
    1,
  ),
});

const undefinedReason = z.enum(UNDEFINED_REASONS).nullable();

export const exchange = {
  /** Writes files into a folder; progress comes as 'export' events. Aborting the call stops it. `losses`: data that the format cannot store. */
  export: procedure
    .input(
      exportChoiceSchema.extend({
        /** Tables only: the run; by default the newest. */
        run: idSchema.optional(),
        /** CSV tables only: as Excel opens them in this language. By default the program's own dialect. */
        excelLanguage: z.enum(LANGUAGES).optional(),
        /** De-identified videos only. */
        deidentification: deidentificationSchema.optional(),
      }),
    )
    .output(z.object({ files: z.array(z.string()), losses: z.array(factSchema) })),
  /** Paths of files that this export would replace. */
  filesToReplace: procedure.input(exportChoiceSchema).output(z.array(z.string())),
  /** Previews of annotation files, also of those in the given folders; changes nothing. */
  labelFiles: procedure.input(z.object({ paths: limitedList(pathSchema, 10_000, 1) })).output(z.array(labelFileSchema)),
  /** Imports labels and peaks into the layers of coders. If some labels cannot be imported and `partly` is false, nothing is imported. */
  importLabels: procedure
    .input(
      z.object({
        files: limitedList(placementSchema, 10_000, 1),
        coder: z.string().trim().min(1).max(200),
        /** New name by label name in the file; null leaves the label out. */
        mapping: limitedRecord(z.string().min(1).max(100_000).nullable(), 100_000).default({}),
        partly: z.boolean().default(false),
      }),
    )
    .output(z.object({ labels: z.int(), peaks: z.int(), known: z.int(), problems: z.array(factSchema), notes: z.array(factSchema) })),
  /** Writes a fine-tuning set into an empty folder; progress comes as 'set' events. Aborting the call stops it. */
  fineTuningSet: procedure.input(z.object({ options: fineTuningOptionsSchema, out: pathSchema })).output(
    z.object({
      out: z.string(),
      clips: z.int(),
      balance: z.array(z.object({ label: z.string(), train: z.int(), validation: z.int(), test: z.int() })),
      notes: z.array(factSchema),
    }),
  ),
  /** Layers to plot and to compare: 'model', coders with labels, 'adjudicated'. */
  layers: procedure.output(z.array(z.string())),
  /** Summary of a layer for plots, over a participant or all. */
  figures: procedure
    .input(
      z.object({
        layer: z.string().max(200),
        /** Code of the participant; by default all. */
        participant: z.string().max(100_000).optional(),
        /** 'corrected': probabilities minus the participant's own baseline; people without one have none. */
        values: z.enum(['raw', 'corrected']).default('raw'),
        against: z.string().max(200).optional(),
        /** Type of the trials and markers for `events`; by default the first one. */
        eventType: z.string().max(100_000).optional(),
      }),
    )
    .output(projectFiguresSchema),
  /** Synchrony and co-occurrence of two people. Takes seconds for long videos; aborting the call stops it. */
  dyad: procedure
    .input(
      z.object({ layer: z.string().max(200), video: idSchema, people: z.tuple([z.string().max(100_000), z.string().max(100_000)]), course: z.enum(COURSES) }),
    )
    .output(dyadFiguresSchema),
  /** The same numbers as `adatosk agreement`, with their definition and parameters. */
  agreement: procedure
    .input(
      z.object({
        statistic: z.enum(STATISTICS),
        raters: limitedList(z.string().max(200), 100),
        unitS: z.number().positive().max(60).default(DEFAULT_UNIT_S),
        overlap: z.number().min(0.01).max(1).default(DEFAULT_OVERLAP),
        unlabelled: z.enum(['left out', 'counted']).default('left out'),
      }),
    )
    .output(
      z.object({
        statistic: z.enum(STATISTICS),
        definition: z.string(),
        value: z.number().nullable(),
        units: z.int(),
        videos: z.int(),
        interval: z.object({ low: z.number(), high: z.number() }).nullable(),
        /** 95% interval by bootstrap over videos. */
        bootstrap: z.object({ low: z.number(), high: z.number(), resamples: z.int(), seed: z.int() }).nullable(),
        /** Why a value or an interval is null. */
        reasons: z.object({ value: undefinedReason, interval: undefinedReason, bootstrap: undefinedReason }),
        raters: z.array(z.string()),
        parameters: z.record(z.string(), z.union([z.string(), z.number()])),
        byLabel: z.record(z.string(), z.number().nullable()).nullable(),
        byForm: z.record(z.string(), z.number().nullable()).nullable(),
        notUsedByAll: z.array(z.string()),
      }),
    ),
};
