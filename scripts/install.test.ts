import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
// @ts-expect-error: plain JavaScript, without declarations
import { acquireLock } from './install-lock.js';
// @ts-expect-error: plain JavaScript, without declarations
import { describeMissing, findMissing, ownNode, stampIsValid, writeStamp } from './install.js';

const INSTALL_LOCK = new URL('install-lock.js', import.meta.url);

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'adatosk-install-'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

const at = (...parts: string[]): string => join(project, ...parts);

function write(file: string, content: unknown): void {
  mkdirSync(dirname(at(file)), { recursive: true });
  writeFileSync(at(file), typeof content === 'string' ? content : JSON.stringify(content));
}

type Packages = Record<string, { version?: string; optional?: boolean; dev?: boolean; devOptional?: boolean; os?: string[]; cpu?: string[] }>;

const WANTED: Packages = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/a/node_modules/@scope/b': { version: '2.0.0' },
  'node_modules/tool': { version: '3.0.0', dev: true },
  'node_modules/node': { version: '24.0.0' },
};

/** A project in which `installed` is what npm installed: its record, and a folder for each package. */
function makeProject(installed: Packages, wanted: Packages = WANTED): void {
  write('package-lock.json', { packages: wanted });
  const packages = Object.fromEntries(Object.entries(installed).filter(([path]) => path !== ''));
  write('node_modules/.package-lock.json', { packages });
  for (const path of Object.keys(packages)) write(`${path}/package.json`, {});
  mkdirSync(dirname(ownNode(project)), { recursive: true });
  writeFileSync(ownNode(project), '');
}

function without(path: string): Packages {
  return Object.fromEntries(Object.entries(WANTED).filter(([other]) => other !== path));
}

describe('what is missing', () => {
  test('nothing after an installation', () => {
    makeProject(WANTED);
    expect(findMissing(project)).toEqual({ packages: [], node: false, dev: true });
  });

  test('everything before one', () => {
    write('package-lock.json', { packages: WANTED });
    expect(findMissing(project)).toEqual({ packages: ['a@1.0.0', '@scope/b@2.0.0', 'tool@3.0.0', 'node@24.0.0'], node: true, dev: true });
    expect(describeMissing(project, findMissing(project))).toBe(`The dependencies are not installed (no folder node_modules). Run "npm ci" in ${project}.`);
  });

  test('a package with another version, and one that npm did not install', () => {
    makeProject({ ...without('node_modules/a/node_modules/@scope/b'), 'node_modules/a': { version: '0.9.0' } });
    const missing = findMissing(project);
    expect(missing.packages).toEqual(['a@1.0.0', '@scope/b@2.0.0']);
    expect(describeMissing(project, missing)).toBe(`Dependencies are missing or have another version: a@1.0.0, @scope/b@2.0.0. Run "npm ci" in ${project}.`);
  });

  test('a package whose folder is gone, although npm recorded it', () => {
    makeProject(WANTED);
    rmSync(at('node_modules', 'a', 'node_modules'), { recursive: true });
    expect(findMissing(project).packages).toEqual(['@scope/b@2.0.0']);
  });

  test('everything where the record of npm is damaged', () => {
    makeProject(WANTED);
    write('node_modules/.package-lock.json', '{"packages": {');
    expect(findMissing(project).packages).toHaveLength(4);
  });

  test('only Node, after npm ci --ignore-scripts', () => {
    makeProject(WANTED);
    rmSync(ownNode(project));
    const missing = findMissing(project);
    expect(missing).toEqual({ packages: [], node: true, dev: true });
    expect(describeMissing(project, missing)).toMatch(/own Node is missing .* Run "npm rebuild node" or "npm ci"/);
  });

  test('not optional packages, and not those of other systems', () => {
    makeProject(WANTED, {
      ...WANTED,
      'node_modules/optional': { version: '1.0.0', optional: true },
      'node_modules/other-system': { version: '1.0.0', os: ['plan9'] },
      'node_modules/not-this-system': { version: '1.0.0', os: [`!${process.platform}`] },
      'node_modules/other-processor': { version: '1.0.0', os: [process.platform], cpu: ['pdp11'] },
      'node_modules/this-computer': { version: '1.0.0', os: ['!plan9'], cpu: ['pdp11', process.arch] },
    });
    expect(findMissing(project).packages).toEqual(['this-computer@1.0.0']);
  });

  test('not development packages after npm ci --omit=dev, unless they are needed', () => {
    makeProject(without('node_modules/tool'));
    expect(findMissing(project)).toEqual({ packages: [], node: false, dev: false });
    expect(findMissing(project, { dev: true })).toEqual({ packages: ['tool@3.0.0'], node: false, dev: true });
  });

  test('a development package where others are there', () => {
    makeProject(WANTED, { ...WANTED, 'node_modules/new-tool': { version: '1.0.0', dev: true } });
    expect(findMissing(project).packages).toEqual(['new-tool@1.0.0']);
  });
});

