import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RowChange } from '../src/shared/annotation/editable-rows.ts';
import { randomStream } from '../src/shared/basics/random.ts';
import type { ProjectDatabase } from '../src/main/project/store/database.ts';
import { newId, redo, undo } from '../src/main/project/edits.ts';
import { openProject } from '../src/main/project/store/open-project.ts';
import { tortureJobs } from './torture-jobs.ts';

const EDITOR = fileURLToPath(new URL('./torture-editor.ts', import.meta.url));
const KILLS = 1000;
/** Share of the kills that hit jobs; the others hit two clients that edit. */
const JOB_SHARE = 0.5;
/** Longest time from the start of both clients to a kill, in milliseconds. */
const LONGEST_LIFE = 120;
const DISK_MB = 4;
const FILLERS = 3;
const FILLER_BYTES = 500_000;

/**
 * Two clients edit one project at random and are killed at random moments; then jobs are (see torture-jobs.ts); then two clients edit on a
 * disk that fills up.
 * After each opening, the benchmark counts acknowledged edits that are lost and edits that are incomplete (replaying the
 * journal from the beginning must give the tables), and checks SQLite's integrity, undo and redo.
 * @throws Error where one of these checks fails
 */
export async function benchTorture(line: (text: string) => void, { kills = KILLS }: { kills?: number | undefined } = {}): Promise<Record<string, number>> {
  const ofJobs = Math.round(JOB_SHARE * kills);
  const killed = await killedAtRandom(kills - ofJobs, line);
  const jobs = await tortureJobs(ofJobs, SEED, line);
  const full = await diskFull(line);
  return { ...killed, ...jobs, ...full };
}

const SEED = Number(process.env['ADATOSK_TORTURE_SEED'] ?? 1);

interface Client {
  readonly coder: string;
  readonly layer: string;
}

interface Toll {
  acknowledged: number;
  lost: number;
  half: number;
}

async function killedAtRandom(kills: number, line: (text: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'adatosk-torture-'));
  const clients = await prepare(folder);
  const toll: Toll = { acknowledged: 0, lost: 0, half: 0 };
  const random = randomStream(SEED, 'kills');
  for (let kill = 0; kill < kills; kill++) {
    const editors = clients.map((client, i) => new Editor(folder, client, 1000 * kill + i));
    await Promise.all(editors.map(({ ready }) => ready));
    await wait(LONGEST_LIFE * random());
    await Promise.all(editors.map((editor) => editor.kill()));
    await examine(folder, clients, editors, toll);
    if ((kill + 1) % 50 === 0) line(`${kill + 1} kills: ${toll.acknowledged} edits acknowledged, ${toll.lost} lost, ${toll.half} half there`);
  }
  rmSync(folder, { recursive: true, force: true });
  return { kills, edits_acknowledged: toll.acknowledged, edits_lost: toll.lost, edits_half_there: toll.half };
}

async function diskFull(line: (text: string) => void): Promise<Record<string, number>> {
  const mount = mkdtempSync(join(tmpdir(), 'adatosk-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', mount], { stdio: 'pipe' });
  } catch (error) {
    line(`NOT RUN: the full disk needs a small file system, and none could be mounted here (${String((error as Error).message).split('\n')[0]}).`);
    return { full_disk_run: 0 };
  }
  const toll: Toll = { acknowledged: 0, lost: 0, half: 0 };
  try {
    const folder = join(mount, 'project');
    const clients = await prepare(folder);
    const fillers = Array.from({ length: FILLERS }, (_, i) => join(mount, `filler-${i}`));
    for (const filler of fillers) writeFileSync(filler, new Uint8Array(FILLER_BYTES));
    for (const [round, filler] of fillers.entries()) {
      const editors = clients.map((client, i) => new Editor(folder, client, 77 + 10 * round + i));
      await Promise.all(editors.map((editor) => editor.ended));
      if (editors.some(({ sawFull }) => !sawFull)) throw new Error('a client ended before the disk was full');
      // As a user would do: delete another file and open the project again.
      rmSync(filler);
      await examine(folder, clients, editors, toll);
      line(`disk full ${round + 1} times: ${toll.acknowledged} edits acknowledged, ${toll.lost} lost, ${toll.half} half there`);
    }
  } finally {
    execFileSync('umount', [mount], { stdio: 'pipe' });
    rmSync(mount, { recursive: true, force: true });
  }
  return { full_disk_run: 1, full_disk_edits_acknowledged: toll.acknowledged, full_disk_edits_lost: toll.lost, full_disk_edits_half_there: toll.half };
}

