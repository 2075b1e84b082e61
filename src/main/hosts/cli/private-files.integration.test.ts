import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../../../testing/command.ts';
import { furnish } from '../../../../testing/project.ts';
import { ffmpeg, ONE_FACE, temporaryFolder } from '../../../../testing/videos.ts';
import { probeVideo } from '../../media/probe.ts';
import { makeProxy } from '../../media/playback-proxy.ts';
import { backUpDaily, openProject } from '../../project/store/open-project.ts';

// The mask that programs have by default: what is tested must set its own.
process.umask(0o022);
const folder = await temporaryFolder();
const at = (...names: string[]): string => join(folder, ...names);

/** Files and folders that others can read, in and below a folder. */
function readableByOthers(path: string): string[] {
  const all = [path, ...readdirSync(path, { recursive: true }).map((name) => join(path, String(name)))];
  return all.filter((each) => (statSync(each).mode & 0o077) !== 0).map((each) => `${each.slice(folder.length)} ${(statSync(each).mode & 0o777).toString(8)}`);
}

test.skipIf(process.platform === 'win32')('results, projects and exports of commands can be read by their owner alone', async () => {
  process.env['ADATOSK_CONFIG'] = at('settings');
  const { code } = await command('analyze', ONE_FACE, '--to', '3', '--out', at('out'), '--project', at('project'), '--device', 'cpu');
  expect(code).toBe(0);
  expect((await command('export', '--project', at('project'), '--format', 'xlsx', '--out', at('export'))).code).toBe(0);
  expect(readdirSync(at('out'))).toContain('.adatosk');
  expect(readdirSync(at('export')).length).toBeGreaterThan(0);
  for (const name of ['out', 'project', 'export']) expect(readableByOthers(at(name))).toEqual([]);
});

test.skipIf(process.platform === 'win32')('a project of an earlier version becomes private when it is opened, with its log and its backups', async () => {
  process.umask(0o022);
  const made = await openProject(at('earlier'), { create: true });
  backUpDaily(made);
  made.close();
  expect(readableByOthers(at('earlier')).length).toBeGreaterThan(2);
  process.umask(0o077);
  const { db, close } = await openProject(at('earlier'));
  furnish({ db });
  expect(readdirSync(at('earlier'))).toContain('project.adatosk-wal');
  // The folder itself may contain other files of the user.
  const others = readableByOthers(at('earlier')).filter((each) => !each.startsWith('/earlier/backups/') && !each.startsWith('/earlier 755'));
  close();
  expect(others).toEqual([]);
  expect(statSync(at('earlier', 'backups')).mode & 0o777).toBe(0o700);
});

test.skipIf(process.platform === 'win32')('a copy for playing is private, and so is its folder', async () => {
  process.umask(0o077);
  await ffmpeg('-i', ONE_FACE, '-t', '1', '-c:v', 'mpeg4', at('old.avi'));
  await chmod(at('old.avi'), 0o644);
  const file = await makeProxy(await probeVideo(at('old.avi')), () => undefined, undefined, at('cache', 'proxies'));
  expect(file).toMatch(/\.mp4$/);
  expect(readableByOthers(at('cache'))).toEqual([]);
});

test('every process of the program sets its mask', () => {
  // The launcher of the command line, and what each host starts: the umask is set by an import, before anything is written.
  const entries = [
    '../../hosts/cli/adatosk.ts',
    '../../services/queue/queue-child.ts',
    '../../adatosk/runtime/engine-host.ts',
    '../../training/trainer/trainer-host.ts',
    '../../services/analysis/workers/video-worker-host.ts',
  ];
  for (const entry of entries) {
    const program = `process.exit = () => {}; const { umask } = process; await import(${JSON.stringify(new URL(entry, import.meta.url).href)}); process.reallyExit(umask() === 0o077 ? 0 : 1);`;
    const { status, stderr } = spawnSync('sh', ['-c', 'umask 022; exec "$0" --input-type=module --eval "$1"', process.execPath, program], { encoding: 'utf8' });
    expect(`${entry} ${status} ${status === 0 ? '' : stderr}`).toBe(`${entry} 0 `);
  }
});
