import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { furnish, makeProject } from '../../../../testing/project.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import type { StudioError } from '../../../shared/app/errors.ts';
import { sentencesOf } from '../../../shared/app/notices.ts';
import { TimingTable } from '../../../shared/domain/time.ts';
import { listSignals, readSignal } from '../../project/signals.ts';
import { packTimes } from '../../project/store/packed-times.ts';
import type { SignalRow } from '../../project/store/schema.ts';
import type { AddedSignals, SignalsRequest } from './signals.ts';
import { readSeriesHead } from '../../formats/series-head.ts';
import { addSignals, checkSignals } from './signals.ts';

const folder = await temporaryFolder();
const project = await makeProject();
const { db } = project;
furnish(project);

const DEFAULTS: SignalsRequest = { video: 'interview.mp4', time: null, timeUnit: null, rateHz: null, columns: [], face: null, offsetS: 0, units: {} };
let files = 0;
async function add(content: string | Uint8Array, request: Partial<SignalsRequest> = {}): Promise<AddedSignals> {
  const file = join(folder, `log${++files}.csv`);
  await writeFile(file, content);
  return addSignals(db, file, { ...DEFAULTS, ...request });
}
/** The whole message of an import that fails; nothing is changed then. */
async function messageOf(content: string, request: Partial<SignalsRequest> = {}): Promise<string> {
  const before = listSignals(db);
  const error = await add(content, request).then(
    () => undefined,
    (failure: unknown) => failure as StudioError,
  );
  expect(listSignals(db)).toEqual(before);
  return error?.message ?? 'no error';
}
function samplesOf(row: SignalRow): [number, number][] {
  return [...readSignal(db, row)].flatMap(({ times, values }) => [...times].map((time, i): [number, number] => [time, values[i]!]));
}
const contentOf = ({ signals }: AddedSignals): Record<string, [number, number][]> => Object.fromEntries(signals.map((row) => [row.name, samplesOf(row)]));

test('a table with a column of times: all columns with numbers, units of the header, missing values', async () => {
  const added = await add('time_s,EDA (µS),event,HR\n0.0,1.5,start,60\n0.5,,,61\n1.0,1.75,stop,NaN\n', { units: { HR: 'bpm' }, offsetS: 2 });
  expect(contentOf(added)).toEqual({
    'EDA (µS)': [
      [2, 1.5],
      [2.5, NaN],
      [3, 1.75],
    ],
    HR: [
      [2, 60],
      [2.5, 61],
      [3, NaN],
    ],
  });
  expect(added.signals.map(({ unit, lowest, highest }) => [unit, lowest, highest])).toEqual([
    ['µS', 1.5, 1.75],
    ['bpm', 60, 61],
  ]);
  expect(sentencesOf(added.notices).join()).toContain('event');
});

test.each([
  ['semicolons and decimal commas', 'Zeit;EDA\n0,5;1,25\n1,5;2\n', { time: 'Zeit' }],
  ['milliseconds by the name', 'time_ms\tEDA\n500\t1.25\n1500\t2\n', {}],
  ['milliseconds by choice, and lines before the header', 'Device: X\nRate: 1\nclock,EDA\n500,1.25\n1500,2\n', { time: 'clock', timeUnit: 'ms' as const }],
  ['a clock', 'time,EDA\n00:00:00.500,1.25\n00:00:01.500,2\n', {}],
  ['Windows line ends, a mark and quotation marks', '\uFEFF"Time","EDA"\r\n"0.5","1.25"\r\n"1.5","2"\r\n', {}],
  ['old Mac line ends', 'time,EDA\r0.5,1.25\r1.5,2\r', {}],
])('%s', async (_, text, request) => {
  expect(contentOf(await add(text, request))).toEqual({
    EDA: [
      [0.5, 1.25],
      [1.5, 2],
    ],
  });
});

