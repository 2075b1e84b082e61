/** A study from the command line: participants of faces, trials, and the statistics by both, compared with values computed by hand. */
import { parse } from 'csv-parse/sync';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import readSheets from 'read-excel-file/node';
import { beforeAll, expect, test } from 'vitest';
import { command } from '../../../../testing/command.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { allVideos } from '../../project/library.ts';
import { addCoder } from '../../project/review.ts';
import { inProject } from '../../project/store/open-project.ts';

type Row = Record<string, string>;
interface Truth {
  readonly video: string;
  readonly expressions: readonly { readonly label: string; readonly onsetS: number; readonly offsetS: number; readonly face: number }[];
}

const folder = await temporaryFolder();
const at = (...parts: string[]): string => join(folder, ...parts);
const table = async (...parts: string[]): Promise<Row[]> => parse(await readFile(at(...parts)), { columns: true }) as unknown as Row[];
const ONE = 'happiness-and-surprise.mp4';
const TWO = 'two-people.mp4';

/** Two sample videos. The labels of the coder Truth are the expressions that were rendered. */
beforeAll(async () => {
  await mkdir(at('videos'));
  for (const name of [ONE, TWO]) await copyFile(join('samples', name), at('videos', name));
  const { code, stderr } = await command('analyze', at('videos'), '--out', at('out'), '--project', at('P'), '--device', 'cpu');
  expect(stderr + code).toMatch(/0$/);
  const truth = JSON.parse(await readFile('samples/truth.json', 'utf8')) as Truth[];
  await inProject(at('P'), (db) => {
    const coder = addCoder(db, 'Truth');
    const [video, layer] = [allVideos(db).find(({ name }) => name === ONE)!.id, newId()];
    const by = { confidence: null, made_by: 'Truth', made_at: '', proposal_id: null, model_sha256: null };
    const expressions = truth.find((each) => each.video === ONE)!.expressions;
    applyEdit(db, {
      coderId: coder.id,
      step: step('other', { text: 'test' }),
      rows: [
        {
          table: 'layer',
          kind: 'insert',
          row: { id: layer, video_id: video, kind: 'coder', coder_id: coder.id, run_id: null, scheme_id: 'seven-expressions', created_at: '' },
        },
        ...expressions.map(({ label, onsetS, offsetS, face }) => ({
          table: 'segment' as const,
          kind: 'insert' as const,
          row: { id: newId(), layer_id: layer, face_id: face, label, start_s: onsetS, end_s: offsetS, ...by },
        })),
      ],
    });
  });
  await writeFile(at('people.csv'), `video,face_id,participant,condition\n${ONE},,S,\n${TWO},1,A,speaker\n${TWO},2,B,listener\n`);
  await writeFile(
    at('trials.csv'),
    `video,start_s,end_s,trial,type,item,condition\n${ONE},0,4,1,film,a.mov,joy\n${ONE},4,10,2,film,b.mov,\n${ONE},3.5,4.5,b1,baseline,,\n${ONE},0.8,,m1,bell,,\n${ONE},8.8,,m2,bell,,\n`,
  );
  for (const [topic, file] of [
    ['participants', 'people.csv'],
    ['trials', 'trials.csv'],
  ] as const)
    expect((await command('project', topic, at('P'), '--set', at(file), '--as', 'Cara')).code).toBe(0);
  expect((await command('export', '--project', at('P'), '--format', 'statistics', '--out', at('E'))).code).toBe(0);
}, 60_000);

test('two people of one video are two participants, each with the time of its own face', async () => {
  const rows = (await table('E', 'statistics_participants.csv')).filter(({ layer, label }) => layer === 'model' && label === 'happiness');
  const timeline = await table('out', 'timeline.csv');
  const seen = (face: string): number =>
    timeline
      .filter(({ video, face_id, status }) => video === TWO && face_id === face && status !== 'no_face')
      .reduce((sum, { start_s, end_s }) => sum + Number(end_s) - Number(start_s), 0);
  expect(rows.map(({ participant, condition, faces }) => [participant, condition, faces])).toEqual(
    expect.arrayContaining([
      ['A', 'speaker', '1'],
      ['B', 'listener', '1'],
    ]),
  );
  for (const [participant, face] of [
    ['A', '1'],
    ['B', '2'],
  ] as const)
    expect(Number(rows.find((row) => row['participant'] === participant)!['observed_s'])).toBeCloseTo(seen(face), 4);
});

