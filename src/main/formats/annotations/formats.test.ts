import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { StudioError, toFact } from '../../../shared/app/errors.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { VideoResult, VideoSummary } from '../../../shared/domain/results.ts';
import { writeAtomically } from '../atomic-file.ts';
import { csvLines, PEAKS, SUMMARY, tableText, TIMELINE } from '../tables.ts';

const folder = await temporaryFolder();

const summary: VideoSummary = {
  video: 'a "quoted", name\nwith a line break 试验.mp4',
  sha256: null,
  durationS: 2.000000499,
  frames: 50,
  fps: 25,
  variableRate: false,
  faces: 0,
  faceShare: 0,
  meanConfidence: null,
  peaks: 0,
  secondsTaken: 0.5,
  timesRealTime: 4,
  status: 'done',
  failure: null,
  warnings: [],
};
const result: VideoResult = {
  summary,
  rows: [{ slot: 0, startS: 0.1 + 0.2, endS: 0.5, startFrame: 0, endFrame: 5, faceId: 0, status: 'no_face', faceConfidence: null, box: null, reading: null }],
  peaks: [],
  segments: [],
};

async function text(table: Parameters<typeof tableText>[0], results: VideoResult[]): Promise<string> {
  let all = '';
  for await (const piece of tableText(
    table,
    (async function* () {
      yield* results;
    })(),
  ))
    all += piece;
  return all;
}

describe('tables', () => {
  test('keep names with quotes, commas, line breaks and other scripts', async () => {
    const [row] = parse(await text(SUMMARY, [result]), { columns: true }) as unknown as Record<string, string>[];
    expect(row).toMatchObject({ video: summary.video, sha256: '', duration_s: '2', variable_rate: 'false', status: 'done' });
  });

  test('quote every kind of line break, so that R, pandas and DuckDB read one row', () => {
    expect(csvLines([['a\nb', 'c\rd', 'e\r\nf', 'plain', 1]])).toBe('"a\nb","c\rd","e\r\nf",plain,1\r\n');
  });

  test('have the sentence of a failure, and the ids of warnings in the last column', async () => {
    const failure = toFact(new StudioError('file-empty', { file: 'a.mp4' }));
    const warnings = [notice('video/substituted', { count: 3 }), notice('video/decoder-errors', { count: 1 })];
    const rows = parse(
      await text(SUMMARY, [
        { ...result, summary: { ...summary, status: 'failed', failure } },
        { ...result, summary: { ...summary, warnings } },
      ]),
      { columns: true },
    ) as unknown as Record<string, string>[];
    expect(rows.map(({ error, warnings: ids }) => [error, ids])).toEqual([
      ['a.mp4 is empty (0 bytes). Copy it again from its source. The copy was probably interrupted.', ''],
      ['', 'video/substituted; video/decoder-errors'],
    ]);
    expect(SUMMARY.columns.slice(-3)).toEqual(['status', 'error', 'warnings']);
  });

  test('have empty cells without a face, and times in microseconds', async () => {
    const [row] = parse(await text(TIMELINE, [result]), { columns: true }) as unknown as Record<string, string>[];
    expect(row).toMatchObject({ face_id: '', start_s: '0.3', status: 'no_face', happiness: '', label: '', mask_final: '' });
  });

  test('without rows have a header', async () => {
    expect(await text(PEAKS, [result])).toBe(`${PEAKS.columns.join(',')}\r\n`);
  });
});

describe('an atomic file', () => {
  test('keeps the old file and leaves no temporary file if the writer fails', async () => {
    const path = join(folder, 'table.csv');
    await writeAtomically(path, ['old']);
    const failing = function* (): Generator<string> {
      yield 'half';
      throw new Error('the source broke');
    };
    await expect(writeAtomically(path, failing())).rejects.toMatchObject({ code: 'cannot-write' });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('leaves no temporary file if the writer fails before the file is open', async () => {
    const failing = function* (): Generator<string> {
      throw new Error('the source broke');
    };
    const tries = Array.from({ length: 500 }, (_, i) => writeAtomically(join(folder, `table ${i}.csv`), failing()));
    for (const { status } of await Promise.allSettled(tries)) expect(status).toBe('rejected');
    await wait(100);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('gives an error with path and remedy for a full disk, or if the folder is a file', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(writeAtomically(join(folder, 'file', 'x.csv'), ['a'])).rejects.toMatchObject({
      code: 'cannot-write',
      message: expect.stringContaining('x.csv') as string,
    });
    const full = function* (): Generator<string> {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    };
    await expect(writeAtomically(join(folder, 'y.csv'), full())).rejects.toMatchObject({
      code: 'disk-full',
      remedy: expect.stringMatching(/Free some space/) as string,
    });
  });

  test('has large texts complete and in order', async () => {
    const path = join(folder, 'large.csv');
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i},${'x'.repeat(50)}\n`);
    await writeAtomically(path, lines);
    expect(await readFile(path, 'utf8')).toBe(lines.join(''));
  });

  test('is written into folders that are created for it', async () => {
    await mkdir(join(folder, 'made'), { recursive: true });
    await chmod(join(folder, 'made'), 0o755);
    await writeAtomically(join(folder, 'made', 'deep', 'z.csv'), ['z']);
    expect(await readFile(join(folder, 'made', 'deep', 'z.csv'), 'utf8')).toBe('z');
  });
});