describe('the stamp', () => {
  beforeEach(() => {
    makeProject(WANTED);
    writeStamp(project, { dev: true });
  });

  test('is valid until something changes', () => {
    expect(stampIsValid(project, { dev: true })).toBe(true);
    expect(stampIsValid(project)).toBe(true);
  });

  test('is not valid after package-lock.json changed', () => {
    write('package-lock.json', { packages: {} });
    expect(stampIsValid(project)).toBe(false);
  });

  test('is not valid after npm installed again, or was stopped while it did', () => {
    utimesSync(at('node_modules', '.package-lock.json'), 1, 1);
    expect(stampIsValid(project)).toBe(false);
    writeStamp(project, { dev: true });
    expect(stampIsValid(project)).toBe(true);
    rmSync(at('node_modules', '.package-lock.json'));
    expect(stampIsValid(project)).toBe(false);
  });

  test('is not valid without our own Node', () => {
    rmSync(ownNode(project));
    expect(stampIsValid(project)).toBe(false);
  });

  test('does not stand for development packages that were not checked', () => {
    writeStamp(project, { dev: false });
    expect(stampIsValid(project)).toBe(true);
    expect(stampIsValid(project, { dev: true })).toBe(false);
  });

  test('of an earlier version, or damaged, is not valid', () => {
    write('node_modules/.adatosk-installed', 'a'.repeat(64));
    expect(stampIsValid(project)).toBe(false);
  });

  test('that cannot be written is no error', () => {
    rmSync(at('node_modules'), { recursive: true });
    writeStamp(project, { dev: true });
    expect(stampIsValid(project)).toBe(false);
  });
});

describe('the lock', () => {
  const lockFile = (): string => at('lock');

  /** A process that takes the lock, holds it for a moment, and records both ends of that time. */
  function startHolder(log: string): ReturnType<typeof spawn> {
    const program = `
      import { appendFileSync } from 'node:fs';
      import { acquireLock } from ${JSON.stringify(INSTALL_LOCK.href)};
      const lock = await acquireLock(${JSON.stringify(lockFile())}, { pollMilliseconds: 5 });
      appendFileSync(${JSON.stringify(log)}, 'begin ' + process.pid + '\\n');
      await new Promise((resolve) => setTimeout(resolve, 20));
      appendFileSync(${JSON.stringify(log)}, 'end ' + process.pid + '\\n');
      lock.release();`;
    return spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'inherit', 'inherit'] });
  }

  async function expectOneAtATime(count: number): Promise<void> {
    const codes = await Promise.all(Array.from({ length: count }, async () => ((await once(startHolder(at('log')), 'exit')) as [number])[0]));
    expect(codes).toEqual(Array.from({ length: count }, () => 0));
    const lines = readFileSync(at('log'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(2 * count);
    for (let i = 0; i < lines.length; i += 2) expect(lines[i + 1]).toBe(lines[i]!.replace('begin', 'end'));
    expect(existsSync(lockFile())).toBe(false);
  }

  /** The id of a process that has ended. */
  const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid;

  test('is held by one process at a time', async () => {
    await expectOneAtATime(5);
  });

  test('of a process that is gone is taken over, by one process at a time', async () => {
    write('lock', { id: 'x', pid: deadPid(), host: hostname() });
    await expectOneAtATime(5);
  });

  test('is waited for, with one message', async () => {
    const first = await acquireLock(lockFile());
    let messages = 0;
    const second = acquireLock(lockFile(), { pollMilliseconds: 5, onWait: () => messages++ });
    setTimeout(() => first.release(), 50);
    (await second).release();
    expect(messages).toBe(1);
    expect(existsSync(lockFile())).toBe(false);
  });

  test('of another computer, or of a process id in use again, is taken over when it was not refreshed for long', async () => {
    for (const owner of [{ id: 'x', pid: 1, host: 'another' }, { id: 'x', pid: process.pid, host: hostname() }, '']) {
      write('lock', owner);
      const begun = performance.now();
      const lock = await acquireLock(lockFile(), { pollMilliseconds: 5, unrefreshedMilliseconds: 40 });
      expect(performance.now() - begun).toBeGreaterThan(35);
      lock.release();
    }
  });

  test('that is refreshed is not taken over', async () => {
    const lock = await acquireLock(lockFile());
    const stop = new AbortController();
    const second = acquireLock(lockFile(), { pollMilliseconds: 5, unrefreshedMilliseconds: 100, signal: stop.signal });
    for (let i = 0; i < 15; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(lock.refresh()).toBe(true);
    }
    stop.abort();
    expect(await second).toBeUndefined();
    lock.release();
  });

  test('is not taken over while npm goes on without its starter', async () => {
    const npm = spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 60000)'], { detached: true, stdio: 'ignore' });
    write('lock', { id: 'x', pid: deadPid(), host: hostname(), npm: npm.pid });
    let taken = false;
    const waiting = acquireLock(lockFile(), { pollMilliseconds: 5, unrefreshedMilliseconds: 20 }).then((lock: { release(): void }) => {
      taken = true;
      lock.release();
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(taken).toBe(false);
    npm.kill('SIGKILL');
    await waiting;
  });

  test('that another process took over is left alone', async () => {
    const lock = await acquireLock(lockFile());
    write('lock', { id: 'another', pid: process.pid, host: hostname() });
    expect(lock.refresh()).toBe(false);
    lock.release();
    expect(existsSync(lockFile())).toBe(true);
  });

  test('is free again where a takeover was cut off', async () => {
    write('lock', { id: 'x', pid: deadPid(), host: hostname() });
    write('lock.removal', '');
    utimesSync(at('lock.removal'), 1, 1);
    (await acquireLock(lockFile(), { pollMilliseconds: 5 })).release();
    expect(existsSync(lockFile())).toBe(false);
    expect(existsSync(at('lock.removal'))).toBe(false);
  });
});
