import { step } from '../../../shared/annotation/steps.ts';
import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import readSheets from 'read-excel-file/node';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeProject, someSegment } from '../../../../testing/project.ts';
import { FILE, RECORD, someResult, timing } from '../../../../testing/results.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { UNLABELLED } from '../../../shared/statistics/agreement/layers.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { ExportFormat, ProjectFormat, VideoFormatName } from '../../../shared/domain/export-formats.ts';
import { EXPORT_FORMATS, isProjectFormat, isVideoFormat, PROJECT_FORMATS } from '../../../shared/domain/export-formats.ts';
import { applyEdit, newId, undo } from '../../project/edits.ts';
import { allVideos } from '../../project/library.ts';
import { beginRun, recordResult } from '../../project/recorded-results.ts';
import { addCoder } from '../../project/review.ts';
import { insertSignal } from '../../project/signals.ts';
import { SeriesPacker } from '../../project/store/packed-series.ts';
import { writeAnnotations } from './exchange-annotations.ts';
import { writeProject } from './export-project.ts';
import { ExportProgress } from './export-tables.ts';
import { importLabels } from './import-labels.ts';
import { methodsFacts, methodsText } from './methods.ts';
import { projectFigures } from './project-figures.ts';
import { filesToReplace } from './replaced-files.ts';

const project = await makeProject();
const { db } = project;
recordResult(db, beginRun(db, { ...RECORD, warnings: ['not validated'] }), FILE, someResult('a.mp4'), timing());
const [video] = allVideos(db);
const ann = addCoder(db, 'Ann "A", 😀');
const [layer, person] = [newId(), newId()];
applyEdit(db, {
  coderId: ann.id,
  step: step('other', { text: 'test' }),
  rows: [
    { table: 'participant', kind: 'insert', row: { id: person, code: 'P, 1', condition: 'stress "high"', note: '', attributes: '{}' } },
    { table: 'video', kind: 'update', id: video!.id, revision: video!.revision, set: { participant_id: person } },
    { table: 'face_participant', kind: 'insert', row: { id: newId(), video_id: video!.id, face_id: 1, participant_id: person, condition: '' } },
    {
      table: 'layer',
      kind: 'insert',
      row: { id: layer, video_id: video!.id, kind: 'coder', coder_id: ann.id, run_id: null, scheme_id: 'seven-expressions', created_at: 'now' },
    },
    { table: 'segment', kind: 'insert', row: someSegment(layer, 1.5, { label: 'fear', end_s: 2.5 }) },
    { table: 'segment', kind: 'insert', row: someSegment(layer, 3, { label: 'anger', end_s: 3.5, face_id: 2 }) },
  ],
});

/** 100 Hz, from 0.5 s of the video. */
const packer = new SeriesPacker(1);
for (let i = 0; i < 400; i++) packer.push(i / 100, [i]);
insertSignal(db, { videoId: video!.id, name: 'EDA', unit: 'µS', source: 'eda.csv', offsetS: 0.5 }, packer.finish()[0]!);

type Row = Record<string, string>;
async function exported(
  format: ProjectFormat,
  layers: readonly string[] = [],
): Promise<{ out: string; files: string[]; table: (name: string) => Promise<Row[]> }> {
  const out = await temporaryFolder();
  const { files } = await writeProject(db, { format, run: null, layers }, out);
  const table = async (name: string): Promise<Row[]> => parse(await readFile(join(out, name)), { columns: true }) as unknown as Row[];
  return { out, files, table };
}

