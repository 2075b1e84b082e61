// Installs the dependencies where they are missing. The command line runs this at every start.
// Plain JavaScript without dependencies: this runs on a machine that has nothing but Node 20 or later and git.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { acquireLock, isAlive, REFRESH_MILLISECONDS } from './install-lock.js';

const THIS_FILE = fileURLToPath(import.meta.url);
export const PROJECT = dirname(dirname(THIS_FILE));

/** The exit code where something is missing and installing was not allowed. */
export const EXIT_NOT_INSTALLED = 4;

/** npm's own record of what it installed last. `npm ci` deletes it first and writes it last. */
const INSTALLED = join('node_modules', '.package-lock.json');
const STAMP = join('node_modules', '.adatosk-installed');
/** Not in node_modules, because `npm ci` deletes that folder. */
const LOCK = '.adatosk-installing';

/**
 * Node 24, from the npm package `node`.
 * @param {string} project
 */
export function ownNode(project = PROJECT) {
  return join(project, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

// ---------------------------------------------------------------------------------------------------------------------
// What is missing

/**
 * An entry of package-lock.json (https://docs.npmjs.com/cli/configuring-npm/package-lock-json).
 * @typedef {{ version?: string, optional?: boolean, dev?: boolean, devOptional?: boolean, os?: string[], cpu?: string[] }} LockEntry
 */
/**
 * packages: as name@version; node: our own Node is missing; dev: whether the development packages were checked too.
 * @typedef {{ packages: string[], node: boolean, dev: boolean }} Missing
 */

/**
 * Compares package-lock.json with what is in node_modules. Optional packages do not count. Development packages do not
 * count after `npm ci --omit=dev` (then none of them is there), unless the caller needs them.
 * @param {string} project
 * @param {{ dev?: boolean }} options dev: the caller needs the development packages
 * @returns {Missing}
 */
export function findMissing(project, { dev = false } = {}) {
  const wanted = Object.entries(readPackages(join(project, 'package-lock.json')));
  const installed = readInstalled(project);
  const checkDev = dev || Object.values(installed).length === 0 || Object.values(installed).some((entry) => entry.dev === true);
  const packages = wanted
    .filter(([path, entry]) => path.startsWith('node_modules/') && entry.optional !== true && isForThisComputer(entry))
    .filter(([, entry]) => checkDev || !(entry.dev === true || entry.devOptional === true))
    // The file is looked for as well: an `npm ci` that was run twice at once leaves a complete list and an incomplete folder.
    .filter(([path, entry]) => installed[path]?.version !== entry.version || !existsSync(join(project, path, 'package.json')))
    .map(([path, entry]) => `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${entry.version}`);
  return { packages, node: !existsSync(ownNode(project)), dev: checkDev };
}

/**
 * @param {string} file
 * @returns {Record<string, LockEntry>}
 */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/**
 * Empty where nothing was installed, or the list is damaged (a full disk).
 * @param {string} project
 */
function readInstalled(project) {
  try {
    return readPackages(join(project, INSTALLED));
  } catch {
    return {};
  }
}

/** @param {LockEntry} entry */
function isForThisComputer({ os, cpu }) {
  return matches(os, process.platform) && matches(cpu, process.arch);
}

/**
 * A list of package.json: names that are allowed, or names with "!" that are not.
 * @param {string[] | undefined} list
 * @param {string} name
 */
function matches(list, name) {
  if (list === undefined || list.includes('any')) return true;
  if (list.includes(`!${name}`)) return false;
  return list.includes(name) || list.every((item) => item.startsWith('!'));
}

/** @param {Missing} missing */
function isComplete({ packages, node }) {
  return packages.length === 0 && !node;
}

/**
 * One sentence for people: what is missing, and the command that installs it.
 * @param {string} project
 * @param {Missing} missing
 */
export function describeMissing(project, { packages, node }) {
  if (packages.length === 0 && node) return `AdaTosk Studio's own Node is missing (${ownNode(project)}). Run "npm rebuild node" or "npm ci" in ${project}.`;
  if (!existsSync(join(project, 'node_modules'))) return `The dependencies are not installed (no folder node_modules). Run "npm ci" in ${project}.`;
  const named = packages.slice(0, 3).join(', ') + (packages.length > 3 ? `, and ${packages.length - 3} more` : '');
  return `Dependencies are missing or have another version: ${named}. Run "npm ci" in ${project}.`;
}

// ---------------------------------------------------------------------------------------------------------------------
// The stamp: a shortcut, because comparing all packages at every start takes longer

/**
 * True where nothing has changed since the dependencies were found complete.
 * @param {string} project
 * @param {{ dev?: boolean }} options dev: the development packages must be among them
 */
export function stampIsValid(project, { dev = false } = {}) {
  try {
    const stamp = JSON.parse(readFileSync(join(project, STAMP), 'utf8'));
    const { lock, size, mtimeMs } = currentState(project);
    return stamp.lock === lock && stamp.size === size && stamp.mtimeMs === mtimeMs && (stamp.dev === true || !dev) && existsSync(ownNode(project));
  } catch {
    return false;
  }
}

/**
 * Written last, and by renaming: a stamp that exists is complete. Where it cannot be written (a read-only folder), the
 * next start compares all packages again.
 * @param {string} project
 * @param {{ dev: boolean }} options dev: the development packages are there too
 */
export function writeStamp(project, { dev }) {
  const temporary = join(project, `${STAMP}.${process.pid}`);
  try {
    writeFileSync(temporary, JSON.stringify({ ...currentState(project), dev }));
    renameSync(temporary, join(project, STAMP));
  } catch {
    rmSync(temporary, { force: true });
  }
}

/** @param {string} project */
function currentState(project) {
  const lock = createHash('sha256')
    .update(readFileSync(join(project, 'package-lock.json')))
    .digest('hex');
  const { size, mtimeMs } = statSync(join(project, INSTALLED));
  return { lock, size, mtimeMs };
}

// ---------------------------------------------------------------------------------------------------------------------
// Installing

/**
 * Installs what is missing; returns at once where nothing is. Several starts at the same time wait for one another. With
 * ADATOSK_NO_INSTALL=1 (or `--no-install` of bin/adatosk.js) it installs nothing: where something is missing, it names that
 * on standard error and ends the process with exit code 4.
 * @param {{ quiet?: boolean, dev?: boolean, mayInstall?: boolean }} options
 *   quiet: nothing on standard output; dev: the development packages are needed
 */
export function install({ quiet = false, dev = false, mayInstall = true } = {}) {
  if (stampIsValid(PROJECT, { dev })) return;
  // Read before the packages are compared: an installation that is running may not be complete, whatever is found.
  const installing = existsSync(join(PROJECT, LOCK));
  const missing = findMissing(PROJECT, { dev });
  if (!mayInstall || !['', '0', undefined].includes(process.env.ADATOSK_NO_INSTALL)) {
    if (isComplete(missing)) return;
    process.stderr.write(`${describeMissing(PROJECT, missing)}\n`);
    process.exit(EXIT_NOT_INSTALLED);
  }
  if (isComplete(missing) && !installing) {
    writeStamp(PROJECT, missing);
    return;
  }
  // In a process of its own: it handles signals and refreshes the lock while npm runs, and this function can stay
  // synchronous. Ctrl+C reaches that process too; where only this one ends, it notices.
  const { status, signal } = spawnSync(npmNode(), [THIS_FILE, '--started-by', String(process.pid), ...(dev ? ['--dev'] : [])], {
    cwd: PROJECT,
    stdio: ['ignore', quiet ? 2 : 'inherit', 'inherit'],
  });
  if (status === 0) return;
  if (status === null) process.stderr.write(`The installation was stopped (${signal ?? 'its process could not be started'}).\n`);
  process.exit(status ?? 1);
}

/**
 * The Node that runs npm. Not our own, which a script of package.json may be running under: `npm ci` deletes it.
 * npm sets this variable for its scripts.
 */
function npmNode() {
  return process.env.npm_node_execpath ?? process.execPath;
}

/**
 * The process that installs: takes the lock, checks again, installs.
 * @param {string} project
 * @param {{ dev: boolean, startedBy: number | undefined }} options
 * @returns {Promise<number>} the exit code
 */
async function installLocked(project, { dev, startedBy }) {
  const stop = new AbortController();
  let exitCode = 1;
  const stopWith = (code) => {
    exitCode = code;
    stop.abort();
  };
  process.on('SIGHUP', () => stopWith(129));
  process.on('SIGINT', () => stopWith(130));
  process.on('SIGTERM', () => stopWith(143));
  const isStarterGone = () => startedBy !== undefined && (!isAlive(startedBy) || (process.platform !== 'win32' && process.ppid !== startedBy));
  setInterval(() => isStarterGone() && stopWith(143), 500).unref();

  const onWait = () => process.stderr.write('Another start is installing; waiting …\n');
  const lock = await acquireLock(join(project, LOCK), { onWait, signal: stop.signal });
  if (lock === undefined) return exitCode;
  process.on('exit', () => lock.release());
  setInterval(() => lock.refresh() || stopWith(1), REFRESH_MILLISECONDS).unref();

  const missing = findMissing(project, { dev });
  if (!isComplete(missing)) {
    rmSync(join(project, STAMP), { force: true });
    const { status, error } = await installMissing(project, missing, dev, (args, stdio) => runNpm(project, args, stdio, lock, stop.signal));
    if (stop.signal.aborted) {
      if (!isStarterGone()) process.stderr.write('The installation was stopped. The next start begins it again.\n');
      return exitCode;
    }
    if (status !== 0 || !existsSync(ownNode(project))) {
      process.stderr.write(
        `The dependencies could not be installed${error ? ` (${error.message})` : ''}. Check the connection to the npm registry and the free disk space, then try again.\n`,
      );
      return 1;
    }
  }
  writeStamp(project, { dev: findMissing(project, { dev }).dev });
  return 0;
}

/**
 * @typedef {{ status: number | null, error?: Error }} Ended
 * @param {string} project
 * @param {Missing} missing
 * @param {boolean} dev
 * @param {(args: string[], stdio: import('node:child_process').StdioOptions) => Promise<Ended>} npm
 * @returns {Promise<Ended>}
 */
async function installMissing(project, missing, dev, npm) {
  if (missing.packages.length > 0) {
    process.stderr.write('Installing what AdaTosk Studio needs (once, some minutes) …\n');
    // No package's scripts but those that are needed: npm would compile better-sqlite3, which brings its binaries along,
    // for five minutes or until it finds no compiler.
    const installed = await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...(dev ? ['--include=dev'] : [])], ['ignore', 'inherit', 'inherit']);
    if (installed.status !== 0) return installed;
  } else process.stderr.write('Installing the Node that AdaTosk Studio needs …\n');
  // --ignore-scripts=false: the user's configuration may forbid scripts, but these packages are not complete without theirs.
  // The first command may fail: ffmpeg is also looked for elsewhere. Node comes last, because findMissing looks for its
  // file: where an installation was killed before its end, that file is missing, and the next start runs both commands.
  await npm(['rebuild', 'ffmpeg-static', ...ffprobePackages(project), '--ignore-scripts=false'], 'ignore');
  return await npm(['rebuild', 'node', '--ignore-scripts=false'], ['ignore', 'inherit', 'inherit']);
}