/** A project with a video and two coders, each with a layer. */
async function prepare(folder: string): Promise<Client[]> {
  mkdirSync(folder, { recursive: true });
  const { db, close } = await openProject(folder, { create: true });
  const at = new Date().toISOString();
  const video = newId();
  const clients = ['Ann', 'Ben'].map((name) => ({ name, coder: newId(), layer: newId() }));
  db.transaction(() => {
    const none = {
      sha256: null,
      folder_id: null,
      participant_id: null,
      condition: '',
      session_id: null,
      duration_s: null,
      frames: null,
      fps: null,
      variable_rate: null,
    };
    db.run(
      db.sql
        .insertInto('video')
        .values({ id: video, path: '/v.mp4', name: 'v.mp4', size: 1, modified_ms: 1, missing: 0, review: 'new', added_at: at, revision: 1, ...none }),
    );
    for (const { name, coder, layer } of clients) {
      db.run(db.sql.insertInto('coder').values({ id: coder, name, added_at: at, revision: 1 }));
      const kind = { kind: 'coder' as const, coder_id: coder, run_id: null, scheme_id: 'seven-expressions' };
      db.run(db.sql.insertInto('layer').values({ id: layer, video_id: video, ...kind, created_at: at, revision: 1 }));
    }
  });
  close();
  return clients;
}

/** A client in a separate process. */
class Editor {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  /** The project's clock at the last acknowledged edit. */
  lastClock = 0;
  /** Number of acknowledged edits. */
  acknowledged = 0;
  sawFull = false;
  readonly #child: ChildProcess;

  constructor(folder: string, { coder, layer }: Client, seed: number) {
    this.#child = spawn(process.execPath, [EDITOR, folder, coder, layer, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: this.#child.stdout! });
    let isReady: () => void = () => undefined;
    this.ready = new Promise((resolve) => (isReady = resolve));
    lines.on('line', (text) => {
      const [word, clock] = text.split(' ');
      if (word === 'ready') isReady();
      if (word === 'full') this.sawFull = true;
      if (word !== 'ack') return;
      this.acknowledged += 1;
      this.lastClock = Math.max(this.lastClock, Number(clock));
    });
    // Waits for the end of the process and of its output, because edits acknowledged just before the end count too.
    this.ended = Promise.all([once(this.#child, 'exit'), once(lines, 'close')]).then(() => isReady());
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

/** Opens the project again and checks it. */
async function examine(folder: string, clients: readonly Client[], editors: readonly Editor[], toll: Toll): Promise<void> {
  const { db, close } = await openProject(folder);
  try {
    const { clock } = db.row(db.sql.selectFrom('project').select('clock'))!;
    const last = Math.max(...editors.map(({ lastClock }) => lastClock));
    toll.acknowledged += editors.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
    toll.lost += Math.max(0, last - clock);
    for (const { coder, layer } of clients) toll.half += differencesFromJournal(db, coder, layer);
    if (db.pragma('integrity_check') !== 'ok') throw new Error('integrity check failed');
    for (const { coder, layer } of clients) {
      // An undo and a redo must restore the same contents.
      const before = JSON.stringify(contents(db, layer));
      if (undo(db, coder) === null) continue;
      if (redo(db, coder) === null) throw new Error('what was undone cannot be done again');
      if (JSON.stringify(contents(db, layer)) !== before) throw new Error('undo and redo did not come back to the same');
    }
  } finally {
    close();
  }
}

type Contents = Record<string, unknown>[];

function contents(db: ProjectDatabase, layer: string): Contents {
  const rows = db.rows(db.sql.selectFrom('segment').selectAll().where('layer_id', '=', layer).orderBy('id'));
  return rows.map(({ revision, ...row }) => (void revision, row));
}

/** Number of rows in which a layer differs from the result of its coder's journal. */
function differencesFromJournal(db: ProjectDatabase, coder: string, layer: string): number {
  const entries = db.rows(db.sql.selectFrom('journal').select('changes').where('coder_id', '=', coder).where('state', '=', 'done').orderBy('id'));
  const expected = new Map<string, Record<string, unknown>>();
  for (const { changes } of entries) {
    for (const { id, after } of JSON.parse(changes) as RowChange[]) {
      if (after === null) expected.delete(id);
      else expected.set(id, after);
    }
  }
  const rows = contents(db, layer);
  const wrong = rows.filter((row) => {
    const { revision, ...target } = expected.get(String(row['id'])) ?? {};
    void revision;
    // Columns of later versions are missing in an entry of an insertion, and null in the table.
    return Object.keys(row).some((column) => (row[column] ?? null) !== (target[column] ?? null));
  });
  return wrong.length + Math.max(0, expected.size - rows.length);
}