describe('an export', () => {
  test.each(PROJECT_FORMATS)('%s: a strict parser reads the tables, and the data dictionary describes each column', async (format) => {
    const { files, table } = await exported(format);
    expect(files.length).toBeGreaterThan(0);
    const csv = files.map((file) => basename(file)).filter((file) => file.endsWith('.csv') && file !== 'data-dictionary.csv' && !file.includes('openface'));
    for (const file of csv) {
      const [first] = await table(file);
      const described = (await table('data-dictionary.csv')).filter((row) => row['table'] === file);
      expect(described.map(({ column }) => column)).toEqual(Object.keys(first!));
      for (const { meaning, type } of described) expect([meaning !== '', /^(text|integer|number|boolean)$/.test(type!)]).toEqual([true, true]);
    }
  });

  test('labels: all layers or the selected one, with their origin and with frame numbers', async () => {
    const rows = await (await exported('labels')).table('labels.csv');
    expect(rows.map(({ layer: whose, label }) => [whose, label])).toEqual([
      ['model', 'anger'],
      ['Ann "A", 😀', 'fear'],
      ['Ann "A", 😀', 'anger'],
    ]);
    expect(rows[1]).toMatchObject({ participant: 'P, 1', condition: 'stress "high"', face_id: '1', start_s: '1.5', end_s: '2.5', confidence: '' });
    const pts = timing().pts;
    expect(Number(rows[1]!['start_frame'])).toBe(pts.findIndex((at) => at >= 1.5 - 1e-6));
    expect(await (await exported('labels', ['model'])).table('labels.csv')).toHaveLength(1);
    await expect(exported('labels', ['Nobody'])).rejects.toMatchObject({ code: 'wrong-usage' });
  });

  test('can be limited to videos by name or id; unknown videos give an error', async () => {
    const out = await temporaryFolder();
    const chosen = (videos: readonly string[]) => writeProject(db, { format: 'labels', run: null, layers: [], videos }, out);
    expect((await chosen(['a.mp4'])).files.length).toBe(6);
    await expect(chosen(['b.mp4'])).rejects.toMatchObject({ code: 'wrong-usage' });
  });

  test('signals: a row for each slot of the timeline with the mean of its samples, the offset applied', async () => {
    const { table } = await exported('signals');
    const [rows, timeline] = [await table('signals.csv'), await (await exported('tables')).table('timeline.csv')];
    const slots = [...new Map(timeline.map((row) => [row['slot'], row])).values()];
    expect(rows.map(({ slot, start_s, end_s }) => [slot, start_s, end_s])).toEqual(slots.map(({ slot, start_s, end_s }) => [slot, start_s, end_s]));
    for (const { start_s, end_s, value, samples, signal, unit, signal_file } of rows) {
      const within = Array.from({ length: 400 }, (_, i) => i).filter((i) => 50 + i >= Number(start_s) * 100 - 1e-6 && 50 + i < Number(end_s) * 100 - 1e-6);
      expect(Number(samples)).toBe(within.length);
      if (within.length === 0) expect(value).toBe('');
      else expect(Number(value)).toBeCloseTo(within.reduce((sum, each) => sum + each, 0) / within.length, 9);
      expect([signal, unit, signal_file]).toEqual(['EDA', 'µS', 'eda.csv']);
    }
    expect(rows.filter(({ value }) => value !== '').length).toBeGreaterThan(2);
  });

  test('signals: a project without any is an error', async () => {
    const empty = await makeProject();
    recordResult(empty.db, beginRun(empty.db, RECORD), FILE, someResult('a.mp4'), timing());
    await expect(writeProject(empty.db, { format: 'signals', run: null, layers: [] }, await temporaryFolder())).rejects.toMatchObject({
      id: 'wrong-usage/no-signals',
    });
    empty.close();
  });

  test('frames: the long and the wide table have the same labels', async () => {
    const { table } = await exported('frames');
    const [long, wide] = [await table('frames_long.csv'), await table('frames_wide.csv')];
    expect(wide).toHaveLength(126);
    expect(Object.keys(wide[0]!).slice(4)).toEqual(['Ann "A", 😀 face 1', 'Ann "A", 😀 face 2', 'model face 1']);
    expect(long).toHaveLength(3 * 126);
    for (const { frame, layer: whose, face_id, label } of long) expect(wide[Number(frame)]![`${whose} face ${face_id}`]).toBe(label);
    const fear = wide.filter((row) => row['Ann "A", 😀 face 1'] === 'fear').map(({ time_s }) => Number(time_s));
    expect(Math.min(...fear)).toBeGreaterThanOrEqual(1.5 - 1e-6);
    expect(Math.max(...fear)).toBeLessThan(2.5);
    expect(fear.length).toBe(timing().pts.filter((at) => at >= 1.5 - 1e-6 && at < 2.5).length);
  });

  test('frames: labels of a face that overlap are all there', async () => {
    const row = someSegment(layer, 2, { label: 'surprise', end_s: 4 });
    applyEdit(db, { coderId: ann.id, step: step('other', { text: 'test' }), rows: [{ table: 'segment', kind: 'insert', row }] });
    const { table } = await exported('frames', ['Ann "A", 😀']);
    undo(db, ann.id);
    const [long, wide] = [await table('frames_long.csv'), await table('frames_wide.csv')];
    const framesWithin = (from: number, to: number): number => timing().pts.filter((at) => at >= from - 1e-6 && at < to).length;
    const counts = (label: string): number => long.filter((each) => each['label'] === label).length;
    expect([counts('fear'), counts('surprise')]).toEqual([framesWithin(1.5, 2.5), framesWithin(2, 4)]);
    expect(wide.filter((each) => each['Ann "A", 😀 face 1 lane 2'] === 'surprise')).toHaveLength(framesWithin(2, 4));
    expect(wide.filter((each) => each['Ann "A", 😀 face 1'] === 'fear')).toHaveLength(framesWithin(1.5, 2.5));
  });

  test('statistics: one row per face and label, and per participant; a face without one is a row of its own', async () => {
    const { table } = await exported('statistics', ['Ann "A", 😀']);
    const faces = await table('statistics_faces.csv');
    const fear = faces.find(({ face_id, label }) => face_id === '1' && label === 'fear')!;
    // The face is visible in 20 slots of 0.2 s.
    expect(fear).toMatchObject({ observed_s: '4', seconds: '1', share: '0.25', count: '1', per_minute: '15', mean_duration_s: '1' });
    // The video starts at 1.4 s. Ann marks no peaks in the project: their number is not known.
    expect(fear).toMatchObject({ first_latency_s: '0.1', peaks: '', peaks_per_minute: '', first_peak_s: '', mean_intensity: '' });
    const people = await table('statistics_participants.csv');
    const [of, other] = people.filter(({ label }) => label === 'fear');
    expect(of).toMatchObject({
      participant: 'P, 1',
      condition: 'stress "high"',
      videos: '1',
      faces: '1',
      observed_s: '4',
      seconds: '1',
      share: '0.25',
      video: '',
    });
    expect(other).toMatchObject({ participant: '', videos: '1', faces: '1', observed_s: '4', seconds: '0', video: 'a.mp4', face_id: '2' });
    const model = await (await exported('statistics', ['model'])).table('statistics_faces.csv');
    const sum = model.filter(({ face_id }) => face_id === '1').reduce((total, row) => total + Number(row['mean_intensity']), 0);
    expect(sum).toBeCloseTo(1, 4);
  });

  test('statistics by group of labels: time and probability of all labels of a group together', async () => {
    const { table } = await exported('statistics', ['model']);
    const [groups, labels] = [await table('statistics_groups.csv'), await table('statistics_participants.csv')];
    const of = (rows: Row[], column: string, name: string): Row => rows.find((row) => row['participant'] === 'P, 1' && row[column] === name)!;
    const negative = of(groups, 'label_group', 'negative');
    expect(negative).toMatchObject({ observed_s: '4', seconds: of(labels, 'label', 'anger')['seconds'], count: '1' });
    const sum = ['sadness', 'anger', 'disgust', 'fear'].reduce((total, name) => total + Number(of(labels, 'label', name)['mean_intensity']), 0);
    expect(Number(negative['mean_intensity'])).toBeCloseTo(sum, 4);
    expect(groups.some((row) => row['label_group'] === 'neutral' || row['label_group'] === '')).toBe(false);
  });

  test('a report is one page without scripts and addresses, with the names as text', async () => {
    const { out } = await exported('report');
    const page = await readFile(join(out, 'report.html'), 'utf8');
    for (const part of ['Sample', 'Quality', 'Time by expression', 'Agreement', 'Methods', 'not validated', 'a.mp4']) expect(page).toContain(part);
    expect(page).toContain('<td>P, 1</td>');
    expect(page).not.toMatch(/<script|src=|href=|http:|https:|unitS/);
  });

  test('the methods paragraph states what was recorded', () => {
    const text = methodsText(methodsFacts(db));
    for (const part of [RECORD.model.id, RECORD.model.sha256, 'not validated', '1 video of 1 participant', 'Labels of 1 coder', 'not measurements of emotions'])
      expect(text).toContain(part);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
    expect(methodsText({ run: RECORD, project: null })).not.toContain('The sample');
  });

  test('Parquet files have the values of the CSV files, column types and the warnings', async () => {
    const [csv, parquet] = [await exported('tables'), await exported('parquet')];
    for (const name of ['timeline', 'peaks', 'segments', 'summary']) {
      const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(parquet.out, `${name}.parquet`)) });
      const expected = await csv.table(`${name}.csv`);
      expect(rows).toHaveLength(expected.length);
      rows.forEach((row, i) => {
        for (const [column, text] of Object.entries(expected[i]!)) {
          const value = row[column] as string | number | boolean | null | undefined;
          expect(value === null || value === undefined ? '' : typeof value === 'number' ? value : String(value)).toBe(
            typeof value === 'number' ? Number(text) : text,
          );
        }
      });
    }
    const [first] = await parquetReadObjects({ file: await asyncBufferFromFile(join(parquet.out, 'timeline.parquet')) });
    expect([typeof first!['slot'], typeof first!['start_s'], typeof first!['label']]).toEqual(['number', 'number', 'string']);
    expect((await readFile(join(parquet.out, 'peaks.parquet'))).includes('not validated')).toBe(true);
  });

  test('logs in the layouts of OpenFace and FaceReader: one row per frame, known columns only', async () => {
    const open = await exported('openface');
    expect(open.files.map((file) => basename(file))).toEqual(['a.openface.csv', 'a face 2.openface.csv']);
    const rows = await open.table('a.openface.csv');
    expect(rows).toHaveLength(126);
    expect(Object.keys(rows[0]!).slice(0, 5)).toEqual(['frame', 'face_id', 'timestamp', 'confidence', 'success']);
    expect([rows[0]!['frame'], rows[0]!['timestamp'], rows[0]!['success'], rows[125]!['success']]).toEqual(['1', '1.400', '1', '0']);
    const reader = await exported('facereader');
    const detailed = (await readFile(join(reader.out, 'a_detailed.txt'), 'utf8')).split('\r\n');
    expect(detailed[0]).toBe('Video analysis detailed log');
    expect(detailed[10]!.split('\t')).toEqual(['Video Time', 'Neutral', 'Happy', 'Sad', 'Angry', 'Surprised', 'Scared', 'Disgusted']);
    expect(detailed).toHaveLength(11 + 126 + 1);
    expect(detailed[11]).toMatch(/^00:00:01\.400\t0\.\d{6}\t/);
    expect(detailed.at(-2)!.split('\t').slice(1)).toEqual(new Array(7).fill('FIND_FAILED'));
    const state = (await readFile(join(reader.out, 'a_state.txt'), 'utf8')).split('\r\n');
    expect([state[0], state[10], state.at(-2)!.split('\t')[1]]).toEqual(['Video analysis state log', 'Video Time\tDominant Expression', 'Unknown']);
  });
});