test('statistics by trial are those of the labels within the trial', async () => {
  // Truth: happiness 0.795 to 2.994 s, surprise 4.909 to 6.47 s, happiness 8.746 to 10.871 s.
  const rows = (await table('E', 'statistics_trials.csv')).filter(({ layer, participant }) => layer === 'Truth' && participant === 'S');
  const of = (trial: string, label: string): number[] => {
    const row = rows.find((each) => each['trial'] === trial && each['label'] === label)!;
    return ['observed_s', 'seconds', 'count', 'latency_s'].map((column) => (row[column] === '' ? NaN : Number(row[column])));
  };
  expect(of('1', 'happiness')).toEqual([4, 2.199, 1, 0.795]);
  expect(of('1', 'surprise')).toEqual([4, 0, 0, NaN]);
  expect(of('2', 'surprise')).toEqual([6, 1.561, 1, 0.909]);
  expect(of('2', 'happiness')).toEqual([6, 1.254, 1, 4.746]);
  expect(rows.find(({ trial, label }) => trial === '1' && label === 'happiness')).toMatchObject({
    type: 'film',
    item: 'a.mov',
    condition: 'joy',
    share: '0.54975',
  });
});

test("intensities in a trial are corrected by the participant's own baseline", async () => {
  const slots = (await table('out', 'timeline.csv')).filter(({ video, status }) => video === ONE && status !== 'no_face');
  const meanIn = (from: number, to: number): number => {
    const parts = slots.map((slot) => ({
      seconds: Math.max(0, Math.min(to, Number(slot['end_s'])) - Math.max(from, Number(slot['start_s']))),
      value: Number(slot['happiness']),
    }));
    return parts.reduce((sum, { seconds, value }) => sum + seconds * value, 0) / parts.reduce((sum, { seconds }) => sum + seconds, 0);
  };
  const row = (await table('E', 'statistics_trials.csv')).find(
    ({ layer, trial, label, video }) => layer === 'model' && trial === '1' && label === 'happiness' && video === ONE,
  )!;
  expect(Number(row['mean_intensity'])).toBeCloseTo(meanIn(0, 4), 3);
  expect(Number(row['mean_intensity_corrected'])).toBeCloseTo(meanIn(0, 4) - meanIn(3.5, 4.5), 3);
});

test('the corrected series are the probabilities minus the mean of the baseline, by slot', async () => {
  const rows = (await table('E', 'timeline_corrected.csv')).filter(({ video }) => video === ONE);
  const raw = (await table('out', 'timeline.csv')).filter(({ video, status }) => video === ONE && status !== 'no_face');
  expect(rows).toHaveLength(raw.length);
  // The same for all slots: the mean of the slots from 3.5 to 4.5 s, of which the first and the last count half.
  const within = raw.filter(({ start_s, end_s }) => Number(end_s) > 3.5 && Number(start_s) < 4.5);
  const weights = within.map(({ start_s, end_s }) => Math.min(4.5, Number(end_s)) - Math.max(3.5, Number(start_s)));
  const mean = within.reduce((sum, { happiness }, i) => sum + weights[i]! * Number(happiness), 0);
  for (const { happiness, happiness_corrected } of rows) expect(Number(happiness) - Number(happiness_corrected)).toBeCloseTo(mean, 4);
  for (const { intensity, intensity_corrected, neutral, neutral_corrected } of rows)
    expect(Number(intensity) - Number(intensity_corrected)).toBeCloseTo(1 - (Number(neutral) - Number(neutral_corrected)), 4);
  expect((await table('E', 'timeline_corrected.csv')).some(({ video }) => video === TWO)).toBe(false);
});

test('event-locked means average the probabilities around the markers of a type', async () => {
  const rows = (await table('E', 'event_locked.csv')).filter(({ type, label, participant }) => type === 'bell' && label === 'happiness' && participant === 'S');
  const slots = (await table('out', 'timeline.csv')).filter(({ video, status }) => video === ONE && status !== 'no_face');
  const valueAt = (seconds: number): number =>
    Number(slots.find((slot) => Number(slot['start_s']) <= seconds && seconds < Number(slot['end_s']))!['happiness']);
  for (const time of [-0.4, 0, 0.6, 1.4, 2]) {
    const [first, second] = [valueAt(0.8 + time), valueAt(8.8 + time)];
    const row = rows.find(({ time_s }) => Number(time_s) === time)!;
    expect(Number(row['mean'])).toBeCloseTo((first + second) / 2, 3);
    expect(Number(row['sd'])).toBeCloseTo(Math.abs(first - second) / Math.SQRT2, 3);
    expect(row['n']).toBe('2');
  }
  // 0.8 s before the start of the video, only the second marker has a value.
  expect(rows.find(({ time_s }) => time_s === '-1')).toMatchObject({ n: '1', sd: '' });
});