test('a sample rate instead of times, also without a header; UTF-16', async () => {
  const rate = { rateHz: 4 };
  const samples = [
    [0, 7],
    [0.25, 8],
    [0.5, 9],
  ];
  expect(contentOf(await add('ECG\n7\n8\n9\n', rate))).toEqual({ ECG: samples });
  expect(contentOf(await add('7\n8\n9\n', rate))).toEqual({ 1: samples });
  expect(contentOf(await add(Buffer.from('\uFEFFECG\r\n7\r\n8\r\n9\r\n', 'utf16le'), rate))).toEqual({ ECG: samples });
});

test('OpenFace: action units, pose and gaze of one face; rows without a face are empty', async () => {
  const header = 'frame, face_id, timestamp, confidence, success, gaze_0_x, gaze_angle_x, x_0, X_0, pose_Tx, pose_Rx, p_rx, p_0, AU01_r, AU01_c';
  const row = (frame: number, face: number, success: number, au: number): string =>
    `${frame}, ${face}, ${(frame - 1) / 4}, 0.98, ${success}, 0.1, 0.2, 300, 1, 12.5, 0.3, 9, 9, ${au}, 1.0`;
  const text = [header, row(1, 0, 1, 0.5), row(1, 1, 1, 2), row(2, 0, 0, 0), row(2, 1, 1, 3), ''].join('\n');
  expect(await messageOf(text)).toContain('several faces: 0, 1');
  const added = await add(text, { face: '0' });
  expect(added.signals.map(({ name, unit }) => [name, unit])).toEqual(
    [
      ['AU01_c (0)', ''],
      ['AU01_r (0)', ''],
      ['gaze_0_x (0)', ''],
      ['gaze_angle_x (0)', 'rad'],
      ['pose_Rx (0)', 'rad'],
      ['pose_Tx (0)', 'mm'],
    ].toSorted((a, b) => header.indexOf(a[0]!.slice(0, -4)) - header.indexOf(b[0]!.slice(0, -4))),
  );
  expect(contentOf(added)['AU01_r (0)']).toEqual([
    [0, 0.5],
    [0.25, NaN],
  ]);
  expect(sentencesOf(added.notices).join(' ')).toMatch(/is from OpenFace.*1 row of .* has no face/);
  expect(contentOf(await add(text, { face: '1', columns: ['x_0'] }))).toEqual({
    'x_0 (1)': [
      [0, 300],
      [0.25, 300],
    ],
  });
  expect(await messageOf(text, { face: '7' })).toContain('no face 7. Its faces are: 0, 1.');
});

test("FaceReader's detailed log: ten lines before the header, failures, levels of action units", async () => {
  const head = [
    'Video analysis detailed log',
    '',
    'Face Model\tGeneral',
    'Calibration\t-',
    'Start time\t6/4/2026',
    'Filename\tC:\\a.mp4',
    'Frame rate\t30',
    '',
    '',
    '',
  ];
  const rows = [
    'Video Time\tNeutral\tHappy\tValence\tY - Head Orientation\tMouth\tAction Unit 12 - Lip Corner Puller',
    '00:00:00.000\tFIND_FAILED\tFIND_FAILED\tFIND_FAILED\tFIND_FAILED\tFIND_FAILED\tFIND_FAILED',
    '00:00:00.033\t0.7\t0.2\t-0.5\t3.5\tClosed\tNotActive',
    '00:01:00.066\t0.1\t0.9\t0.5\tFIT_FAILED\tOpen\tC',
  ];
  const added = await add([...head, ...rows, ''].join('\r\n'));
  expect(Object.keys(contentOf(added))).toEqual(['Neutral', 'Happy', 'Valence', 'Y - Head Orientation', 'Action Unit 12 - Lip Corner Puller']);
  expect(contentOf(added)['Action Unit 12 - Lip Corner Puller']).toEqual([
    [0, NaN],
    [0.033, 0],
    [60.066, 3],
  ]);
  expect(added.signals[3]!.unit).toBe('°');
  expect(await messageOf('Video analysis state log\n\nVideo Time\tDominant Expression\n00:00:00.000\tHappy\n')).toContain('state log');
});