test('an ELAN file links a table of the curves of the model: one row per slot, one column per series and face', async () => {
  const out = await temporaryFolder();
  const { files } = await writeAnnotations(db, 'eaf', [], [], out);
  expect(files.map((file) => basename(file))).toEqual(['a.eaf', 'a_signals.csv']);
  expect(await readFile(files[0]!, 'utf8')).toContain('RELATIVE_LINK_URL="./a_signals.csv"');
  const rows = parse(await readFile(files[1]!), { columns: true }) as unknown as Row[];
  expect(rows).toHaveLength(20);
  expect(Object.keys(rows[0]!)).toHaveLength(1 + 2 * 17);
  expect(Number(rows[3]!['time_s'])).toBeCloseTo(1.4 + 3.5 / 5, 6);
  const sum = EXPRESSIONS.reduce((total, name) => total + Number(rows[3]![`face 2 ${name}`]), 0);
  expect(sum).toBeCloseTo(1, 3);
  // An export of a coder's layer only has no curves.
  expect((await writeAnnotations(db, 'eaf', ['Ann "A", 😀'], [], out)).files).toHaveLength(1);
});

test('figures for plots: by video, by participant, and a confusion matrix of two layers', () => {
  const figures = projectFigures(db, { layer: 'model', against: 'Ann "A", 😀' });
  expect(figures).toMatchObject({ faces: 2, labels: [...EXPRESSIONS] });
  expect(figures.participants.map(({ participant, video: name, face }) => [participant, name, face])).toEqual([
    ['P, 1', '', null],
    ['', 'a.mp4', 2],
  ]);
  expect(figures.videos.map(({ video: name, face }) => [name, face])).toEqual([
    ['a.mp4', 1],
    ['a.mp4', 2],
  ]);
  expect(figures.all.find(({ label }) => label === 'anger')).toMatchObject({ count: 1, seconds: expect.closeTo(1, 9) as number });
  expect(figures.curves.find(({ label }) => label === 'fear')!.points.length).toBeGreaterThan(3);
  const { labels, counts } = figures.confusion!;
  // Face 1: the model has anger from 1.4 to 2.4 s, Ann has fear from 1.5 to 2.5 s. The unit is 0.1 s.
  expect(counts[labels.indexOf('anger')]![labels.indexOf('fear')]).toBe(9);
  expect(counts[labels.indexOf('anger')]![labels.indexOf(UNLABELLED)]).toBe(1);
  expect(counts[labels.indexOf(UNLABELLED)]![labels.indexOf('fear')]).toBe(1);
  expect(() => projectFigures(db, { layer: 'Nobody', against: null })).toThrow(expect.objectContaining({ id: 'wrong-usage/nothing-of-layer' }));
});