/**
 * The packages that carry ffprobe's binary for this computer, where they were installed.
 * @param {string} project
 */
function ffprobePackages(project) {
  const folder = join(project, 'node_modules', '@ffprobe-installer');
  return existsSync(folder) ? readdirSync(folder).map((name) => `@ffprobe-installer/${name}`) : [];
}

/**
 * Runs npm to its end, or until it is to stop.
 * @param {string} project
 * @param {string[]} args
 * @param {import('node:child_process').StdioOptions} stdio
 * @param {Lock} lock
 * @param {AbortSignal} signal
 * @returns {Promise<Ended>}
 */
function runNpm(project, args, stdio, lock, signal) {
  if (signal.aborted) return Promise.resolve({ status: null });
  const onWindows = process.platform === 'win32';
  // Started by npm, npm's path is known; elsewhere, on Windows npm is a batch file, which only a shell runs.
  const path = process.env.npm_execpath ?? '';
  const [program, first, shell] = /npm-cli\.js$/.test(path) ? [npmNode(), [path], false] : ['npm', [], onWindows];
  // Except on Windows, in a process group of its own: a signal then reaches every program that npm started.
  const child = spawn(program, [...first, ...args, '--loglevel=error'], { cwd: project, stdio, shell, detached: !onWindows });
  const kill = (name) => {
    if (child.pid === undefined) return;
    try {
      if (onWindows) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
      else process.kill(-child.pid, name);
    } catch {
      // It has ended.
    }
  };
  const killNow = () => kill('SIGKILL');
  const stop = () => {
    kill('SIGTERM');
    setTimeout(killNow, 1_000).unref(); // npm often continues after SIGTERM
  };
  process.prependListener('exit', killNow); // before the lock is released: nothing may write to node_modules afterwards
  signal.addEventListener('abort', stop);
  return new Promise((resolve) => {
    const end = (ended) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) killNow();
      process.off('exit', killNow);
      resolve(ended);
    };
    child.on('error', (error) => end({ status: null, error }));
    child.on('exit', (status) => end({ status }));
    if (child.pid !== undefined) lock.recordNpm(child.pid);
  });
}

// ---------------------------------------------------------------------------------------------------------------------
// For the scripts beside this one

/** Runs a program to its end in the project's folder; node_modules/.bin comes first on its PATH. */
export function run(program, args, options = {}) {
  const path = [join(PROJECT, 'node_modules', '.bin'), dirname(ownNode()), process.env.PATH].join(process.platform === 'win32' ? ';' : ':');
  const env = { ...process.env, PATH: path, ORT_DISABLE_TELEMETRY: '1', ...options.env };
  return spawnSync(program, args, { cwd: PROJECT, stdio: 'inherit', ...options, env }).status ?? 1;
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

if (process.argv[1] !== undefined && existsSync(process.argv[1]) && realpathSync(process.argv[1]) === THIS_FILE) {
  const { values } = parseArgs({ options: { dev: { type: 'boolean', default: false }, 'started-by': { type: 'string' } } });
  const startedBy = values['started-by'] === undefined ? undefined : Number(values['started-by']);
  try {
    process.exit(await installLocked(PROJECT, { dev: values.dev, startedBy }));
  } catch (error) {
    process.stderr.write(`The dependencies could not be installed in ${PROJECT}: ${error.message}\n`);
    process.exit(1);
  }
}
