import type { EditableRows, RowEdit } from './editable-rows.ts';
import type { Step } from './steps.ts';
import { step } from './steps.ts';

/** A video with its place in the study, by the names that people see. */
export interface StudyVideo {
  readonly id: string;
  readonly revision: number;
  readonly participant: string | null;
  readonly session: string | null;
  readonly condition: string;
}

/** New values for videos; '' takes a value away, a missing one stays. */
export type StudyChange = { readonly [K in 'participant' | 'session' | 'condition']?: string };

/** The participants and sessions that exist already. */
export interface KnownStudy {
  readonly participants: readonly EditableRows['participant'][];
  readonly sessions: readonly EditableRows['session'][];
}

export const newParticipant = (id: string, code: string): Omit<EditableRows['participant'], 'revision'> => ({
  id,
  code,
  condition: '',
  note: '',
  attributes: '{}',
});
export const newSession = (id: string, name: string): Omit<EditableRows['session'], 'revision'> => ({
  id,
  participant_id: null,
  name,
  held_at: '',
  condition: '',
});

/**
 * The edits that give videos new values. Only values that differ are written. A participant or session that does not exist is added.
 * @returns no edits if nothing differs
 */
export function studyEdits(videos: readonly StudyVideo[], change: StudyChange, known: KnownStudy, newId: () => string): RowEdit[] {
  const additions: RowEdit[] = [];
  const participantId = idOf(change.participant, known.participants.find(({ code }) => code === change.participant)?.id, newId, (id, code) =>
    additions.push({ table: 'participant', kind: 'insert', row: newParticipant(id, code) }),
  );
  const sessionId = idOf(change.session, known.sessions.find(({ name }) => name === change.session)?.id, newId, (id, name) =>
    additions.push({ table: 'session', kind: 'insert', row: newSession(id, name) }),
  );
  const updates = videos.flatMap((video): RowEdit[] => {
    const set: { participant_id?: string | null; session_id?: string | null; condition?: string } = {};
    if (change.participant !== undefined && change.participant !== (video.participant ?? '')) set.participant_id = participantId;
    if (change.session !== undefined && change.session !== (video.session ?? '')) set.session_id = sessionId;
    if (change.condition !== undefined && change.condition !== video.condition) set.condition = change.condition;
    return Object.keys(set).length === 0 ? [] : [{ table: 'video', kind: 'update', id: video.id, revision: video.revision, set }];
  });
  return updates.length === 0 ? [] : [...additions, ...updates];
}

/** The id of a name, which is added if it is unknown; null for ''. */
function idOf(name: string | undefined, known: string | undefined, newId: () => string, add: (id: string, name: string) => void): string | null {
  if (name === undefined || name === '') return null;
  if (known !== undefined) return known;
  const id = newId();
  add(id, name);
  return id;
}

/** The attributes of a participant: free columns such as age and group. */
export const attributesOf = ({ attributes }: Pick<EditableRows['participant'], 'attributes'>): Readonly<Record<string, string>> =>
  JSON.parse(attributes) as Record<string, string>;

/** The edit that gives a participant other attributes; '' takes one away, a missing one stays. @returns no edits if nothing differs */
export function attributeEdits(row: EditableRows['participant'], changes: Readonly<Record<string, string>>): RowEdit[] {
  const before = attributesOf(row);
  const after = Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== ''));
  const isSame = Object.keys({ ...before, ...after }).every((name) => before[name] === after[name]);
  return isSame ? [] : [{ table: 'participant', kind: 'update', id: row.id, revision: row.revision, set: { attributes: JSON.stringify(after) } }];
}

/** The undo step of a change. */
export function studyStep({ participant, session, condition }: StudyChange, videos: number): Step {
  const given = [participant, session, condition].filter((value) => value !== undefined);
  if (given.length === 1) {
    if (participant) return step('video.participant', { participant });
    if (session) return step('video.session', { session });
    if (condition) return step('video.condition', { condition });
  }
  return step('video.study', { count: videos });
}

/** The edits that remove videos from the project. */
export const removalEdits = (videos: readonly Pick<StudyVideo, 'id' | 'revision'>[]): RowEdit[] =>
  videos.map(({ id, revision }) => ({ table: 'video', kind: 'update', id, revision, set: { removed: 1 } }));

/** The undo step of a removal. @param names names of the videos */
export function removalStep(names: readonly string[]): Step {
  const [only, ...others] = names;
  return only !== undefined && others.length === 0 ? step('video.remove', { video: only }) : step('video.removeMany', { count: names.length });
}

const STUDY_STEPS: ReadonlySet<string> = new Set([
  ...['video.participant', 'video.session', 'video.condition', 'video.study', 'video.remove', 'video.removeMany'],
  'participant.attributes',
  ...['conflict.keep', 'conflict.take', 'conflict.both'],
]);
/** Whether a step was made in the library. */
export const isStudyStep = ({ kind }: Step): boolean => STUDY_STEPS.has(kind);
