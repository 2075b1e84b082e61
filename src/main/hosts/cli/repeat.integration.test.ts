import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../../../testing/command.ts';
import { ffmpeg, ONE_FACE, temporaryFolder } from '../../../../testing/videos.ts';

const folder = await temporaryFolder();
const at = (...names: string[]): string => join(folder, ...names);

test('a run is repeated by its run.json with equal tables; a changed value and another file are found', async () => {
  await ffmpeg('-i', ONE_FACE, '-t', '3', '-c:v', 'libx264', '-preset', 'ultrafast', at('a.mp4'));
  await copyFile(at('a.mp4'), at('b.mp4'));
  const first = await command('analyze', at('a.mp4'), at('b.mp4'), '--out', at('first'), '--device', 'cpu', '--peak-height', '0.3', '--to', '2');
  expect(first.code).toBe(0);
  const record = JSON.parse(await readFile(at('first', 'run.json'), 'utf8')) as Record<string, unknown>;
  expect(record).toMatchObject({
    system: { node: process.versions.node, ffmpeg: expect.stringMatching(/^ffmpeg version/) as string, onnxruntime: expect.stringMatching(/^1\./) as string },
    sources: { paths: [at('a.mp4'), at('b.mp4')], list: null },
    inputs: [
      { video: 'a.mp4', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      { video: 'b.mp4', sha256: expect.any(String) as string },
    ],
  });
  expect(record['command']).toContain('--peak-height');

  expect((await command('analyze', '--config', at('first', 'run.json'), '--out', at('second'))).code).toBe(0);
  const same = await command('compare', at('first'), at('second'), '--json');
  expect(same).toMatchObject({ code: 0, json: { equal: true, settings: [] } });

  const timeline = await readFile(at('second', 'timeline.csv'), 'utf8');
  const column = timeline.split('\r\n', 1)[0]!.split(',').indexOf('mask_final');
  const withMore = (row: string): string =>
    row
      .split(',')
      .map((cell, i) => (i === column ? String(Number(cell) + 0.25) : cell))
      .join(',');
  await writeFile(at('second', 'timeline.csv'), timeline.replace(/^b\.mp4,1,0,[^\r\n]*/m, withMore));
  const changed = await command('compare', at('first'), at('second'), '--json');
  expect(changed).toMatchObject({ code: 1, json: { equal: false } });
  const [table] = changed.json['tables'] as { differing: number; largest: Record<string, number>; examples: string[] }[];
  expect(table).toMatchObject({ differing: 1, largest: { mask_final: expect.closeTo(0.25, 6) as number }, examples: ['b.mp4 1 0'] });
  expect((await command('compare', at('first'), at('second'), '--tolerance', '0.26', '--json')).json['equal']).toBe(true);

  await ffmpeg('-i', ONE_FACE, '-ss', '1', '-t', '3', '-c:v', 'libx264', '-preset', 'ultrafast', '-y', at('b.mp4'));
  const again = await command('analyze', '--config', at('first', 'run.json'), '--out', at('third'));
  expect(again.stderr).toMatch(/b\.mp4 is not the file of the run that is repeated/);
  expect(again.stderr).not.toMatch(/a\.mp4 is not the file/);
  const other = await command('analyze', '--config', at('first', 'run.json'), '--out', at('x'), '--peak-height', '0.2');
  expect(other).toMatchObject({ code: 2 });
  expect(other.stderr).toMatch(/--peak-height/);
  await writeFile(at('old.json'), JSON.stringify({ ...record, sources: undefined }));
  expect((await command('analyze', '--config', at('old.json'), '--out', at('x'))).stderr).toMatch(/does not describe a run that can be repeated/);
});
