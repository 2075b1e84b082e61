import { decidedColumns } from '../../shared/annotation/editable-rows.ts';
import type { AnyRow, EditableTable, JournalTable, RowChange } from '../../shared/annotation/editable-rows.ts';
import { StudioError } from '../../shared/app/errors.ts';
import { newId } from './edits.ts';
import { isGivenCopy, recordReviewOfCopy, reviewOfBoth } from './given-copies.ts';
import { followMergedFaces, tracksByRun } from './merge-faces.ts';
import type { ProjectDatabase } from './store/database.ts';
import type { Tables } from './store/schema.ts';
import { clockOf } from './review.ts';

/** Numbers of rows that were added, changed and deleted, and of new conflicts. */
export interface RowCounts {
  added: number;
  changed: number;
  deleted: number;
  conflicts: number;
}

/** What a merge did. */
export interface MergeResult extends Readonly<RowCounts> {
  /** Ids of the layers that both copies changed. */
  readonly layers: readonly string[];
  /** Labels and peaks by coder, with the number of those that both copies have unchanged. null: the adjudicated labels. */
  readonly coders: readonly (Readonly<RowCounts> & { readonly coderId: string | null; readonly equal: number })[];
  /** The other tables with changes. */
  readonly tables: readonly (Readonly<RowCounts> & { readonly table: EditableTable })[];
}

const noRows = (): RowCounts => ({ added: 0, changed: 0, deleted: 0, conflicts: 0 });

/** Editable tables, referenced ones first, with the columns that refer to other tables. */
const TABLES = {
  participant: {},
  session: { participant_id: 'participant' },
  scheme: {},
  label: { scheme_id: 'scheme' },
  coder: {},
  video: { participant_id: 'participant', session_id: 'session' },
  face_participant: { video_id: 'video', participant_id: 'participant' },
  trial: { video_id: 'video' },
  signal: { video_id: 'video' },
  layer: { video_id: 'video', coder_id: 'coder', scheme_id: 'scheme' },
  face_tracks: { video_id: 'video' },
  segment: { layer_id: 'layer' },
  peak: { layer_id: 'layer' },
  note: { video_id: 'video', coder_id: 'coder' },
  decision: { video_id: 'video', coder_id: 'coder' },
} as const satisfies Readonly<Record<EditableTable, Readonly<Record<string, EditableTable>>>>;
const ORDER = Object.keys(TABLES) as EditableTable[];

/** Columns that identify a row that both copies added: two participants with one code are one participant. */
const NATURAL_KEYS: Readonly<Partial<Record<EditableTable, readonly string[]>>> = {
  participant: ['code'],
  session: ['name', 'participant_id'],
  scheme: ['name'],
  label: ['scheme_id', 'name'],
  coder: ['name'],
  video: ['sha256', 'path'],
  face_participant: ['video_id', 'face_id'],
  face_tracks: ['video_id', 'run_id'],
  trial: ['video_id', 'type', 'name', 'start_s', 'end_s'],
  signal: ['video_id', 'name', 'source'],
  layer: ['video_id', 'kind', 'coder_id', 'run_id', 'scheme_id'],
};

/** Results of a run, by table, with the columns of their keys. Both copies have the same ids for the same run. */
const RESULTS = { result: ['run_id', 'video_id'], timeline: ['run_id', 'video_id', 'face_id'], mask_map: ['run_id', 'video_id', 'face_id'] } as const;

/**
 * Merges a copy of a project back, in one transaction. What only one copy changed since they separated is taken from it; rows
 * that both changed in different ways become conflicts: both versions are kept, and which one stays in the table does not
 * depend on the direction of the merge. Files, folders and the queue stay those of this project.
 * @throws StudioError 'wrong-usage' if the other project is not a copy of this one
 */
export function mergeProject(db: ProjectDatabase, other: ProjectDatabase): MergeResult {
  if (!isCopyOf(db, other)) throw new StudioError('wrong-usage/not-a-copy', { folder: other.folder });
  return db.transaction(() => new Merge(db, other).run());
}

/** Whether two projects are copies of one project. */
export function isCopyOf(db: ProjectDatabase, other: ProjectDatabase): boolean {
  const uuidOf = (each: ProjectDatabase): string => each.onlyRow(each.sql.selectFrom('project').select('uuid')).uuid;
  return uuidOf(db) === uuidOf(other);
}