describe('a project with several runs, and two videos of one name', async () => {
  const other = await makeProject();
  const results = { '/a/smile.mp4': 'smile.mp4', '/b/smile.mp4': 'smile.mp4' };
  const [first, second] = [RECORD, { ...RECORD, model: { ...RECORD.model, id: 'another' }, start: '2026-11-25T10:00:00.000Z', warnings: ['weak'] }].map(
    (record) => beginRun(other.db, record),
  );
  for (const [path, name] of Object.entries(results)) recordResult(other.db, first!, { ...FILE, path, name }, someResult(name), timing());
  // Only the second video was analysed again.
  recordResult(other.db, second!, { ...FILE, path: '/b/smile.mp4', name: 'smile.mp4' }, someResult('smile.mp4'), timing());
  const ids = new Map(allVideos(other.db).map(({ path, id }) => [path, id]));

  test('the tables have the newest result of each video, and keep the videos apart', async () => {
    const out = await temporaryFolder();
    const { files, losses } = await writeProject(other.db, { format: 'tables', run: null, layers: [] }, out);
    const table = async (name: string): Promise<Row[]> => parse(await readFile(join(out, name)), { columns: true }) as unknown as Row[];
    for (const name of ['summary.csv', 'timeline.csv', 'peaks.csv', 'segments.csv']) {
      const found = new Set((await table(name)).map(({ video: own, path, video_id, run_id }) => JSON.stringify([own, path, video_id, run_id])));
      expect([...found].sort()).toEqual(
        [
          ['smile.mp4', '/a/smile.mp4', ids.get('/a/smile.mp4'), first],
          ['smile.mp4', '/b/smile.mp4', ids.get('/b/smile.mp4'), second],
        ].map((each) => JSON.stringify(each)),
      );
    }
    expect(await table('timeline.csv')).toHaveLength(2 * someResult('').rows.length);
    expect(losses).toEqual([{ id: 'export/several-runs', parameters: { count: 2 } }]);
    expect(files.map((file) => basename(file))).toContain('runs.json');
    const runs = JSON.parse(await readFile(join(out, 'runs.json'), 'utf8')) as { run_id: string; model: { id: string } }[];
    expect(runs.map(({ run_id, model }) => [run_id, model.id])).toEqual([
      [second, 'another'],
      [first, 'adatosk-tiny'],
    ]);
  });

  test('Parquet files and logs too; a named run has its results only', async () => {
    const out = await temporaryFolder();
    await writeProject(other.db, { format: 'parquet', run: null, layers: [] }, out);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(out, 'summary.parquet')) });
    expect(rows.map(({ path, run_id }) => [path, run_id])).toEqual([
      ['/a/smile.mp4', first],
      ['/b/smile.mp4', second],
    ]);
    const logs = await writeProject(other.db, { format: 'openface', run: null, layers: [] }, await temporaryFolder());
    expect(logs.files.map((file) => basename(file))).toEqual([
      'smile.openface.csv',
      'smile face 2.openface.csv',
      'smile (2).openface.csv',
      'smile (2) face 2.openface.csv',
    ]);
    const one = await temporaryFolder();
    const { losses } = await writeProject(other.db, { format: 'tables', run: second!, layers: [] }, one);
    const summary = parse(await readFile(join(one, 'summary.csv')), { columns: true }) as unknown as Row[];
    expect([summary.map(({ path }) => path), losses]).toEqual([['/b/smile.mp4'], []]);
  });
});

