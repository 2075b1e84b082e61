import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { StudioError } from '../src/shared/app/errors.ts';
import { randomStream } from '../src/shared/basics/random.ts';
import { samplesFolder } from '../src/main/services/settings/personal-folders.ts';
import { projectLines } from '../src/main/project/open-json.ts';
import { backUpDaily, inProject, openProject } from '../src/main/project/store/open-project.ts';
import { damagedPages, sumsFile } from '../src/main/project/store/page-sums.ts';
import { projectFile } from '../src/main/project/store/project-file.ts';
import { restoreProject } from '../src/main/project/store/restore-project.ts';
import { EXAMPLE_FILES } from '../src/main/services/studio/example-project.ts';

const FLIPS = 500;
/** A restoration takes longer than all else. */
const RESTORE_EVERY = 10;
const MOST_BYTES = 64;
const ROUNDS = 20;

/**
 * Changes random bytes of the example project (1 to 64 of them, in the file or in its sums) and opens it: the damage must be noticed,
 * or nothing may be shown otherwise. Every tenth damaged project is restored from its backup, which must have everything.
 */
export async function benchDamage(line: (text: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'adatosk-damage-'));
  try {
    const sound = join(folder, 'sound');
    const contents = await prepare(sound);
    const toll = { noticed: 0, harmless: 0, wrong: 0, tried: 0, restored: 0 };
    const random = randomStream(Number(process.env['ADATOSK_DAMAGE_SEED'] ?? 1), 'damage');
    const damaged = join(folder, 'damaged');
    for (let flip = 0; flip < FLIPS; flip++) {
      rmSync(damaged, { recursive: true, force: true });
      cpSync(sound, damaged, { recursive: true });
      const file = random() < 0.95 ? projectFile(damaged) : sumsFile(projectFile(damaged));
      damage(file, random);
      const shown = await contentsOf(damaged);
      if (shown === null) toll.noticed += 1;
      else if (shown === contents) toll.harmless += 1;
      else toll.wrong += 1;
      if (shown === null && toll.noticed % RESTORE_EVERY === 0) {
        toll.tried += 1;
        restoreProject(damaged);
        if ((await contentsOf(damaged)) === contents) toll.restored += 1;
      }
      if ((flip + 1) % 100 === 0) line(`${flip + 1} flips: ${toll.noticed} noticed, ${toll.harmless} without effect, ${toll.wrong} shown wrongly`);
    }
    return {
      flips: FLIPS,
      noticed: toll.noticed,
      harmless: toll.harmless,
      wrong_shown: toll.wrong,
      restorations: toll.tried,
      restored: toll.restored,
      ...(await costOf(sound)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The example with a backup. @returns what it contains */
async function prepare(folder: string): Promise<string> {
  const { close } = await openProject(folder, { create: true });
  close();
  rmSync(sumsFile(projectFile(folder)));
  writeFileSync(projectFile(folder), gunzipSync(await readFile(join(samplesFolder(), EXAMPLE_FILES.project))));
  const project = await openProject(folder);
  backUpDaily(project);
  project.close();
  if (!existsSync(sumsFile(projectFile(folder)))) throw new Error('the project has no sums');
  const contents = await contentsOf(folder);
  if (contents === null) throw new Error('the example cannot be opened');
  return contents;
}

function damage(file: string, random: () => number): void {
  const bytes = readFileSync(file);
  const count = random() < 0.5 ? 1 : 1 + Math.floor(MOST_BYTES * random());
  const start = Math.floor(random() * bytes.length);
  for (let at = start; at < Math.min(bytes.length, start + count); at++) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(8 * random())), at);
  writeFileSync(file, bytes);
}

/** A hash of everything in a project; null where it is damaged. */
async function contentsOf(folder: string): Promise<string | null> {
  try {
    return await inProject(folder, (db) => {
      const hash = createHash('sha256');
      for (const text of projectLines(db)) hash.update(text);
      return hash.digest('hex');
    });
  } catch (error) {
    if (error instanceof StudioError && error.code === 'project-damaged') return null;
    throw error;
  }
}

/** What comparing the sums costs at opening, over SQLite's own check of the structure. */
async function costOf(folder: string): Promise<Record<string, number>> {
  const file = projectFile(folder);
  const timed = (work: () => void): number => {
    const begun = performance.now();
    for (let round = 0; round < ROUNDS; round++) work();
    return (performance.now() - begun) / ROUNDS;
  };
  const sums = timed(() => damagedPages(file));
  const check = await inProject(folder, (db) => timed(() => db.pragma('quick_check(1)')));
  return { project_kb: readFileSync(file).length / 1000, sums_over_quick_check: sums / check };
}
