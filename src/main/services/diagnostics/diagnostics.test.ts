import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { furnish, makeProject } from '../../../../testing/project.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { Findings } from '../models/doctor.ts';
import { diagnosticsFile, diagnosticsText } from './diagnostics.ts';
import { logProblem } from './problem-log.ts';

const program = { path: '/home/Jörg/bin/ffmpeg', version: 'ffmpeg version 7.1 Copyright', origin: 'PATH', problem: null };
const findings: Findings = {
  node: 'v24.1.0',
  platform: 'linux x64',
  ffmpeg: program,
  ffprobe: { path: null, version: null, origin: '', problem: { id: 'verbatim', parameters: { text: 'cannot start /home/Jörg/Änne/ffprobe' } } },
  providers: [{ name: 'cuda', available: false, reason: notice('verbatim', { text: 'libcuda.so is missing in /home/Jörg' }), maxDifference: null } as never],
  models: [{ id: 'adatosk-tiny', sha256: 'ab'.repeat(32), ok: true, trained: true, note: notice('check/model', {}) }],
  store: { ok: false, note: { id: 'verbatim', parameters: { text: "unable to open '/tmp/Jörg/x.adatosk'" } } },
};
const project = await makeProject();
furnish(project);
let before: NodeJS.ProcessEnv;

beforeAll(async () => {
  before = { ...process.env };
  process.env['ADATOSK_CONFIG'] = join(await temporaryFolder(), 'Jörg');
  process.env['ADATOSK_ACCESS'] = 'group';
  process.env['FFMPEG_PATH'] = '/home/Jörg/bin/ffmpeg';
});
afterAll(() => {
  process.env = before;
  project.close();
});

test('the text of a report has versions, system, devices, settings, the project in numbers and the last problems', async () => {
  logProblem('queue', new StudioError('engine-died/network', { detail: 'signal SIGSEGV' }));
  const text = await diagnosticsText(findings, 'web host', project, new Date('2026-11-28T07:00:00Z'));
  for (const part of [
    ...['== Program ==', '0.1.0, web host', 'made 2026-11-28T07:00:00.000Z', 'Node v24.1.0', '== System ==', process.platform, 'cores', 'memory'],
    ...['yes ffmpeg: ffmpeg version 7.1', 'no  ffprobe: cannot start <path>', 'no  cuda: libcuda.so is missing in <path>', 'yes adatosk-tiny:'],
    ...["no  unable to open '<path>.adatosk'", 'ADATOSK_ACCESS=group', 'ADATOSK_CONFIG is set', 'FFMPEG_PATH is set'],
    ...['videos: 1, missing 0', 'queue: none', 'failed: none', 'engine-died/network (signal SIGSEGV)'],
  ])
    expect(text).toContain(part);
  expect(text).toMatch(/onnxruntime \d+\.\d+\.\d+, better-sqlite3 \d+\.\d+\.\d+/);
});

test('it names no person, file or folder', async () => {
  logProblem('library', new Error("EACCES: permission denied, open '/home/Jörg/interview.mp4'"));
  const text = await diagnosticsText(findings, 'web host', project);
  expect(text).toContain("open '<path>.mp4'");
  for (const name of ['Jörg', 'Änne', 'interview', 'Ann', 'Ben', 'home/', project.folder]) expect(text).not.toContain(name);
});

test('without an open project or problems it says so', async () => {
  process.env['ADATOSK_CONFIG'] = await temporaryFolder();
  const text = await diagnosticsText(findings, 'command line');
  expect(text).toMatch(/== Open project ==\nnone\n/);
  expect(text).toMatch(/== Last problems ==\nnone\n/);
});

test('the file is named by the moment, in characters that every system allows', () => {
  expect(diagnosticsFile(new Date('2026-11-28T07:05:09Z'))).toBe('adatosk-diagnostics-20261128-070509.txt');
});
