import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StudioError } from '../../../shared/errors.ts';
import { startChildProcessEngine, startChildProcessQueue } from '../../services/choices.ts';
import { Studio } from '../../services/studio.ts';
import { openBrowserDoor } from '../../web/server.ts';
import { wholeBetween } from '../options.ts';
import { EXIT, Output, stopOnRequest } from '../output.ts';

/** The built window. */
const WINDOW = fileURLToPath(new URL('../../../../out/renderer', import.meta.url));

export function addServe(program: Command, done: (code: number) => void): void {
  program
    .command('serve')
    .description('open the window in a browser of this computer (also for a workstation without a screen, through ssh -L)')
    .option('--project <folder>', 'open this project (it is made where it is not there)')
    .option('--port <n>', 'port on 127.0.0.1; any that is free unless given', wholeBetween(0, 65535), 0)
    .option('--json', 'one JSON object with the address on standard output', false)
    .action(async (options: { project?: string; port: number; json: boolean }) => done(await serve(options)));
}

async function serve({ project, port, json }: { project?: string; port: number; json: boolean }): Promise<number> {
  if (!existsSync(join(WINDOW, 'index.html')))
    throw new StudioError('program-missing', 'The window has not been built.', 'Run `npm run build` in the folder of the program once.');
  const output = new Output(json);
  const signal = stopOnRequest();
  const studio = new Studio({ door: 'browser', startEngine: startChildProcessEngine, startQueue: startChildProcessQueue });
  try {
    if (project !== undefined) await studio.openProject(resolve(project), true);
    const door = await openBrowserDoor(studio, WINDOW, port, (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`));
    output.result({ address: door.address }, `AdaTosk Studio: ${door.address}\nWhoever has this address can use it on this computer. Ctrl+C ends it.`);
    if (!signal.aborted) await new Promise((end) => signal.addEventListener('abort', end, { once: true }));
    await door.close();
  } finally {
    await studio.close();
  }
  return EXIT.done;
}
