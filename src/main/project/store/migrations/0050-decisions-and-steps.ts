import type { Database } from 'better-sqlite3';
import { randomUUID } from 'node:crypto';

/**
 * Facts instead of sentences. Before, a decision on a proposal or a disagreement was a note with a fixed text, and a step of
 * the history was an English sentence. Now a decision is a row with the id of its proposal, and a step is a kind with
 * parameters. This migration parses the former texts. Unknown texts stay notes, or become steps of the kind 'other'.
 */
export function up(database: Database): void {
  database.exec(`CREATE TABLE decision (
    id TEXT PRIMARY KEY,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    coder_id TEXT NOT NULL REFERENCES coder(id),
    kind TEXT NOT NULL CHECK (kind IN ('rejected', 'no_label')),
    proposal_id TEXT,
    label TEXT,
    face_id INTEGER NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    made_at TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    CHECK (end_s >= start_s),
    CHECK ((kind = 'rejected') = (proposal_id IS NOT NULL))
  ) STRICT`);
  database.exec('CREATE INDEX decision_of_video ON decision (video_id, start_s)');
  const decisions = convertNotes(database);
  convertJournal(database, decisions);
}

interface Note {
  readonly id: string;
  readonly video_id: string;
  readonly coder_id: string | null;
  readonly text: string;
  readonly made_at: string;
  readonly revision: number;
}

interface Decision {
  readonly id: string;
  readonly video_id: string;
  readonly coder_id: string;
  readonly kind: 'rejected' | 'no_label';
  readonly proposal_id: string | null;
  readonly label: string | null;
  readonly face_id: number;
  readonly start_s: number;
  readonly end_s: number;
  readonly made_at: string;
  readonly revision: number;
}

const REJECTED = /^rejected: (?<label>.+), face (?<face>\d+), (?<start>[\d.]+) to (?<end>[\d.]+) s$/s;
const NO_LABEL = /^adjudicated: no label, face (?<face>\d+), (?<start>[\d.]+) to (?<end>[\d.]+) s$/;
/** The texts had a precision of milliseconds. */
const ROUNDED = 0.0006;

/** Converts all notes. @returns a function that finds the decisions of a note, also of a note that is only in the journal */
function convertNotes(database: Database): (note: Note) => Decision[] {
  const proposals = database.prepare(`SELECT segment.id, segment.label, segment.start_s, segment.end_s FROM segment
    JOIN layer ON layer.id = segment.layer_id AND layer.kind = 'model'
    WHERE layer.video_id = ? AND segment.face_id = ? AND segment.label = ? AND abs(segment.start_s - ?) < ${ROUNDED} AND abs(segment.end_s - ?) < ${ROUNDED}
    ORDER BY segment.id`);
  const known = new Map<string, Decision[]>();
  const read = (note: Note): Decision[] => {
    if (note.coder_id === null) return [];
    const base = { video_id: note.video_id, coder_id: note.coder_id, made_at: note.made_at, revision: note.revision };
    const noLabel = NO_LABEL.exec(note.text)?.groups;
    if (noLabel !== undefined) return [{ ...base, id: note.id, kind: 'no_label', proposal_id: null, label: null, ...spanOf(noLabel) }];
    const rejected = REJECTED.exec(note.text)?.groups;
    if (rejected === undefined) return [];
    const { face_id, start_s, end_s } = spanOf(rejected);
    // The text does not contain the run: equal proposals of several runs were rejected together.
    const found = proposals.all(note.video_id, face_id, rejected['label'], start_s, end_s) as Pick<Decision, 'id' | 'label' | 'start_s' | 'end_s'>[];
    return found.map(({ id, ...proposal }, i) => ({ ...base, ...proposal, id: i === 0 ? note.id : randomUUID(), kind: 'rejected', proposal_id: id, face_id }));
  };
  const decisionsOf = (note: Note): Decision[] => {
    const decisions = known.get(note.id) ?? read(note);
    known.set(note.id, decisions);
    return decisions;
  };
  const insert = database.prepare(`INSERT INTO decision (id, video_id, coder_id, kind, proposal_id, label, face_id, start_s, end_s, made_at, revision)
    VALUES (@id, @video_id, @coder_id, @kind, @proposal_id, @label, @face_id, @start_s, @end_s, @made_at, @revision)`);
  const remove = database.prepare('DELETE FROM note WHERE id = ?');
  for (const note of database.prepare('SELECT * FROM note').all() as Note[]) {
    const decisions = decisionsOf(note);
    if (decisions.length === 0) continue;
    for (const decision of decisions) insert.run(decision);
    remove.run(note.id);
  }
  return decisionsOf;
}