describe('a workbook', async () => {
  const own = await makeProject();
  const run = beginRun(own.db, { ...RECORD, warnings: ['not validated'] });
  recordResult(own.db, run, FILE, someResult('a.mp4'), timing());
  const [only] = allVideos(own.db);
  const [bea, layerOfBea, row] = [addCoder(own.db, 'Bea'), newId(), newId()];
  const at = '2026-11-24T10:00:00.000Z';
  applyEdit(own.db, {
    coderId: bea.id,
    step: step('other', { text: 'test' }),
    rows: [
      {
        table: 'layer',
        kind: 'insert',
        row: { id: layerOfBea, video_id: only!.id, kind: 'coder', coder_id: bea.id, run_id: null, scheme_id: 'seven-expressions', created_at: 'now' },
      },
      { table: 'segment', kind: 'insert', row: someSegment(layerOfBea, 1.5, { label: '=fear()', end_s: 2.5 }) },
      { table: 'note', kind: 'insert', row: { id: newId(), video_id: only!.id, coder_id: bea.id, at_s: 2.25, text: 'looks away', made_at: at } },
      {
        table: 'decision',
        kind: 'insert',
        row: {
          ...{ id: row, video_id: only!.id, coder_id: bea.id, kind: 'rejected', proposal_id: 'p1', label: 'anger' },
          ...{ face_id: 1, start_s: 3, end_s: 3.5, made_at: at },
        },
      },
    ],
  });
  const tablesIn = async (folder: string, file: string): Promise<Row[]> => parse(await readFile(join(folder, file)), { columns: true }) as unknown as Row[];

  test('has the tables of the CSV exports with the same values, notes, decisions, runs and the data dictionary', async () => {
    const out = await temporaryFolder();
    const { files, losses } = await writeProject(own.db, { format: 'xlsx', run: null, layers: [] }, out);
    expect(files).toEqual([join(out, 'results.xlsx')]);
    expect(losses.map(({ id }) => id)).toContain('verbatim');
    const sheets = new Map((await readSheets(files[0]!)).map(({ sheet, data }) => [sheet, data]));
    expect([...sheets.keys()].sort()).toEqual(
      [
        ...['data-dictionary', 'decisions', 'label_peaks', 'labels', 'notes', 'peaks', 'runs', 'segments'],
        ...['statistics_faces', 'statistics_groups', 'statistics_participants', 'summary', 'timeline'],
      ].sort(),
    );
    for (const format of ['tables', 'labels', 'statistics'] as const) {
      const folder = await temporaryFolder();
      await writeProject(own.db, { format, run: null, layers: [] }, folder);
      const names = (await readdir(folder)).filter((name) => name.endsWith('.csv') && name !== 'data-dictionary.csv');
      for (const name of names) {
        const [head, ...rows] = sheets.get(name.replace('.csv', ''))!;
        const expected = await tablesIn(folder, name);
        expect(rows).toHaveLength(expected.length);
        const texts = rows.map((cells) => Object.fromEntries(head!.map((column, i) => [column, cells[i] === null ? '' : String(cells[i])])));
        expect(texts).toEqual(expected);
      }
    }
    const timeline = sheets.get('timeline')!;
    expect(typeof timeline[1]![timeline[0]!.indexOf('happiness')]).toBe('number');
    expect(sheets.get('notes')!.slice(1)).toEqual([['a.mp4', 'Bea', 2.25, 'looks away', at, only!.id, only!.path]]);
    const [decisionColumns, decision] = sheets.get('decisions')!;
    const named = Object.fromEntries(decisionColumns!.map((column, i) => [column, decision![i]]));
    expect(named).toMatchObject({ coder: 'Bea', decision: 'rejected', label: 'anger', face_id: 1, start_s: 3, end_s: 3.5, proposal_id: 'p1' });
    expect(sheets.get('runs')![1]!.slice(1, 4)).toEqual(['adatosk-tiny', 'ab', true]);
    const described = new Set(
      sheets
        .get('data-dictionary')!
        .slice(1)
        .map(([table, column]) => `${String(table)} ${String(column)}`),
    );
    for (const [sheet, [columns]] of sheets)
      if (sheet !== 'data-dictionary') for (const column of columns!) expect(described).toContain(`${sheet} ${String(column)}`);
  });

  test('notes and decisions are also CSV tables of labels, for the chosen coders only', async () => {
    const out = await temporaryFolder();
    await writeProject(own.db, { format: 'labels', run: null, layers: ['Bea'] }, out);
    expect((await tablesIn(out, 'notes.csv')).map(({ note }) => note)).toEqual(['looks away']);
    const ofModel = await temporaryFolder();
    const { files } = await writeProject(own.db, { format: 'labels', run: null, layers: ['model'] }, ofModel);
    expect(files.map((file) => basename(file))).not.toContain('notes.csv');
  });
});

