import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryFolder as testFolder } from '../../../testing/videos.ts';
import { deleteLeftFolders, makePrivate, temporaryFolder, withPublicFiles } from './private-files.ts';
import { rmSync } from 'node:fs';

const folder = await testFolder();
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe.skipIf(process.platform === 'win32')('what this program writes', () => {
  test('can be read by its owner alone', () => {
    mkdirSync(join(folder, 'new'));
    writeFileSync(join(folder, 'new', 'file'), '');
    expect([modeOf(join(folder, 'new')), modeOf(join(folder, 'new', 'file'))]).toEqual([0o700, 0o600]);
  });

  test('is made private if an earlier version made it', () => {
    const path = withPublicFiles(() => {
      writeFileSync(join(folder, 'old'), '');
      return join(folder, 'old');
    });
    expect(modeOf(path)).toBe(0o644);
    makePrivate(path);
    expect(modeOf(path)).toBe(0o600);
    makePrivate(join(folder, 'nothing'));
  });

  test('keeps the rights of the group where the user wants it', () => {
    const program = `await import(${JSON.stringify(new URL('private-files.ts', import.meta.url).href)}); console.log(process.umask().toString(8));`;
    const run = (access?: string): string =>
      spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
        encoding: 'utf8',
        env: { ...process.env, ...(access === undefined ? {} : { ADATOSK_ACCESS: access }) },
      }).stdout.trim();
    expect([run(), run('group'), run('everybody')]).toEqual(['77', '7', '77']);
  });
});

describe('temporary folders', () => {
  const own = temporaryFolder('faces');
  afterAll(() => rmSync(own, { recursive: true, force: true }));

  test('name their process', () => {
    expect(basename(own)).toMatch(new RegExp(`^adatosk-faces-${process.pid}-`));
  });

  test('are deleted when they are older than a day and their process is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const place = join(folder, 'tmp');
    const make = (name: string, days: number): string => {
      const path = join(place, name);
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'face.jpeg'), '');
      utimesSync(path, Date.now() / 1000 - 86_400 * days, Date.now() / 1000 - 86_400 * days);
      return path;
    };
    const gone = [make(`adatosk-faces-${pid}-abcDEF`, 2), make('adatosk-copy-abcDEF', 8)];
    const kept = [
      make(`adatosk-faces-${pid}-abcDEG`, 0.5),
      make(`adatosk-faces-${process.pid}-abcDEF`, 30),
      make('adatosk-copy-abcDEG', 2),
      make('adatosk-test-abcDEF', 30),
      make('other-faces-abcDEF', 30),
    ];
    deleteLeftFolders(place);
    expect(gone.filter(existsSync)).toEqual([]);
    expect(kept.filter((path) => !existsSync(path))).toEqual([]);
    deleteLeftFolders(join(folder, 'no such folder'));
  });
});
