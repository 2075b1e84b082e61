import { step } from '../../shared/annotation/steps.ts';
import { describe, expect, test } from 'vitest';
import { FILE, RECORD, someResult, someRow, timing } from '../../../testing/results.ts';
import { furnish, makeProject, someSegment } from '../../../testing/project.ts';
import { ACTION_UNITS } from '../../shared/domain/action-units.ts';
import { columnsOf, hasUnits, seriesOf } from '../../shared/domain/timeline-columns.ts';
import type { VideoResult } from '../../shared/domain/results.ts';
import { TimingTable } from '../../shared/domain/time.ts';
import { tableText, TABLES } from '../formats/tables.ts';
import { listVideos } from './library.ts';
import { applyEdit } from './edits.ts';
import { packTimes, unpackTimes } from './store/packed-times.ts';
import { packTimeline, unpackColumns, unpackTimeline } from './store/packed-timeline.ts';
import { beginRun, endRun, hasResult, listRuns, readResult, readTiming, recordResult, unfinishedRun } from './recorded-results.ts';

async function textOf(result: VideoResult): Promise<string> {
  async function* results(): AsyncGenerator<VideoResult> {
    yield await Promise.resolve(result);
  }
  let text = '';
  for (const table of TABLES) for await (const piece of tableText(table, results())) text += String(piece);
  return text;
}

describe('a stored result', () => {
  test('gives exactly the tables that the analysis wrote', async () => {
    const { db, close } = await makeProject();
    const run = beginRun(db, RECORD);
    const result = someResult('a.mp4');
    recordResult(db, run, FILE, result, timing());
    endRun(db, run, RECORD);
    expect(listRuns(db)).toMatchObject([{ id: run, videos: 1 }]);
    const video = db.row(db.sql.selectFrom('video').select('id'))!.id;
    expect(await textOf(readResult(db, run, video)!)).toBe(await textOf(result));
    close();
  });

  test.each([
    ['failed', { failure: { id: 'earlier-version', parameters: { text: 'It is cut off.' } }, warnings: [] }],
    ['done', { failure: null, warnings: [{ id: 'earlier-version', parameters: { text: 'It is cut off.' } }] }],
  ] as const)('of an older version keeps its sentence: a video that is %s', async (status, facts) => {
    const { db, close } = await makeProject();
    const run = beginRun(db, RECORD);
    recordResult(db, run, FILE, someResult('a.mp4'), timing());
    const { failure, warnings, ...rest } = someResult('a.mp4').summary;
    db.run(db.sql.updateTable('result').set({ summary: JSON.stringify({ ...rest, status, error: 'It is cut off.' }) }));
    expect([failure, warnings]).toEqual([null, []]);
    expect(readResult(db, run, listVideos(db)[0]!.id)!.summary).toMatchObject({ status, ...facts });
    expect(listVideos(db)[0]!.analysed).toMatchObject({ status, ...facts });
    close();
  });

  test('of a second run gets its own layer; labels of coders and the first run do not change', async () => {
    const project = await makeProject();
    const { db } = project;
    const { ann, annLayer } = furnish(project);
    applyEdit(db, { coderId: ann, step: step('other', { text: 'Label' }), rows: [{ table: 'segment', kind: 'insert', row: someSegment(annLayer, 3) }] });
    const first = beginRun(db, RECORD);
    recordResult(db, first, FILE, someResult('a.mp4'), timing());
    const before = db.rows(db.sql.selectFrom('segment').selectAll().orderBy('id'));
    const second = beginRun(db, RECORD);
    recordResult(db, second, FILE, someResult('a.mp4'), null);
    const after = db.rows(db.sql.selectFrom('segment').selectAll().orderBy('id'));
    expect(after.filter(({ id }) => before.some((row) => row.id === id))).toEqual(before);
    expect(after).toHaveLength(before.length + 1);
    expect(db.rows(db.sql.selectFrom('video').select('id').where('path', '=', FILE.path))).toHaveLength(1);
    project.close();
  });

  test('of a video with the clock of version 0.1 is moved to that clock, with its timing table; other videos have the new clock', async () => {
    const { db, close } = await makeProject();
    const result = someResult('a.mp4');
    const late = timing().movedBy(-1.4);
    recordResult(db, beginRun(db, RECORD), FILE, result, timing());
    const { id: video } = db.onlyRow(db.sql.selectFrom('video').select('id'));
    db.run(db.sql.insertInto('file_clock').values({ video_id: video }));
    const again = beginRun(db, RECORD);
    recordResult(db, again, FILE, result, late);
    const stored = readResult(db, again, video)!;
    expect(readTiming(db, video)!.start).toBeCloseTo(1.4, 6);
    expect(stored.rows.map(({ startS }) => startS)).toEqual(result.rows.map(({ startS }) => expect.closeTo(startS + 1.4, 5) as number));
    expect(stored.peaks[0]).toMatchObject({ onsetS: expect.closeTo(2.8, 5), apexS: expect.closeTo(3.3, 5), offsetS: expect.closeTo(3.7, 5) });
    expect(stored.segments[0]!.startS).toBeCloseTo(result.segments[0]!.startS + 1.4, 5);
    const other = beginRun(db, RECORD);
    recordResult(db, other, { ...FILE, path: '/videos/b.mp4', name: 'b.mp4' }, result, late);
    const { id } = db.onlyRow(db.sql.selectFrom('video').select('id').where('name', '=', 'b.mp4'));
    expect([readTiming(db, id)!.start, readTiming(db, id)!.findings.origin]).toEqual([0, 1.4]);
    expect(readResult(db, other, id)!.rows[0]!.startS).toBe(result.rows[0]!.startS);
    close();
  });

  test('of a moved video belongs to the missing video with the same hash', async () => {
    const { db, close } = await makeProject();
    const run = beginRun(db, RECORD);
    recordResult(db, run, FILE, someResult('a.mp4'), timing());
    db.run(db.sql.updateTable('video').set({ missing: 1 }));
    recordResult(db, beginRun(db, RECORD), { ...FILE, path: '/elsewhere/a.mp4' }, someResult('a.mp4'), null);
    expect(db.rows(db.sql.selectFrom('video').select(['path', 'missing']))).toEqual([{ path: '/elsewhere/a.mp4', missing: 0 }]);
    close();
  });

  test('of a killed run can be continued', async () => {
    const { db, close } = await makeProject();
    const run = beginRun(db, RECORD);
    recordResult(db, run, FILE, someResult('a.mp4'), timing());
    expect(unfinishedRun(db, RECORD)).toBe(run);
    expect(unfinishedRun(db, { ...RECORD, options: { tokenBudget: 1 } })).toBeUndefined();
    expect(unfinishedRun(db, { ...RECORD, analysisVersion: 99 })).toBeUndefined();
    expect([hasResult(db, run, FILE.path), hasResult(db, run, '/other.mp4')]).toEqual([true, false]);
    endRun(db, run, RECORD);
    expect(unfinishedRun(db, RECORD)).toBeUndefined();
    close();
  });
});