function spanOf({ face, start, end }: Record<string, string>): Pick<Decision, 'face_id' | 'start_s' | 'end_s'> {
  return { face_id: Number(face), start_s: Number(start), end_s: Number(end) };
}

interface Change {
  readonly table: string;
  readonly id: string;
  readonly before: Note | null;
  readonly after: Note | null;
}

/** Converts the steps of the journal and the rows that undo restores. */
function convertJournal(database: Database, decisionsOf: (note: Note) => Decision[]): void {
  database.exec(`ALTER TABLE journal ADD COLUMN kind TEXT NOT NULL DEFAULT 'other'`);
  database.exec(`ALTER TABLE journal ADD COLUMN parameters TEXT NOT NULL DEFAULT '{}'`);
  const update = database.prepare('UPDATE journal SET kind = ?, parameters = ?, changes = ? WHERE id = ?');
  for (const { id, label, changes } of database.prepare('SELECT id, label, changes FROM journal').all() as { id: number; label: string; changes: string }[]) {
    const { kind, parameters } = readStep(label);
    const converted = (JSON.parse(changes) as Change[]).flatMap((change) => convertChange(change, decisionsOf));
    update.run(kind, JSON.stringify(parameters), JSON.stringify(converted), id);
  }
  database.exec('ALTER TABLE journal DROP COLUMN code');
  database.exec('ALTER TABLE journal DROP COLUMN label');
}

function convertChange(change: Change, decisionsOf: (note: Note) => Decision[]): object[] {
  const note = change.after ?? change.before;
  const decisions = change.table === 'note' && note !== null ? decisionsOf(note) : [];
  if (decisions.length === 0) return [change];
  const at = (side: Note | null, decision: Decision): Decision | null => (side === null ? null : { ...decision, revision: side.revision });
  return decisions.map((decision) => ({ table: 'decision', id: decision.id, before: at(change.before, decision), after: at(change.after, decision) }));
}

/** Former sentences of steps. The order matters: a step of a peak also matches the pattern for a label named "peak of …". */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/^Adjudicate a disagreement$/, 'disagreement.decide'],
  [/^Adjudicate (?<count>\d+) agreements$/, 'disagreement.acceptAgreed'],
  [/^Change the labels of the project$/, 'labels.change'],
  [/^Import (?<count>\d+) labels from (?<file>.+)$/s, 'labels.import'],
  [/^Mark as in review$/, 'video.markInReview'],
  [/^Mark as new$/, 'video.markNew'],
  [/^Mark as done$/, 'video.markDone'],
  [/^Participant (?<participant>.+)$/s, 'video.participant'],
  [/^Write a note$/, 'note.create'],
  [/^Delete a note$/, 'note.delete'],
  [/^Add peak of (?<label>.+)$/s, 'peak.create'],
  [/^Accept peak of (?<label>.+)$/s, 'peak.accept'],
  [/^Relabel peak as (?<label>.+)$/s, 'peak.relabel'],
  [/^Move peak of (?<label>.+)$/s, 'peak.move'],
  [/^Delete peak of (?<label>.+)$/s, 'peak.delete'],
  [/^Accept (?<count>\d+) proposals$/, 'proposal.acceptMany'],
  [/^Reject (?<count>\d+) proposals$/, 'proposal.rejectMany'],
  [/^Relabel (?<count>\d+) (?<label>.+) as (?<to>.+)$/s, 'segment.relabelAll'],
  [/^Relabel as (?<label>.+)$/s, 'segment.relabel'],
  [/^Accept (?<label>.+)$/s, 'proposal.accept'],
  [/^Reject (?<label>.+)$/s, 'proposal.reject'],
  [/^Label (?<label>.+)$/s, 'segment.create'],
  [/^Delete (?<label>.+)$/s, 'segment.delete'],
  [/^Move (?<label>.+)$/s, 'segment.move'],
  [/^Split (?<label>.+)$/s, 'segment.split'],
  [/^Merge (?<label>.+)$/s, 'segment.merge'],
];

function readStep(label: string): { kind: string; parameters: Record<string, string | number> } {
  for (const [pattern, kind] of SENTENCES) {
    const found = pattern.exec(label)?.groups;
    if (found === undefined && !pattern.test(label)) continue;
    const { count, ...texts } = found ?? {};
    return { kind, parameters: { ...(count === undefined ? {} : { count: Number(count) }), ...texts } };
  }
  return { kind: 'other', parameters: { text: label } };
}