test('Py-Feat: the frames of the video give the times, never the clock of the table', async () => {
  const text =
    'FaceRectX,FaceScore,x_0,Pitch,AU01,Happy,anger,valence,Identity_1,mesh_x_0,input,frame,approx_time,Identity\n' +
    '1,0.9,5,0.1,0.2,0.3,0.4,0.5,8,9,a.mp4,0,00:00,Person_0\n,,,,,,,,,,a.mp4,2,00:00,\n1,0.9,5,0.1,0.6,0.3,0.4,0.5,8,9,a.mp4,3,00:00,Person_0\n';
  expect(await messageOf(text)).toContain('was never analysed');
  const { packed, facts } = packTimes(
    new TimingTable(Float64Array.from([0, 0.04, 0.09, 0.2]), 0.04, { duplicateTimestamps: 0, missingTimestamps: 0, tick: 0.01 }),
  );
  db.run(db.sql.insertInto('timing').values({ video_id: listVideo(), frames: 4, packed, facts }));
  const added = contentOf(await add(text));
  expect(Object.keys(added)).toEqual(['Pitch', 'AU01', 'Happy', 'anger', 'valence']);
  expect(added['AU01']).toEqual([
    [0, 0.2],
    [0.09, NaN],
    [0.2, 0.6],
  ]);
  expect(await messageOf(text.replace(',3,00:00', ',4,00:00'))).toContain('no frame 4');
  db.run(db.sql.deleteFrom('timing'));
});
const listVideo = (): string => db.onlyRow(db.sql.selectFrom('video').select('id')).id;

test('one message names the file and all rows that cannot be used', async () => {
  const text = 'time,EDA\n0,1\n1,abc\n0.5,2\nx,3\n2,4\n';
  const message = await messageOf(text);
  for (const part of [/log\d+\.csv, line 3: EDA is «abc»/, /line 4: the time 0\.5 s is not later than 1 s/, /line 5: «x» is not a time/])
    expect(message).toMatch(part);
  const long = `time,EDA\n${Array.from({ length: 200 }, (_, i) => `${i},${i < 100 ? i : 'bad'}\n`).join('')}`;
  expect(await messageOf(long)).toMatch(/line 102.*50 more/s);
});

test.each([
  ['an unknown column', 'time,EDA\n0,1\n', { columns: ['ECG', 'EDA'] }, 'no column «ECG». Its columns are: time, EDA'],
  ['an unknown time', 'time,EDA\n0,1\n', { time: 'clock' }, 'no column «clock»'],
  ['no time', 'a,b\n0,1\n', {}, 'no column of times'],
  ['two columns called alike', 'time,EDA,EDA\n0,1,2\n', { columns: ['EDA'] }, 'two columns with the name «EDA»'],
  ['no number in a chosen column', 'time,EDA\n0,NaN\n1,\n', { columns: ['EDA'] }, 'no number in: EDA'],
  ['a unit of nothing', 'time,EDA\n0,1\n', { units: { ECG: 'mV' } }, 'A unit is given for «ECG»'],
  ['an unknown video', 'time,EDA\n0,1\n', { video: 'x.mp4' }, 'x.mp4 is not in the library'],
  ['an empty table', 'time,EDA\n', {}, 'has no time series'],
  ['an empty file', '', {}, 'has no time series'],
  ['an open quotation mark', 'time,EDA\n0,1\n1,"2\n2,3\n', {}, 'a quotation mark is not closed'],
] as const)('%s is an error', async (_, text, request, part) => {
  expect(await messageOf(text, request as Partial<SignalsRequest>)).toContain(part);
});

test('the same file twice, and samples that are all outside of the video', async () => {
  const file = join(folder, 'again.csv');
  await writeFile(file, 'time,EDA\n0,1\n1,2\n');
  const first = await addSignals(db, file, { ...DEFAULTS, offsetS: 500 });
  expect(sentencesOf(first.notices).join()).toContain('No sample is within interview.mp4: the signals are from 500 to 501 s');
  await expect(addSignals(db, file, DEFAULTS)).rejects.toThrow('already has these signals of again.csv: EDA');
});

