import { z } from 'zod';
import { appliedEditSchema, editSchema, ROW_SCHEMAS } from '../annotation/editable-rows.ts';
import { stepSchema } from '../annotation/steps.ts';
import { factSchema } from '../app/facts.ts';
import { idSchema, procedure } from './base.ts';

const ofVideo = procedure.input(z.object({ video: idSchema }));
const ofCoder = procedure.input(z.object({ coder: idSchema }));

export const runs = {
  list: procedure.output(
    z.array(
      z.object({
        id: z.string(),
        model: z.string(),
        trained: z.boolean(),
        device: z.string(),
        warnings: z.array(factSchema),
        start: z.string(),
        end: z.string().nullable(),
        videos: z.int(),
      }),
    ),
  ),
  /** Face tracks of a run in a video. */
  faces: procedure.input(z.object({ run: idSchema, video: idSchema })).output(z.array(z.object({ face: z.int(), firstSlot: z.int(), slots: z.int() }))),
  /** Timeline of a face by columns (shared/domain/timeline-columns.ts); little-endian. */
  timeline: procedure
    .input(z.object({ run: idSchema, video: idSchema, face: z.int().nonnegative() }))
    .output(z.object({ times: z.instanceof(Blob), slots: z.instanceof(Blob), values: z.instanceof(Blob) })),
  /** Mask weights of a face by patch (shared/domain/mask-maps.ts); side is 0 if the run stored none. */
  maps: procedure.input(z.object({ run: idSchema, video: idSchema, face: z.int().nonnegative() })).output(
    z.object({
      side: z.int(),
      slots: z.instanceof(Blob),
      places: z.instanceof(Blob),
      weights: z.instanceof(Blob),
      similarity: z.instanceof(Blob),
    }),
  ),
};

export const layers = {
  list: ofVideo.output(z.array(ROW_SCHEMAS.layer)),
  read: procedure.input(z.object({ layer: idSchema })).output(z.object({ segments: z.array(ROW_SCHEMAS.segment), peaks: z.array(ROW_SCHEMAS.peak) })),
  notes: ofVideo.output(z.array(ROW_SCHEMAS.note)),
  /** Rejected proposals and disagreements that were resolved without a label, of all coders. */
  decisions: ofVideo.output(z.array(ROW_SCHEMAS.decision)),
};

/** Trials and markers (spans and moments of the study's design); edits go through `edits.apply`. */
export const trials = {
  /** In order of time. */
  list: ofVideo.output(z.array(ROW_SCHEMAS.trial)),
};

export const people = {
  coders: procedure.output(z.array(ROW_SCHEMAS.coder)),
  addCoder: procedure.input(z.object({ name: z.string().trim().min(1).max(200) })).output(ROW_SCHEMAS.coder),
  participants: procedure.output(z.array(ROW_SCHEMAS.participant)),
  sessions: procedure.output(z.array(ROW_SCHEMAS.session)),
  /** The faces of a video with their participants. `assignment` is the row of a face that has one of its own. */
  faces: ofVideo.output(
    z.array(
      z.object({
        face: z.int(),
        participant: z.string(),
        missing: z.enum(['not-a-participant', 'no-participant', 'several-faces']).nullable(),
        assignment: ROW_SCHEMAS.face_participant.nullable(),
      }),
    ),
  ),
  schemes: procedure.output(z.array(ROW_SCHEMAS.scheme.extend({ labels: z.array(ROW_SCHEMAS.label) }))),
};

const ofFace = z.object({ coder: idSchema, video: idSchema, run: idSchema, face: z.int().positive() });
const span = z.object({ startS: z.number(), endS: z.number() });

/** Faces of the newest run of a video, and what people decided about their tracks. Each change is one undo step. */
export const faces = {
  /** isOfEarlierRun: faces were merged or split after an earlier analysis, which does not apply to this one. */
  list: ofVideo.output(
    z.object({
      isOfEarlierRun: z.boolean(),
      faces: z.array(
        z.object({
          face: z.int(),
          participant: z.string(),
          missing: z.enum(['not-a-participant', 'no-participant', 'several-faces']).nullable(),
          spans: z.array(span),
          seenS: z.number(),
          share: z.number(),
          detected: z.array(z.int()),
        }),
      ),
    }),
  ),
  /** overlapping: labels that moved and now overlap with a label of the same person. Errors: 'edit-invalid'. */
  merge: procedure.input(ofFace.extend({ into: z.int().positive() })).output(z.object({ edit: appliedEditSchema, overlapping: z.int() })),
  /** `face` of the answer is the new one. Errors: 'edit-invalid'. */
  split: procedure.input(ofFace.extend({ atS: z.number() })).output(z.object({ edit: appliedEditSchema, face: z.int() })),
};

export const edits = {
  /** Applies all rows of the edit or none. Errors: 'edit-stale', 'edit-invalid', 'layer-protected'. */
  apply: procedure.input(editSchema).output(appliedEditSchema),
  undo: ofCoder.output(appliedEditSchema.nullable()),
  redo: ofCoder.output(appliedEditSchema.nullable()),
  /** Undoes all later steps of the coder, or redoes the undone ones up to this one: all or none. */
  goTo: procedure.input(z.object({ coder: idSchema, step: z.int() })).output(z.array(appliedEditSchema)),
  /** The step that the next undo or redo changes, and the ids of its videos (empty for a step of the whole project); null if there is none. */
  next: procedure
    .input(z.object({ coder: idSchema, direction: z.enum(['undo', 'redo']) }))
    .output(z.object({ entry: z.int(), step: stepSchema, videos: z.array(z.string()).readonly() }).nullable()),
  /** Newest first. */
  history: procedure
    .input(z.object({ coder: idSchema, most: z.int().min(1).max(1000).default(100) }))
    .output(z.array(z.object({ id: z.int(), step: stepSchema, madeAt: z.string(), state: z.enum(['done', 'undone', 'dropped']) }))),
};