describe('CSV for Excel', () => {
  const labelsFor = async (excelLanguage: string | undefined): Promise<{ out: string; text: string }> => {
    const out = await temporaryFolder();
    await writeProject(db, { format: 'labels', run: null, layers: ['Ann "A", 😀'], excelLanguage }, out);
    return { out, text: await readFile(join(out, 'labels.csv'), 'utf8') };
  };

  test('German: byte order mark, semicolons, decimal commas; the data dictionary says so', async () => {
    const { out, text } = await labelsFor('de');
    expect(text.startsWith('\uFEFFvideo;participant;')).toBe(true);
    const rows = parse(text, { columns: true, delimiter: ';', bom: true }) as unknown as Row[];
    expect(rows[0]).toMatchObject({ participant: 'P, 1', label: 'fear', start_s: '1,5', end_s: '2,5', face_id: '1' });
    const dictionary = parse(await readFile(join(out, 'data-dictionary.csv')), { columns: true, delimiter: ';', bom: true }) as unknown as Row[];
    expect(dictionary.at(-1)).toMatchObject({
      table: '*.csv',
      meaning: expect.stringContaining("fields are separated by ';', the decimal mark is ','") as string,
    });
  });

  test('English: byte order mark, commas, decimal points; without the option the files are as before', async () => {
    const [english, standard] = [await labelsFor('en'), await labelsFor(undefined)];
    expect(english.text).toBe(`\uFEFF${standard.text}`);
    expect(standard.text.startsWith('video,participant,')).toBe(true);
    const dictionary = await readFile(join(standard.out, 'data-dictionary.csv'), 'utf8');
    expect(dictionary).toContain("without byte order mark; fields are separated by ',', the decimal mark is '.'");
  });

  test('such tables can be imported again', async () => {
    const { out } = await labelsFor('de');
    const placement = { file: join(out, 'labels.csv'), video: video!.id, layers: null };
    const found = await importLabels(db, [placement], { coder: 'Ann "A", 😀', mapping: {}, partly: false });
    expect([found.labels, found.known, found.problems]).toEqual([0, 2, []]);
  });
});

