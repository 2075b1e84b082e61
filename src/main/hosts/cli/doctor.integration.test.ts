import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command, startCommand } from '../../../../testing/command.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { logFolder } from '../../services/diagnostics/problem-log.ts';

test('doctor --bundle writes one private text, without paths, and replaces no file', async () => {
  const file = join(await temporaryFolder(), 'Bericht für Jörg.txt');
  const { finished } = startCommand(['doctor', '--bundle', file], { FFPROBE_PATH: '/home/Änne/ffprobe' });
  const { code, stdout } = await finished;
  expect(code).toBe(1);
  expect(stdout).toContain('Read it before you send it.');
  const text = await readFile(file, 'utf8');
  for (const part of ['AdaTosk Studio: diagnostics', 'command line', 'yes cpu:', 'yes adatosk-tiny:', 'no  ffprobe:', 'FFPROBE_PATH is set'])
    expect(text).toContain(part);
  expect(text).not.toMatch(/Änne|Jörg|\/home\/|\/tmp\//);
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o077).toBe(0);
  const again = await command('doctor', '--bundle', file);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('already exists')]);
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('a bundle that no editor would open is rejected', async () => {
  const file = join(await temporaryFolder(), 'bundle.zip');
  const { code, stderr } = await command('doctor', '--bundle', file);
  expect([code, stderr]).toEqual([2, expect.stringContaining('It must end in .txt.')]);
  expect(existsSync(file)).toBe(false);
});

test('an error that ends a command is in the log, without the path', async () => {
  const folder = join(await temporaryFolder(), 'Müller');
  await mkdir(folder);
  await writeFile(join(folder, 'project.adatosk'), 'no database');
  const settings = join(await temporaryFolder(), 'settings');
  const { finished } = startCommand(['project', 'videos', folder], { ADATOSK_CONFIG: settings });
  expect((await finished).code).not.toBe(0);
  const before = process.env['ADATOSK_CONFIG'];
  process.env['ADATOSK_CONFIG'] = settings;
  const log = await readFile(join(logFolder(), 'problems.log'), 'utf8');
  process.env['ADATOSK_CONFIG'] = before;
  expect(log).toMatch(/^\S+ \d+\.\d+\.\d+ \w+ command line: project-damaged/);
  expect(log).not.toMatch(/Müller/);
});
