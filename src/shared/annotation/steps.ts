import { z } from 'zod';
import { limitedList } from '../basics/limited-input.ts';

const label = z.string().max(100_000);
const count = z.int().nonnegative();
const one = { label };

/** A label of the coder that a new or moved label overlapped, with its times before, in seconds, and what became of it. */
const cutLabelSchema = z.strictObject({
  label,
  startS: z.number(),
  endS: z.number(),
  /** 'divided': a part before and a part after the other label remain. */
  change: z.enum(['shortened', 'divided', 'deleted']),
});
export type CutLabel = z.infer<typeof cutLabelSchema>;

/** A label whose span is cleared of others. Steps of earlier versions have no `cut`. */
const oneInFreeSpan = { label, cut: limitedList(cutLabelSchema, 100_000).readonly().optional() };

/** The kinds of undo steps, with the parameters of their descriptions. */
const STEPS = {
  'segment.create': oneInFreeSpan,
  'segment.relabel': one,
  'segment.relabelAll': { count, label, to: label },
  'segment.delete': one,
  'segment.move': oneInFreeSpan,
  'segment.split': one,
  'segment.merge': one,
  'label.modifiers': { label, modifiers: label },
  'label.comment': one,
  'proposal.accept': oneInFreeSpan,
  'proposal.acceptMany': { count },
  'proposal.reject': one,
  'proposal.rejectMany': { count },
  'peak.create': one,
  'peak.accept': one,
  'peak.relabel': one,
  'peak.move': one,
  'peak.delete': one,
  'blind.begin': {},
  'blind.end': {},
  'note.create': {},
  'note.change': {},
  'note.delete': {},
  'disagreement.decide': {},
  'disagreement.acceptAgreed': { count },
  'labels.change': {},
  'labels.import': { count, file: z.string().max(32_768) },
  'video.markNew': {},
  'video.markInReview': {},
  'video.markDone': {},
  'video.participant': { participant: z.string().max(100_000) },
  'video.session': { session: label },
  'video.condition': { condition: label },
  /** Several columns of the library, or a value that was taken away. */
  'video.study': { count },
  'video.remove': { video: z.string().max(32_768) },
  'video.removeMany': { count },
  'face.noParticipant': { face: count },
  'face.participant': { face: count, participant: z.string().max(100_000) },
  'face.merge': { face: count, into: count },
  /** at: seconds of the video. */
  'face.split': { face: count, at: z.number(), to: count },
  'faces.set': { count, file: z.string().max(32_768) },
  'signal.move': { signal: z.string().max(100_000) },
  /** table: what kind of row was in conflict. */
  'conflict.keep': { table: z.string().max(100) },
  'conflict.take': { table: z.string().max(100) },
  'conflict.both': { table: z.string().max(100) },
  'trial.create': { trial: label, type: label },
  'trial.change': { trial: label, type: label },
  'trial.delete': { trial: label, type: label },
  'participant.attributes': { participant: z.string().max(100_000) },
  'trials.set': { count, file: z.string().max(32_768) },
  'participants.set': { count, file: z.string().max(32_768) },
  /** A step of another program or of an older version, with its original text. */
  other: { text: z.string().max(10_000) },
} as const;

export type StepKind = keyof typeof STEPS;
export type StepParameters<K extends StepKind> = Readonly<z.infer<z.ZodObject<(typeof STEPS)[K]>>>;

/** One undo step. The window makes its description from the texts under `steps`. */
export type Step = { [K in StepKind]: { readonly kind: K; readonly parameters: StepParameters<K> } }[StepKind];

export function step<K extends StepKind>(kind: K, parameters: StepParameters<K>): Step {
  return { kind, parameters } as unknown as Step;
}

export const stepSchema = z.discriminatedUnion(
  'kind',
  Object.entries(STEPS).map(([kind, parameters]) => z.strictObject({ kind: z.literal(kind), parameters: z.strictObject(parameters) })) as never,
) as unknown as z.ZodType<Step>;