class Merge {
  readonly #db: ProjectDatabase;
  readonly #other: ProjectDatabase;
  /** The clocks of both at the last merge, or when they separated: rows with a later revision were changed after that. */
  readonly #base: { readonly here: number; readonly there: number };
  readonly #clock: number;
  /** Id of the other project as a copy; null if it is none that was given out. `given`: it was given out by this project. */
  readonly #copyId: string | null;
  readonly #given: boolean;
  readonly #at = new Date().toISOString();
  /** Ids of this project by table and id of the other one, where they differ. */
  readonly #ids = new Map<string, string>();
  readonly #deletedHere: ReadonlySet<string>;
  readonly #deletedThere: ReadonlySet<string>;
  /** Ids of rows that have the version of the other copy. */
  readonly #taken = new Set<string>();
  readonly #counts = noRows();
  /** Rows by table; labels and peaks also by layer. */
  readonly #byTable = new Map<EditableTable, RowCounts>();
  readonly #byLayer = new Map<string, RowCounts & { equal: number }>();
  readonly #changedHere = new Set<string>();
  /** Keys of the journal's entries before the merge. */
  readonly #knownSteps: ReadonlySet<string>;
  readonly #changedThere = new Set<string>();

  constructor(db: ProjectDatabase, other: ProjectDatabase) {
    this.#db = db;
    this.#other = other;
    const [here, there] = [journalOf(db), journalOf(other)];
    this.#deletedHere = deletedIn(here);
    this.#knownSteps = new Set(here.map(({ key }) => key));
    this.#deletedThere = deletedIn(there);
    this.#copyId = copyOf(other).copy_id;
    this.#given = this.#copyId !== null && isGivenCopy(db, this.#copyId);
    const last = this.#copyId === null ? undefined : db.row(db.sql.selectFrom('merged_copy').selectAll().where('copy_id', '=', this.#copyId));
    const separated = last === undefined ? this.#separation(here, there) : 0;
    this.#base = last === undefined ? { here: separated, there: separated } : { here: last.own_clock, there: last.copy_clock };
    this.#clock = Math.max(clockOf(db), clockOf(other)) + 1;
  }

