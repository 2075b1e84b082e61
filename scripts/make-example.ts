/**
 * Makes the results of the example again: analyses the sample videos with the default model, and writes the project and the model's
 * hash beside them. Must be run after a change of the default model, of the samples, or of the analysis; a test says so.
 *
 * Usage: make-example.ts
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { projectFile } from '../src/main/project/store/project-file.ts';
import { knownModel } from '../src/main/services/models/all-models.ts';
import { DEFAULT_MODEL } from '../src/main/services/settings/defaults.ts';
import { samplesFolder } from '../src/main/services/settings/personal-folders.ts';
import { EXAMPLE_FILES } from '../src/main/services/studio/example-project.ts';

const folder = mkdtempSync(join(tmpdir(), 'adatosk-example-'));
const project = join(folder, 'Example project');
const { status } = spawnSync(
  process.execPath,
  ['src/main/hosts/cli/adatosk.ts', 'analyze', samplesFolder(), '--device', 'cpu', '--project', project, '--out', join(folder, 'tables')],
  { stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 1);

const database = new Database(projectFile(project));
database.pragma('journal_mode = DELETE');
// The folder is another one on every computer.
database.exec('UPDATE video SET path = name');
database.exec('VACUUM');
database.close();

const packed = gzipSync(readFileSync(projectFile(project)), { level: 9 });
writeFileSync(join(samplesFolder(), EXAMPLE_FILES.project), packed);
const { sha256 } = (await knownModel(DEFAULT_MODEL)).manifest;
writeFileSync(join(samplesFolder(), EXAMPLE_FILES.model), `${JSON.stringify({ model: DEFAULT_MODEL, sha256 }, null, 2)}\n`);
rmSync(folder, { recursive: true });
console.log(`${packed.length} bytes in ${samplesFolder()}`);