describe('packed columns', () => {
  test('of a timeline keep the precision of the tables', () => {
    const rows = [someRow(3, 0), someRow(3, 1, { box: null, reading: null, status: 'no_face', faceConfidence: null })];
    expect(unpackColumns(packTimeline(rows))).toEqual(columnsOf(unpackTimeline(packTimeline(rows), 3)));
    const [first, second] = unpackTimeline(packTimeline(rows), 3);
    expect(first!.reading!.probabilities[0]).toBeCloseTo(rows[0]!.reading!.probabilities[0]!, 6);
    expect(first!.box!.y).toBeCloseTo(-6.7, 10);
    expect(second).toMatchObject({ faceId: 3, slot: 1, status: 'no_face', box: null, reading: null, faceConfidence: null });
    expect(() => unpackTimeline(packTimeline(rows).subarray(0, 40), 3)).toThrow();
  });

  test('of a timeline with action units have them after the other series', () => {
    const units = ACTION_UNITS.map((_, i) => (i === 1 ? null : i / 23));
    const plain = someRow(3, 1);
    const rows = [someRow(3, 0, { unusual: [] }), { ...plain, reading: { ...plain.reading!, actionUnits: units }, pose: null, unusual: null }];
    const packed = packTimeline(rows);
    const [first, second] = unpackTimeline(packed, 3);
    expect(first!.reading!.actionUnits).toBeUndefined();
    expect(first).toMatchObject({ pose: { yaw: -6.7, pitch: 3.3, roll: 0 }, unusual: [] });
    expect(second).toMatchObject({ pose: null, unusual: null });
    second!.reading!.actionUnits!.forEach((value, i) => (i === 1 ? expect(value).toBeNull() : expect(value).toBeCloseTo(i / 23, 6)));
    const columns = unpackColumns(packed);
    expect(columns).toEqual(columnsOf(unpackTimeline(packed, 3)));
    expect(hasUnits(columns)).toBe(true);
    expect(hasUnits(unpackColumns(packTimeline([plain])))).toBe(false);
    expect(seriesOf(columns, 'au45_intensity')[1]).toBeCloseTo(22 / 23, 6);
    expect([...seriesOf(unpackColumns(packTimeline([plain])), 'au45_intensity')]).toEqual([NaN]);
  });

  test('of an hour with a constant rate are small, and times are exact to the microsecond', () => {
    const table = new TimingTable(
      Float64Array.from({ length: 108_000 }, (_, i) => 3600 + i / 30),
      1 / 30,
      { duplicateTimestamps: 0, missingTimestamps: 0, tick: 1 / 90000 },
    );
    const { packed, facts } = packTimes(table);
    expect(packed.byteLength).toBeLessThan(60_000);
    const again = unpackTimes(packed, facts);
    expect(Math.max(...again.pts.map((pts, i) => Math.abs(pts - table.pts[i]!)))).toBeLessThan(5.1e-7);
    expect(again.findings).toEqual(table.findings);
    const variable = unpackTimes(...(Object.values(packTimes(timing())) as [Uint8Array, string]));
    expect(variable.findings).toMatchObject({ duplicateTimestamps: 1, missingTimestamps: 2 });
  });

  test('are stored without changes', async () => {
    const { db, close } = await makeProject();
    recordResult(db, beginRun(db, RECORD), FILE, someResult('a.mp4'), timing());
    const video = db.row(db.sql.selectFrom('video').select('id'))!.id;
    expect(readTiming(db, video)!.frames).toBe(126);
    close();
  });
});
