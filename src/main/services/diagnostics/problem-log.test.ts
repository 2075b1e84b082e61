import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import { notice } from '../../../shared/app/notices.ts';
import { logFolder, logProblem, readLog } from './problem-log.ts';

beforeEach(async () => {
  process.env['ADATOSK_CONFIG'] = join(await temporaryFolder(), 'Einstellungen für Anna');
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('the log of problems', () => {
  test('has the date, the part of the program, and the fault with its stack, without paths', () => {
    logProblem('library.add', new TypeError("Invalid: '/home/anna/Müller.mp4'"));
    const [first, ...stack] = readLog().split('\n');
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT\S+ \d+\.\d+\.\d+ \w+ library\.add: TypeError: Invalid: '<path>\.mp4'$/);
    expect(stack[0]).toMatch(/^ {6}at <program>\/src\/main\/services\/diagnostics\/problem-log\.test\.ts:\d+:\d+$/);
    expect(readLog()).not.toMatch(/anna|Müller|home\//i);
  });

  test('has the id and the numbers of our errors, and not the names in their sentences', () => {
    const cause = new Error("EIO: i/o error, read '\\\\server\\Müller\\a.mp4'");
    logProblem('queue', new StudioError('model-missing/other-hash', { model: '/models/Anna', sha256: 'abc', known: ['Ben'] }, cause));
    logProblem('queue', new StudioError('engine-died/network', { detail: 'signal SIGSEGV (cannot map /home/anna/x.onnx)' }));
    logProblem('studio', new StudioError('cannot-write/daily-backup', { problem: notice('verbatim', { text: 'Anna' }) }));
    expect(readLog()).toMatch(/queue: model-missing\/other-hash\n {2}caused by Error: EIO: i\/o error, read '<path>\.mp4'\n/);
    expect(readLog()).toContain('queue: engine-died/network (signal SIGSEGV (cannot map <path>.onnx))\n');
    expect(readLog()).toContain('studio: cannot-write/daily-backup (verbatim)\n');
    expect(readLog()).not.toMatch(/anna|ben|müller/i);
  });

  test('does not have what a person did: a wrong folder, an edit that came too late, a stop', () => {
    logProblem('project.open', new StudioError('project-missing', { folder: '/x' }));
    logProblem('queue', new StudioError('cancelled', {}));
    logProblem('exchange', new StudioError('wrong-usage/relative-path', { path: 'x' }));
    expect(readLog()).toBe('');
  });

  test('has a problem that is repeated at once a single time', () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    for (let i = 0; i < 5; i++) logProblem('studio', 'the disk is gone');
    expect(readLog().split('\n')).toHaveLength(2);
    vi.setSystemTime(1_800_000_000_000 + 61_000);
    logProblem('studio', 'the disk is gone');
    expect(readLog().split('\n')).toHaveLength(3);
    vi.useRealTimers();
  });

  test('keeps two files of a limited size, and the newest problems', () => {
    for (let i = 0; i < 900; i++) logProblem('studio', `${i} ${'x'.repeat(900)}`);
    const files = readdirSync(logFolder());
    expect(files.sort()).toEqual(['problems.log', 'problems.older.log']);
    for (const file of files) expect(statSync(join(logFolder(), file)).size).toBeLessThanOrEqual(256 * 1024);
    expect(readLog()).toContain('studio: 899 ');
    expect(readLog(5000).length).toBeLessThanOrEqual(5000);
    expect(readLog(5000)).toMatch(/^\d{4}-/);
  });

  test('a huge message is cut', () => {
    logProblem('studio', Array.from({ length: 500 }, () => 'y'.repeat(5000)).join('\n'));
    expect(readLog().length).toBeLessThan(45_000);
  });

  test.skipIf(process.platform === 'win32')('can be read by its owner alone, also a file that was there before', () => {
    logProblem('studio', 'first');
    const file = join(logFolder(), 'problems.log');
    expect([modeOf(logFolder()), modeOf(file)]).toEqual([0o700, 0o600]);
    chmodSync(file, 0o644);
    logProblem('studio', 'second');
    expect(modeOf(file)).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('second');
  });

  test('a folder that cannot be written is no second problem', () => {
    mkdirSync(dirname(logFolder()), { recursive: true });
    writeFileSync(logFolder(), 'a file where the folder would be');
    expect(() => logProblem('studio', 'lost')).not.toThrow();
    expect(readLog()).toBe('');
  });
});