describe('files that an export would replace', () => {
  const write = async (format: Exclude<ExportFormat, VideoFormatName>, out: string): Promise<readonly string[]> =>
    (isProjectFormat(format) ? await writeProject(db, { format, run: null, layers: [] }, out) : await writeAnnotations(db, format, [], [], out)).files;

  test.each(EXPORT_FORMATS.filter((format) => !isVideoFormat(format)))('%s: those of an earlier export, and no others', async (format) => {
    const out = join(await temporaryFolder(), 'new');
    const planned = { format, layers: [], videos: [] };
    expect(await filesToReplace(db, planned, out)).toEqual([]);
    await mkdir(out);
    await writeFile(join(out, 'a.txt'), 'another file');
    await writeFile(join(out, 'a.mp4'), 'another file');
    const files = await write(format, out);
    expect(await filesToReplace(db, planned, out)).toEqual([...files].sort());
  });
});

describe('progress of an export', () => {
  test.each(['tables', 'labels', 'frames', 'statistics', 'xlsx'] as const)('%s: steps up to the total', async (format) => {
    const seen: [number, number][] = [];
    await writeProject(db, { format, run: null, layers: [] }, await temporaryFolder(), new ExportProgress((done, total) => seen.push([done, total])));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1]);
  });

  test('a stop ends the export without a half-written file', async () => {
    const out = await temporaryFolder();
    const stop = new AbortController();
    const progress = new ExportProgress((done) => {
      if (done === 2) stop.abort();
    }, stop.signal);
    await expect(writeProject(db, { format: 'tables', run: null, layers: [] }, out, progress)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(out)).toEqual(['timeline.csv']);
  });
});
