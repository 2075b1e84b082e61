import type { Command } from 'commander';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StudioError } from '../../../../shared/app/errors.ts';
import { withPublicFiles } from '../../../process/private-files.ts';
import { CHILD_PROCESSES } from '../../../services/studio/processes.ts';
import { Studio } from '../../../services/studio/studio.ts';
import { ignoreAbortedBodies } from '../../../process/aborted-bodies.ts';
import { openWebHost } from '../../web/server.ts';
import { wholeBetween } from '../terminal/options.ts';
import { EXIT, Output, stopOnRequest } from '../terminal/output.ts';

const PROGRAM = fileURLToPath(new URL('../../../../..', import.meta.url));
/** Folder of the built window. */
const WINDOW = join(PROGRAM, 'out', 'renderer');

export function addServe(program: Command, done: (code: number) => void): void {
  program
    .command('serve')
    .description('serve the window to a browser on this computer, at the address that it prints (or through ssh -L, for a workstation without a screen)')
    .option('--project <folder>', 'open this project; creates it if necessary')
    .option('--port <n>', 'port on 127.0.0.1 (default: any free port)', wholeBetween(0, 65535), 0)
    .option('--json', 'print one JSON object with the address on standard output', false)
    .action(async (options: { project?: string; port: number; json: boolean }) => done(await serve(options)));
}

async function serve({ project, port, json }: { project?: string; port: number; json: boolean }): Promise<number> {
  buildWindow();
  ignoreAbortedBodies();
  const output = new Output(json);
  const signal = stopOnRequest();
  const studio = new Studio({ host: 'web', ...CHILD_PROCESSES });
  try {
    if (project !== undefined) await studio.openProject(resolve(project), true);
    const host = await openWebHost(studio, WINDOW, port, (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`));
    output.result({ address: host.address }, `AdaTosk Studio: ${host.address}\nWhoever has this address can use it on this computer. Ctrl+C ends it.`);
    if (!signal.aborted) await new Promise((end) => signal.addEventListener('abort', end, { once: true }));
    await host.close();
  } finally {
    await studio.close();
  }
  return EXIT.done;
}

/** Builds the window if its sources are newer than the last build. */
function buildWindow(): void {
  const built = join(WINDOW, 'index.html');
  const builder = join(PROGRAM, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  if (!existsSync(builder)) {
    if (existsSync(built)) return;
    throw new StudioError('program-missing/window-builder', {});
  }
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...['src/renderer', 'src/shared'].map((folder) => lastChangeIn(join(PROGRAM, folder))))) return;
  process.stderr.write('Building the window (some seconds) …\n');
  const { status, stderr } = withPublicFiles(() => spawnSync(process.execPath, [builder, 'build'], { cwd: PROGRAM, encoding: 'utf8' }));
  if (status !== 0) throw new StudioError('program-failed/window-build', { detail: stderr.trim().split('\n').at(-1) ?? '' });
}

/** Time of the last change of a file below a folder, in milliseconds. */
function lastChangeIn(folder: string): number {
  return Math.max(...readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}
