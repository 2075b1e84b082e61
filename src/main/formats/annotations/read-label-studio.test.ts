import { expect, test } from 'vitest';
import { labelStudioConfiguration, writeLabelStudio } from './label-studio.ts';
import { readLabelStudio } from './read-label-studio.ts';

const region = (label: string, start: number, end: number, more: object = {}): object => ({
  id: `x${start}`,
  type: 'timelinelabels',
  from_name: 'videoLabels',
  to_name: 'video',
  value: { ranges: [{ start, end }], timelinelabels: [label] },
  ...more,
});
const task = (annotations: readonly object[], data: object = { video: '/data/upload/1/0a1b2c3d-base.mp4', fps: 25 }, more: object = {}): object => ({
  data,
  annotations,
  ...more,
});
const read = (tasks: readonly object[], context = {}) => readLabelStudio(JSON.stringify(tasks), 'x.json', context).recordings;

test('each annotator is a layer; skipped annotations stay out and are counted', () => {
  const layers = read([
    task([
      { completed_by: 3, result: [region('happiness', 26, 50)] },
      { completed_by: { id: 4, email: 'ben@lab.org' }, result: [region('surprise', 101, 125)] },
      { completed_by: 3, result: [region('anger', 1, 5)] },
      { completed_by: 5, was_cancelled: true, result: [region('fear', 200, 225)] },
    ]),
  ])[0]!.layers;
  expect(layers.map(({ name, segments }) => [name, segments.map(({ label, startS, endS }) => [label, startS, endS])])).toEqual([
    ['annotator 3', [['happiness', 1, 2]]],
    ['ben@lab.org', [['surprise', 4, 5]]],
    ['annotator 3 (2)', [['anger', 0, 0.2]]],
  ]);
  expect(layers[0]!.notes).toEqual([{ id: 'label-studio/skipped', parameters: { count: 1 } }]);
});

test('each task is a recording, with the name of its video', () => {
  const recordings = read([
    task([{ result: [region('fear', 1, 25)] }]),
    task([], { video: 'https://h/x/b%20c.mp4?t=1' }, { id: 71 }),
    task([], { clip: 'c.mp4', text: 'none' }),
  ]);
  expect(recordings.map(({ name, media }) => [name, media.at(-1)])).toEqual([
    ['1 (base.mp4)', 'base.mp4'],
    ['71 (b c.mp4)', 'b c.mp4'],
    ['3 (c.mp4)', 'c.mp4'],
  ]);
});

test("the rate is the given one, else the file's, else the video's; without any, the times are a problem", () => {
  const tasks = (data: object): object[] => [task([{ completed_by: 3, result: [region('fear', 51, 100)] }], data)];
  const startOf = (data: object, context = {}) => read(tasks(data), context)[0]!.layers[0]!;
  expect(startOf({ video: 'a.mp4', fps: 25 }, { videoFps: 50 })).toMatchObject({ segments: [{ startS: 2, endS: 4 }], problems: [], notes: [] });
  const assumed = [{ id: 'label-studio/assumed-rate', parameters: { fps: 50 } }];
  expect(startOf({ video: 'a.mp4' }, { videoFps: 50 })).toMatchObject({ segments: [{ startS: 1, endS: 2 }], problems: [], notes: assumed });
  expect(startOf({ video: 'a.mp4', fps: 25 }, { videoFps: 50, givenFps: 100 })).toMatchObject({
    segments: [{ startS: 0.5, endS: 1 }],
    problems: [],
    notes: [],
  });
  expect(startOf({ video: 'a.mp4' })).toMatchObject({ problems: [{ id: 'label-studio/no-rate' }] });
});

test('predictions are the layer of the model, or one layer for each model; ids of predictions and relations are no labels', () => {
  const prediction = (version: string | null): object => ({ model_version: version, result: [region('fear', 1, 25, { score: 0.5 })] });
  const names = (predictions: unknown[]): string[] => read([task([], undefined, { predictions })])[0]!.layers.map(({ name }) => name);
  expect(names([prediction('v1')])).toEqual(['model']);
  expect(names([prediction('v1'), prediction('v2'), 17])).toEqual(['v1', 'v2']);
  const choice = { type: 'choices', from_name: 'mood', to_name: 'video', value: { choices: ['good'] } };
  const layers = read([task([{ completed_by: 3, result: [region('fear', 1, 25), { type: 'relation', from_id: 'a', to_id: 'b' }, choice] }])])[0]!.layers;
  expect(layers).toMatchObject([
    { segments: [{ label: 'fear' }], problems: [], notes: [{ id: 'label-studio/other-type', parameters: { type: 'choices', count: 1 } }] },
  ]);
});

test('a written file names no annotator, which Label Studio would reject, and the configuration has its controls and labels', () => {
  const layers = [
    { name: 'Ann', annotator: 'Ann', segments: [{ face: 1, label: 'a "smile"', startS: 0, endS: 1, confidence: null }], peaks: [] },
    { name: 'Ben', annotator: 'Ben', segments: [], peaks: [{ face: 2, label: 'fear', onsetS: 0.1, apexS: 0.2, offsetS: 0.3 }] },
  ];
  const document = {
    video: { path: '/v/a.mp4', name: 'a.mp4', durationS: 9, fps: 25 },
    participant: '',
    vocabulary: [{ name: 'anger', description: '' }],
    warnings: [],
    layers,
  };
  const { text } = writeLabelStudio(document);
  expect(text).not.toContain('completed_by');
  expect(readLabelStudio(text, 'x.json').recordings[0]!.layers.map(({ name }) => name)).toEqual(['Ann', 'Ben']);
  const [configuration] = labelStudioConfiguration(document);
  expect(String(configuration!.contents)).toBe(
    '<View><Video name="video" value="$video" frameRate="$fps"/>' +
      '<TimelineLabels name="videoLabels" toName="video"><Label value="anger"/><Label value="a &quot;smile&quot;"/></TimelineLabels>' +
      '<TimelineLabels name="peaks" toName="video"><Label value="anger"/><Label value="fear"/></TimelineLabels></View>\n',
  );
});
