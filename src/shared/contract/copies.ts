import { z } from 'zod';
import { limitedList } from '../basics/limited-input.ts';
import type { EditableTable } from '../annotation/editable-rows.ts';
import { appliedEditSchema, EDITABLE } from '../annotation/editable-rows.ts';
import { factSchema } from '../app/facts.ts';
import { idSchema, pathSchema, procedure } from './base.ts';

const tableSchema = z.enum(EDITABLE as [EditableTable, ...EditableTable[]]);
const rowCounts = { added: z.int(), changed: z.int(), deleted: z.int(), conflicts: z.int() };

/** What a copy brings, or brought, into the project. */
const mergeFactsSchema = z.object({
  ...rowCounts,
  /** Labels and peaks by coder ('adjudicated' for the adjudicated ones); `equal`: both have them, unchanged. */
  coders: z.array(z.object({ coder: z.string(), ...rowCounts, equal: z.int() })),
  /** Further tables with changes. */
  tables: z.array(z.object({ table: tableSchema, ...rowCounts })),
  /** Layers that both copies changed. */
  layers: z.array(z.object({ video: z.string(), layer: z.string() })),
  /** Number of videos in the copy. */
  videos: z.int(),
});
export type MergeFacts = z.infer<typeof mergeFactsSchema>;

const copySchema = z.object({
  /** The project's folder, or its file if that has another name. */
  path: z.string(),
  name: z.string(),
  /** The coder to whom it was given; null if that is not known. */
  coder: z.string().nullable(),
});

const inspectedCopySchema = copySchema.extend({
  /** null if the copy cannot be merged. */
  brings: mergeFactsSchema.nullable(),
  /** Why it cannot be merged; null if it can. */
  problem: factSchema.nullable(),
});
export type InspectedCopy = z.infer<typeof inspectedCopySchema>;

const mergedCopySchema = copySchema.extend(mergeFactsSchema.shape);
export type MergedCopy = z.infer<typeof mergedCopySchema>;

/** Columns that describe a version of a row in conflict. Persons and sessions are named, not given by their ids; shift_s: the offset of a signal. */
export const CONFLICT_COLUMNS = [
  ...['label', 'kind', 'text', 'code', 'type', 'name', 'item', 'start_s', 'end_s', 'onset_s', 'apex_s', 'offset_s', 'shift_s', 'at_s', 'face_id'],
  ...['confidence', 'intensity', 'comment', 'modifiers', 'participant', 'session', 'coder', 'condition', 'note', 'attributes', 'held_at'],
  ...['review', 'unit', 'key', 'colour', 'description', 'maps_to', 'grouping', 'faces'],
] as const;
export type ConflictColumn = (typeof CONFLICT_COLUMNS)[number];

const versionSchema = z.object({
  isDeleted: z.boolean(),
  /** Who made this version, and when (ISO 8601); null if the history does not say. */
  by: z.string().nullable(),
  at: z.string().nullable(),
  facts: z.array(z.object({ column: z.enum(CONFLICT_COLUMNS), value: z.union([z.string(), z.number()]), differs: z.boolean() })),
});
export type ConflictVersion = z.infer<typeof versionSchema>;

const conflictSchema = z.object({
  id: z.string(),
  table: tableSchema,
  /** Name of the video; null for rows that belong to none. */
  video: z.string().nullable(),
  /** Name of the layer of a label; null for other rows. */
  layer: z.string().nullable(),
  /** Revision of the project's version, which a decision must name; null if it was deleted. */
  revision: z.int().nullable(),
  kept: versionSchema,
  other: versionSchema,
  canKeepBoth: z.boolean(),
});
export type Conflict = z.infer<typeof conflictSchema>;

const progressSchema = z.object({
  coder: z.string(),
  /** Number of videos that were given out to the coder; null if none were. */
  given: z.int().nullable(),
  /** Videos in review and finished: of those given, as they were in the copy when it was merged last; without a copy, of those with labels. */
  inReview: z.int(),
  done: z.int(),
  /** Videos with labels of the coder. */
  videos: z.int(),
  labels: z.int(),
  peaks: z.int(),
  /** Number of all videos. */
  of: z.int(),
});
export type CoderProgress = z.infer<typeof progressSchema>;

/** Copies of the project for coders: giving out, merging back, conflicts and progress. Long work publishes 'copies' events. */
export const copies = {
  /** Makes a copy for each coder below `out`: OUT/CODER. Aborting the call deletes those that it made. */
  give: procedure
    .input(
      z.object({
        coders: limitedList(z.string().trim().min(1).max(200), 200, 1),
        /** Ids; empty for all. */
        videos: limitedList(idSchema, 100_000).default([]),
        doubleShare: z.number().min(0).max(1),
        seed: z
          .int()
          .min(0)
          .max(2 ** 31 - 1),
        out: pathSchema,
      }),
    )
    .output(z.array(z.object({ coder: z.string(), folder: z.string(), videos: z.int(), shared: z.int() }))),
  /** The copies at these places (projects, project files, or folders with projects), and what they would bring; changes nothing. */
  inspect: procedure.input(z.object({ paths: limitedList(pathSchema, 1000, 1) })).output(z.array(inspectedCopySchema)),
  /** Merges copies into the project after a backup, each in one transaction. Aborting the call stops before the next copy. */
  merge: procedure.input(z.object({ paths: limitedList(pathSchema, 1000, 1) })).output(z.object({ merged: z.array(mergedCopySchema), isStopped: z.boolean() })),
  conflicts: procedure.output(z.array(conflictSchema)),
  /** Decides a conflict, as one undo step of the coder. Errors: 'edit-stale', 'edit-invalid'. */
  decide: procedure
    .input(z.object({ coder: idSchema, conflict: idSchema, take: z.enum(['kept', 'other', 'both']), revision: z.int().nullable() }))
    .output(appliedEditSchema),
  progress: procedure.output(z.array(progressSchema)),
};
