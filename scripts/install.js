// Plain JavaScript without dependencies: this runs on a machine that has nothing but Node 20 or later and git.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMP = join(PROJECT, 'node_modules', '.adatosk-installed');

/** Node 24, which the npm package `node` brings along. */
export function ownNode() {
  return join(PROJECT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Installs the dependencies where they are missing or the lock file has changed since. */
export function install({ quiet = false } = {}) {
  const wanted = createHash('sha256')
    .update(readFileSync(join(PROJECT, 'package-lock.json')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted && existsSync(ownNode())) return;
  process.stderr.write('Installing what AdaTosk Studio needs (once, some minutes) …\n');
  const out = quiet ? 2 : 'inherit';
  // Started by npm, npm says where it is; on Windows npm is a batch file, which only a shell runs.
  const npm = process.env.npm_execpath;
  const runNpm = (args, stdio) =>
    npm !== undefined && npm.endsWith('.js')
      ? spawnSync(process.execPath, [npm, ...args, '--loglevel=error'], { cwd: PROJECT, stdio })
      : spawnSync('npm', [...args, '--loglevel=error'], { cwd: PROJECT, stdio, shell: process.platform === 'win32' });
  // No package's scripts but those that are needed: npm would compile better-sqlite3, which brings its binaries along,
  // for five minutes or until it finds no compiler.
  const installed = runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], ['ignore', out, 'inherit']);
  const ran = installed.status === 0 ? runNpm(['rebuild', 'node'], ['ignore', out, 'inherit']) : installed;
  // These may fail: ffmpeg is also looked for elsewhere.
  if (ran.status === 0) runNpm(['rebuild', 'ffmpeg-static', ...ffprobePackages()], 'ignore');
  if (ran.status !== 0 || !existsSync(ownNode())) {
    process.stderr.write(
      `The dependencies could not be installed${ran.error ? ` (${ran.error.message})` : ''}. Check the connection to the npm registry and the free disk space, then try again.\n`,
    );
    process.exit(1);
  }
  writeFileSync(STAMP, wanted);
}

/** The packages that carry ffprobe's binary for this computer, where they were installed. */
function ffprobePackages() {
  const folder = join(PROJECT, 'node_modules', '@ffprobe-installer');
  return existsSync(folder) ? readdirSync(folder).map((name) => `@ffprobe-installer/${name}`) : [];
}

/** Runs a program to its end in the project's folder; node_modules/.bin comes first on its PATH. */
export function run(program, args, options = {}) {
  const path = [join(PROJECT, 'node_modules', '.bin'), dirname(ownNode()), process.env.PATH].join(process.platform === 'win32' ? ';' : ':');
  return spawnSync(program, args, { cwd: PROJECT, stdio: 'inherit', env: { ...process.env, PATH: path }, ...options }).status ?? 1;
}

/** True where Debian's packages can be installed without asking anybody. */
function mayUseApt() {
  return process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Installs Debian packages where that is possible. */
export function aptInstall(...packages) {
  if (!mayUseApt()) return false;
  process.stderr.write(`Installing ${packages.join(' and ')} with apt-get …\n`);
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  if (spawnSync('apt-get', ['install', '-y', '-qq', ...packages], quiet).status === 0) return true;
  spawnSync('apt-get', ['update', '-qq'], quiet);
  return spawnSync('apt-get', ['install', '-y', '-qq', ...packages], quiet).status === 0;
}

/** ffmpeg and ffprobe as the program itself finds them; installs them where that is possible, or says how. */
export function needFfmpeg() {
  const check = () => run(ownNode(), ['scripts/find-ffmpeg.ts'], { stdio: ['ignore', 'ignore', 'ignore'] }) === 0;
  if (check()) return;
  if (aptInstall('ffmpeg') && check()) return;
  run(ownNode(), ['scripts/find-ffmpeg.ts']);
  process.exit(1);
}