test('a file of many pieces: every sample arrives, with little memory', async () => {
  const file = join(folder, 'long.csv');
  const count = 300_000;
  await writeFile(file, `time,ECG,EDA\n${Array.from({ length: count }, (_, i) => `${i / 1000},${(i * 37) % 1009},${i % 7}\n`).join('')}`);
  const { signals } = await addSignals(db, file, DEFAULTS);
  expect(signals.map(({ samples, end_s, interval_s }) => [samples, end_s, interval_s])).toEqual([
    [count, (count - 1) / 1000, 0.001],
    [count, (count - 1) / 1000, 0.001],
  ]);
  const values = [...readSignal(db, signals[0]!)].flatMap((block) => [...block.values]);
  expect(values.findIndex((value, i) => value !== (i * 37) % 1009)).toBe(-1);
});

test('the head of a table: columns, times, units and the first rows, for a person who chooses', async () => {
  const file = join(folder, 'head.csv');
  await writeFile(file, `time_ms;EDA (µS);event\n${Array.from({ length: 20 }, (_, i) => `${i * 100};${i},5;x`).join('\n')}\n`);
  expect(await readSeriesHead(file)).toEqual({
    ...{ program: null, headerLine: 1, taken: ['EDA (µS)'], time: 'time_ms', timeUnit: 'ms', isFrames: false, faces: [] },
    columns: [
      { name: 'time_ms', unit: '' },
      { name: 'EDA (µS)', unit: 'µS' },
      { name: 'event', unit: '' },
    ],
    rows: Array.from({ length: 5 }, (_, i) => [String(i * 100), `${i},5`, 'x']),
  });
  await writeFile(file, 'frame, face_id, timestamp, confidence, success, AU12_r, x_0\n1, 0, 0.0, 0.9, 1, 0.5, 3\n2, 1, 0.04, 0.9, 1, 0.6, 3\n');
  expect(await readSeriesHead(file)).toMatchObject({ program: 'OpenFace', time: 'timestamp', taken: ['AU12_r'], faces: ['0', '1'] });
  await writeFile(file, 'Video analysis state log\nVideo Time\tx\n');
  await expect(readSeriesHead(file)).rejects.toMatchObject({ id: 'data-set-invalid/state-log' });
  await writeFile(file, '');
  await expect(readSeriesHead(file)).rejects.toMatchObject({ id: 'data-set-invalid/no-series' });
});

test('the line of the names can be chosen, where other lines are before it', async () => {
  const text = 'Device: X, version 2\nclock,EDA\n0.5,1.25\n1.5,2\n';
  const file = join(folder, 'preamble.csv');
  await writeFile(file, text);
  // It is found where numbers follow.
  expect(await readSeriesHead(file)).toMatchObject({ headerLine: 2, columns: [{ name: 'clock' }, { name: 'EDA' }], time: null });
  expect((await readSeriesHead(file, { headerLine: 1 })).columns.map(({ name }) => name)).toEqual(['Device: X', 'version 2']);
  expect(contentOf(await add(text, { headerLine: 2, time: 'clock' }))).toEqual({
    EDA: [
      [0.5, 1.25],
      [1.5, 2],
    ],
  });
});

test('a check reads the whole file and changes nothing: the span on the clock of the video, notices, and all problems', async () => {
  const before = listSignals(db);
  const file = join(folder, 'checked.csv');
  const check = (request: Partial<SignalsRequest> = {}, signal?: AbortSignal) => checkSignals(db, file, { ...DEFAULTS, ...request }, signal);
  await writeFile(file, `time,EDA\n${Array.from({ length: 100 }, (_, i) => `${i},${i}`).join('\n')}\n`);
  expect(await check({ offsetS: -2.5 })).toEqual({ span: { startS: -2.5, endS: 96.5, samples: 100 }, problems: [], notices: [] });
  expect((await check({ offsetS: 1000 })).notices.map(({ id }) => id)).toEqual(['signals/outside']);
  await expect(check({}, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  await writeFile(file, 'time,EDA\n0,1\n1,x\n0.5,2\n');
  const { span, problems } = await check();
  expect([span, problems.map(({ id }) => id)]).toEqual([null, ['signals/no-number', 'signals/order']]);
  expect(listSignals(db)).toEqual(before);
});