test('signals: added, listed, moved, exported at the slots of the timeline, and removed', async () => {
  const log = `time_ms,EDA\n${Array.from({ length: 100 }, (_, i) => `${i * 20},${i}\n`).join('')}`;
  await writeFile(at('eda.csv'), log);
  type Listed = { signals: { id: string; name: string; unit: string; samples: number; offset_s: number }[]; notes: string[] };
  const signals = async (...options: string[]): Promise<Listed> => {
    const { stdout, stderr, code } = await command('project', 'signals', at('P'), ...options, '--json');
    expect(stderr + code).toMatch(/0$/);
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Listed;
  };
  const added = await signals('--add', at('eda.csv'), '--video', ONE, '--time', 'time_ms', '--columns', 'EDA', '--unit', 'EDA=µS', '--offset', '1');
  expect(added.signals).toMatchObject([{ name: 'EDA', unit: 'µS', samples: 100, offset_s: 1 }]);
  const id = added.signals[0]!.id;
  expect((await signals('--move', id, '--offset', '-0.5')).signals[0]!.offset_s).toBe(-0.5);
  expect((await command('export', '--project', at('P'), '--format', 'signals', '--out', at('E-signals'))).code).toBe(0);
  for (const { start_s, end_s, value, samples } of await table('E-signals', 'signals.csv')) {
    const within = Array.from({ length: 100 }, (_, i) => i).filter(
      (i) => i * 20 - 500 >= Number(start_s) * 1000 - 1e-6 && i * 20 - 500 < Number(end_s) * 1000 - 1e-6,
    );
    expect(Number(samples)).toBe(within.length);
    expect(value === '' ? [] : [Number(value)]).toEqual(within.length === 0 ? [] : [within.reduce((sum, each) => sum + each, 0) / within.length]);
  }
  const wrong = await command('project', 'signals', at('P'), '--add', at('eda.csv'), '--video', ONE, '--columns', 'ECG');
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('eda.csv has no column «ECG»')]);
  expect((await signals('--remove', id)).signals).toEqual([]);
});

test('a workbook has the statistics of the CSV files; CSV for Excel has the decimal mark of the named language', async () => {
  expect((await command('export', '--project', at('P'), '--format', 'xlsx', '--out', at('E-xlsx'))).code).toBe(0);
  const sheets = await readSheets(at('E-xlsx', 'results.xlsx'));
  const [head, ...rows] = sheets.find(({ sheet }) => sheet === 'statistics_trials')!.data;
  const shares = rows.map((row) => row[head!.indexOf('share')]);
  expect(shares).toEqual((await table('E', 'statistics_trials.csv')).map(({ share }) => (share === '' ? null : Number(share))));
  expect((await command('export', '--project', at('P'), '--format', 'statistics', '--for-excel', 'de', '--out', at('E-de'))).code).toBe(0);
  const text = await readFile(at('E-de', 'statistics_trials.csv'), 'utf8');
  expect(text.charCodeAt(0)).toBe(0xfeff);
  const german = parse(text, { columns: true, delimiter: ';', bom: true }) as unknown as Row[];
  expect(german.map(({ share }) => (share === '' ? null : Number(share!.replace(',', '.'))))).toEqual(shares);
  expect(german.some(({ share }) => /^0,\d+$/.test(share!))).toBe(true);
  const wrong = await command('export', '--project', at('P'), '--format', 'eaf', '--for-excel', '--out', at('E-wrong'));
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('The format eaf has no CSV tables')]);
}, 30_000);

test('faces are listed, merged and split by commands; what is not possible changes nothing', async () => {
  await copyFile('samples/leaves-and-returns.mp4', at('videos', 'leaves.mp4'));
  await command('analyze', at('videos', 'leaves.mp4'), '--out', at('faces-out'), '--project', at('faces'), '--device', 'cpu');
  interface Listed {
    readonly changed: number;
    readonly videos: readonly { readonly faces: readonly { readonly face: number; readonly seenS: number; readonly detected: readonly number[] }[] }[];
  }
  const faces = async (...args: string[]): Promise<Listed> => (await command('project', 'faces', at('faces'), ...args, '--json')).json as unknown as Listed;
  const before = (await faces()).videos[0]!.faces;
  expect(before.map(({ face }) => face)).toEqual([1, 2]);
  const refused = await command('project', 'faces', at('faces'), '--merge', 'leaves.mp4:2:1', '--split', 'leaves.mp4:1:99', '--merge', 'none.mp4:1:2');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/cannot be split at 99 s.*none\.mp4 is not in the library.*Nothing was changed/s)]);
  expect((await faces()).videos[0]!.faces).toEqual(before);
  expect((await command('project', 'faces', at('faces'), '--merge', 'leaves.mp4:2')).code).toBe(2);
  const { changed, videos } = await faces('--merge', 'leaves.mp4:2:1', '--as', 'Ann');
  expect([changed, videos[0]!.faces.map(({ face, detected }) => [face, detected])]).toEqual([1, [[1, [1, 2]]]]);
  expect(videos[0]!.faces[0]!.seenS).toBeCloseTo(before[0]!.seenS + before[1]!.seenS, 6);
  await command('export', '--project', at('faces'), '--format', 'statistics', '--out', at('faces-statistics'));
  const rows = (await table('faces-statistics', 'statistics_participants.csv')).filter(({ label }) => label === 'happiness');
  expect(rows.map(({ faces: count, observed_s }) => [count, Number(observed_s)])).toEqual([['1', expect.closeTo(before[0]!.seenS + before[1]!.seenS, 5)]]);
  await writeFile(at('faces.csv'), 'video,face_id,start_s,end_s,to_face\nleaves.mp4,2,,,2\n');
  expect((await faces('--set', at('faces.csv'))).videos[0]!.faces).toEqual(before);
});