  run(): MergeResult {
    const here = tracksByRun(this.#db);
    for (const table of ORDER) {
      if (table === 'layer') this.#copyResults();
      this.#mergeTable(table);
      if (table === 'signal') this.#copySamples();
    }
    const now = { clock: this.#clock, at: this.#at };
    const reviewed = this.#copyId === null ? [] : recordReviewOfCopy(this.#db, this.#copyId, this.#reviewsThere(), now);
    for (const id of reviewed) this.#count('video', { id }, 'changed');
    this.#takeConflicts();
    this.#appendJournal();
    const there = tracksByRun(this.#other, (id) => String(this.#idOf('video', id)));
    followMergedFaces(this.#db, { here, there, isTaken: (id) => this.#taken.has(id), clock: this.#clock });
    this.#db.run(this.#db.sql.updateTable('project').set({ clock: this.#clock }));
    this.#rememberMerge();
    const both = [...this.#changedHere].filter((layer) => this.#changedThere.has(layer));
    return { ...this.#counts, layers: both, coders: this.#countsByCoder(), tables: this.#countsOfTables() };
  }

  /** How far each video is in the other copy. */
  #reviewsThere(): Map<string, Tables['video']['review']> {
    const videos = this.#other.rows(this.#other.sql.selectFrom('video').select(['id', 'review']));
    return new Map(videos.map(({ id, review }) => [String(this.#idOf('video', id)), review]));
  }

  #countsByCoder(): MergeResult['coders'] {
    const sums = new Map<string | null, RowCounts & { equal: number }>();
    for (const { id, coder_id } of this.#db.rows(this.#db.sql.selectFrom('layer').select(['id', 'coder_id']).where('kind', '!=', 'model'))) {
      const counts = this.#byLayer.get(id);
      if (counts === undefined) continue;
      const sum = sums.get(coder_id) ?? { ...noRows(), equal: 0 };
      for (const name of ['added', 'changed', 'deleted', 'conflicts', 'equal'] as const) sum[name] += counts[name];
      sums.set(coder_id, sum);
    }
    return [...sums].map(([coderId, counts]) => ({ coderId, ...counts }));
  }

  #countsOfTables(): MergeResult['tables'] {
    return [...this.#byTable].filter(([table]) => !isLabelled(table) && table !== 'layer').map(([table, counts]) => ({ table, ...counts }));
  }

  #count(table: EditableTable, row: AnyRow, what: keyof RowCounts | 'equal'): void {
    if (isLabelled(table)) {
      const layer = String(row['layer_id']);
      const counts = this.#byLayer.get(layer) ?? { ...noRows(), equal: 0 };
      counts[what] += 1;
      this.#byLayer.set(layer, counts);
    }
    if (what === 'equal') return;
    this.#counts[what] += 1;
    const counts = this.#byTable.get(table) ?? noRows();
    counts[what] += 1;
    this.#byTable.set(table, counts);
  }

  /** The clock at which the projects separated: stated by a copy that was given out, else that of the last step or row that both have. */
  #separation(here: readonly Entry[], there: readonly Entry[]): number {
    let common = 0;
    while (common < here.length && common < there.length && here[common]?.key === there[common]?.key) common += 1;
    const stated = Math.max(copyOf(this.#db).copied_clock ?? 0, copyOf(this.#other).copied_clock ?? 0);
    return Math.max(stated, latestRevision(here.slice(0, common)), this.#latestEqualRow());
  }

  #rememberMerge(): void {
    if (this.#copyId === null || this.#copyId === copyOf(this.#db).copy_id) return;
    this.#db.run(this.#db.sql.deleteFrom('merged_copy').where('copy_id', '=', this.#copyId));
    this.#db.run(this.#db.sql.insertInto('merged_copy').values({ copy_id: this.#copyId, own_clock: this.#clock, copy_clock: clockOf(this.#other) }));
  }

  #mergeTable(table: EditableTable): void {
    const here = new Map(rowsOf(this.#db, table).map((row) => [String(row['id']), row]));
    const natural = naturalIndex(table, here.values());
    const seen = new Set<string>();
    for (const theirs of rowsOf(this.#other, table)) {
      const mapped = this.#mapped(table, theirs);
      const id = String(mapped['id']);
      const own = here.get(id) ?? here.get(natural(mapped) ?? '');
      if (own === undefined) this.#addRow(table, mapped);
      else {
        const ownId = String(own['id']);
        if (ownId !== id) this.#ids.set(`${table} ${id}`, ownId);
        seen.add(ownId);
        this.#mergeRow(table, own, { ...mapped, id: ownId });
      }
    }
    for (const [id, own] of here) if (!seen.has(id)) this.#mergeMissing(table, own);
  }

  /** A row that only the other copy has: it is new, or this copy deleted it. */
  #addRow(table: EditableTable, theirs: AnyRow): void {
    const id = String(theirs['id']);
    this.#note(table, theirs, this.#deletedHere.has(id));
    if (this.#isChangedThere(theirs)) this.#note(table, theirs, false);
    if (!this.#deletedHere.has(id)) {
      if (this.#insert(table, theirs)) this.#count(table, theirs, 'added');
    } else if (this.#isChangedThere(theirs)) {
      // Deleted here, changed there: the label stays, and the deletion is the other version.
      if (this.#insert(table, theirs)) this.#addConflict(table, theirs, null);
    }
  }

  /** A row that only this copy has: it is new, or the other copy deleted it. */
  #mergeMissing(table: EditableTable, own: AnyRow): void {
    const id = String(own['id']);
    if (this.#isChangedHere(own)) this.#note(table, own, true);
    if (!this.#deletedThere.has(id)) return;
    this.#note(table, own, false);
    if (this.#isChangedHere(own)) this.#addConflict(table, own, null);
    else {
      this.#db.run(this.#db.sql.deleteFrom(table as 'segment').where('id', '=', id));
      this.#count(table, own, 'deleted');
    }
  }

  #mergeRow(table: EditableTable, here: AnyRow, there: AnyRow): void {
    const [own, theirs] = table === 'video' ? this.#withReviewOfBoth(here, there) : [here, there];
    // The others describe the file on each computer.
    const columns = decidedColumns(table) ?? Object.keys(theirs).filter((column) => column !== 'revision');
    const isEqual = columns.every((column) => (own[column] ?? null) === (theirs[column] ?? null));
    const [changedHere, changedThere] = [this.#isChangedHere(own), this.#isChangedThere(theirs)];
    if (isEqual) {
      this.#count(table, own, 'equal');
      return;
    }
    if (changedHere) this.#note(table, own, true);
    if (changedThere) this.#note(table, theirs, false);
    if (!changedThere) return;
    const version = { ...own, ...Object.fromEntries(columns.map((column) => [column, theirs[column] ?? null])) };
    if (!changedHere) {
      if (this.#update(table, version)) this.#count(table, own, 'changed');
      else this.#addConflict(table, own, version);
      return;
    }
    // The same row in both directions of a merge: the larger one, unless it violates a constraint here.
    const isOwnKept = textOf(own, columns) >= textOf(version, columns) || !this.#update(table, version);
    this.#addConflict(table, isOwnKept ? own : version, isOwnKept ? version : own);
  }

  /**
   * How far a video is does not become a conflict: both rows get the state that follows from those of both copies. A copy that this project
   * gave out has the state of its coder, which recordReviewOfCopy takes; others begin with new videos.
   */
  #withReviewOfBoth(own: AnyRow, theirs: AnyRow): [own: AnyRow, theirs: AnyRow] {
    if (this.#given || (this.#copyId !== null && theirs['review'] === 'new')) return [own, { ...theirs, review: own['review'] ?? null }];
    if (own['review'] === theirs['review'] || !this.#isChangedHere(own) || !this.#isChangedThere(theirs)) return [own, theirs];
    const review = reviewOfBoth(own['review'] as Tables['video']['review'], theirs['review'] as Tables['video']['review']);
    const row = { ...own, review };
    if (own['review'] !== review && this.#update('video', row)) this.#count('video', own, 'changed');
    return [row, { ...theirs, review }];
  }

  /** Remembers which layers a copy changed. */
  #note(table: EditableTable, row: AnyRow, here: boolean): void {
    if (isLabelled(table)) (here ? this.#changedHere : this.#changedThere).add(String(row['layer_id']));
  }

  #isChangedHere(row: AnyRow): boolean {
    return Number(row['revision']) > this.#base.here;
  }

  #isChangedThere(row: AnyRow): boolean {
    return Number(row['revision']) > this.#base.there;
  }

  /** A row of the other copy with the ids of this one. */
  #mapped(table: JournalTable, row: AnyRow): AnyRow {
    const references: Readonly<Record<string, EditableTable>> = table === 'merge_conflict' ? { video_id: 'video' } : TABLES[table];
    const mapped = Object.entries(references).map(([column, target]) => [column, this.#idOf(target, row[column] ?? null)] as const);
    return { ...row, id: this.#idOf(table, row['id'] ?? null), ...Object.fromEntries(mapped) };
  }

  #idOf(table: JournalTable, id: string | number | null): string | number | null {
    return this.#ids.get(`${table} ${id}`) ?? id;
  }

  /** A row that violates a constraint here becomes a conflict. @returns whether it was written */
  #insert(table: EditableTable, row: AnyRow): boolean {
    const { revision: _, ...values } = row;
    const added = { ...values, revision: this.#clock, ...(table === 'video' ? { folder_id: null } : {}) };
    // For example a label with the name of another one.
    const isWritten = isAccepted(() => this.#db.run(this.#db.sql.insertInto(table as 'segment').values(added as never)));
    if (isWritten) this.#taken.add(String(row['id']));
    else this.#addConflict(table, null, row);
    return isWritten;
  }

  /** @returns false if the row violates a constraint here; it is not written then */
  #update(table: EditableTable, row: AnyRow): boolean {
    const query = this.#db.sql
      .updateTable(table as 'segment')
      .set({ ...row, revision: this.#clock } as never)
      .where('id', '=', String(row['id']));
    const isWritten = isAccepted(() => this.#db.run(query));
    if (isWritten) this.#taken.add(String(row['id']));
    return isWritten;
  }

  #addConflict(table: EditableTable, kept: AnyRow | null, rest: AnyRow | null): void {
    const row = kept ?? rest;
    if (row === null) return;
    const content = { table_name: table, row_id: String(row['id']), kept: kept && textOf(kept), other: rest && textOf(rest) };
    if (this.#knownConflict(content) !== undefined) return;
    const facts = { video_id: this.#videoOf(table, row), found_at: this.#at, resolved: 0, revision: this.#clock };
    this.#db.run(this.#db.sql.insertInto('merge_conflict').values({ id: newId(), ...content, ...facts }));
    this.#count(table, row, 'conflicts');
  }

  #knownConflict({ table_name, row_id, kept, other }: Pick<ConflictRow, 'table_name' | 'row_id' | 'kept' | 'other'>): ConflictRow | undefined {
    const same = this.#db.rows(this.#db.sql.selectFrom('merge_conflict').selectAll().where('table_name', '=', table_name).where('row_id', '=', row_id));
    return same.find((each) => each.kept === kept && each.other === other);
  }

  #videoOf(table: EditableTable, row: AnyRow): string | null {
    if (table === 'video') return String(row['id']);
    if (row['video_id'] !== undefined) return row['video_id'] === null ? null : String(row['video_id']);
    const layer =
      row['layer_id'] === undefined ? undefined : this.#db.row(this.#db.sql.selectFrom('layer').select('video_id').where('id', '=', String(row['layer_id'])));
    return layer?.video_id ?? null;
  }

  /** Runs and their results that only the other copy has. */
  #copyResults(): void {
    const runs = new Set(this.#db.rows(this.#db.sql.selectFrom('run').select('id')).map(({ id }) => id));
    for (const run of this.#other.rows(this.#other.sql.selectFrom('run').selectAll()))
      if (!runs.has(run.id)) this.#db.run(this.#db.sql.insertInto('run').values(run));
    for (const [table, key] of Object.entries(RESULTS)) this.#copyMissing(table as keyof typeof RESULTS, key);
    this.#copyMissing('timing', ['video_id']);
    this.#copyMissing('file_clock', ['video_id']);
  }

  #copyMissing(table: keyof typeof RESULTS | 'timing' | 'file_clock', key: readonly string[]): void {
    const keyOf = (row: AnyRow): string => key.map((column) => row[column]).join(' ');
    // Only the keys are read at once: timelines are large.
    const keysIn = (each: ProjectDatabase): AnyRow[] => each.rows(each.sql.selectFrom(table as 'result').select(key as never)) as unknown as AnyRow[];
    const known = new Set(keysIn(this.#db).map(keyOf));
    for (const found of keysIn(this.#other)) {
      if (known.has(keyOf(found))) continue;
      const query = key.reduce(
        (selected, column) => selected.where(column as 'run_id', '=', found[column] as string),
        this.#other.sql.selectFrom(table as 'result').selectAll(),
      );
      const row = this.#other.onlyRow(query) as unknown as AnyRow;
      this.#db.run(this.#db.sql.insertInto(table as 'result').values({ ...row, video_id: this.#idOf('video', row['video_id'] ?? null) } as never));
    }
  }

  /** Samples of the signals that only the other copy had. */
  #copySamples(): void {
    const withSamples = new Set(this.#db.rows(this.#db.sql.selectFrom('signal_block').select('signal_id').distinct()).map(({ signal_id }) => signal_id));
    const known = new Set(this.#db.rows(this.#db.sql.selectFrom('signal').select('id')).map(({ id }) => id));
    for (const { id } of this.#other.rows(this.#other.sql.selectFrom('signal').select('id'))) {
      const own = String(this.#idOf('signal', id));
      if (withSamples.has(own) || !known.has(own)) continue;
      for (const block of this.#other.rows(this.#other.sql.selectFrom('signal_block').selectAll().where('signal_id', '=', id)))
        this.#db.run(this.#db.sql.insertInto('signal_block').values({ ...block, signal_id: own }));
    }
  }

  /** Adds the other copy's steps since the copies separated, so that its coders can undo them here. */
  #appendJournal(): void {
    for (const step of this.#other.rows(this.#other.sql.selectFrom('journal').selectAll().orderBy('id'))) {
      if (this.#knownSteps.has(keyOfEntry(step))) continue;
      const { id, coder_id, changes, ...entry } = step;
      const mapped = (JSON.parse(changes) as RowChange[]).map((change): RowChange => ({
        ...change,
        id: String(this.#idOf(change.table, change.id)),
        before: change.before && this.#mapped(change.table, change.before),
        after: change.after && this.#mapped(change.table, change.after),
      }));
      const row = { ...entry, coder_id: String(this.#idOf('coder', coder_id)), changes: JSON.stringify(mapped) };
      this.#db.run(this.#db.sql.insertInto('journal').values(row as Tables['journal']));
    }
  }

  /** Conflicts that the other copy found in earlier merges. One that was decided there is decided here, too: its rows came with the others. */
  #takeConflicts(): void {
    for (const theirs of this.#other.rows(this.#other.sql.selectFrom('merge_conflict').selectAll())) {
      const rowId = String(this.#idOf(theirs.table_name as EditableTable, theirs.row_id));
      const conflict = { ...theirs, row_id: rowId, video_id: this.#idOf('video', theirs.video_id) as string | null, revision: this.#clock };
      const own = this.#knownConflict(conflict);
      if (own === undefined) this.#db.run(this.#db.sql.insertInto('merge_conflict').values(conflict));
      else {
        this.#ids.set(`merge_conflict ${theirs.id}`, own.id);
        if (theirs.resolved > own.resolved)
          this.#db.run(this.#db.sql.updateTable('merge_conflict').set({ resolved: 1, revision: this.#clock }).where('id', '=', own.id));
      }
    }
  }

  /** The largest revision of a row that both copies have unchanged, with the same revision. */
  #latestEqualRow(): number {
    let latest = 0;
    for (const table of ORDER) {
      const here = new Map(rowsOf(this.#db, table).map((row) => [String(row['id']), row]));
      for (const row of rowsOf(this.#other, table)) {
        const own = here.get(String(row['id']));
        if (own !== undefined && own['revision'] === row['revision'] && textOf(own) === textOf(row)) latest = Math.max(latest, Number(row['revision']));
      }
    }
    return latest;
  }
}

type ConflictRow = Tables['merge_conflict'];
const isLabelled = (table: EditableTable): boolean => table === 'segment' || table === 'peak';

/** Writes a row. @returns false if it violates a constraint; nothing is written then */
function isAccepted(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_CONSTRAINT')) throw error;
    return false;
  }
}

const rowsOf = (db: ProjectDatabase, table: EditableTable): AnyRow[] => db.rows(db.sql.selectFrom(table as 'segment').selectAll()) as unknown as AnyRow[];

/** The columns of a row in the order of their names. */
const textOf = (row: AnyRow, columns: readonly string[] = Object.keys(row).filter((column) => column !== 'revision')): string =>
  JSON.stringify(Object.fromEntries([...columns].sort().map((column) => [column, row[column] ?? null])));

/** Finds the row with the same natural key; undefined if there is none, or if the table has no natural key. */
function naturalIndex(table: EditableTable, rows: Iterable<AnyRow>): (row: AnyRow) => string | undefined {
  const columns = NATURAL_KEYS[table];
  if (columns === undefined) return () => undefined;
  // The same file on two computers has two paths.
  const keyOf = (row: AnyRow): string => JSON.stringify(table === 'video' ? (row['sha256'] ?? row['path']) : columns.map((column) => row[column] ?? null));
  const index = new Map([...rows].map((row) => [keyOf(row), String(row['id'])]));
  return (row) => index.get(keyOf(row));
}

const copyOf = (db: ProjectDatabase): Pick<Tables['project'], 'copy_id' | 'copied_clock'> =>
  db.onlyRow(db.sql.selectFrom('project').select(['copy_id', 'copied_clock']));

interface Entry {
  readonly key: string;
  readonly isDone: boolean;
  readonly changes: readonly RowChange[];
}

/** An entry is the same in both copies, whether it was undone since or not. */
const keyOfEntry = ({ coder_id, kind, made_at, changes }: Tables['journal']): string => JSON.stringify([coder_id, kind, made_at, changes]);

const journalOf = (db: ProjectDatabase): Entry[] =>
  db
    .rows(db.sql.selectFrom('journal').selectAll().orderBy('id'))
    .map((row) => ({ key: keyOfEntry(row), isDone: row.state === 'done', changes: JSON.parse(row.changes) as RowChange[] }));

/** Rows that were deleted, or whose insertion was undone. */
function deletedIn(entries: readonly Entry[]): Set<string> {
  return new Set(entries.flatMap(({ isDone, changes }) => changes.flatMap(({ id, before, after }) => ((isDone ? after : before) === null ? [id] : []))));
}

function latestRevision(entries: readonly Entry[]): number {
  const revisionOf = (row: AnyRow | null): number => Number(row?.['revision'] ?? 0);
  return entries.reduce((latest, { changes }) => changes.reduce((most, { before, after }) => Math.max(most, revisionOf(after), revisionOf(before)), latest), 0);
}
