import { modifierSets } from '../../../shared/annotation/modifiers.ts';
import { writeBoris } from './boris.ts';
import { expect, test } from 'vitest';
import { readBoris } from './read-boris.ts';

type Event = [time: number | string, subject: string, code: string, modifiers?: string, comment?: string];

const observation = (events: readonly Event[], files: Record<string, string[]>, more: object = {}): object => ({
  type: 'MEDIA',
  date: '2023-01-01T10:00:00',
  description: '',
  'time offset': 0,
  independent_variables: {},
  file: files,
  events,
  ...more,
});
function project(observations: Record<string, object>): string {
  const kinds = [
    ['State event', 'expression'],
    ['State event', 'talks'],
    ['Point event', 'blink'],
  ];
  return JSON.stringify({
    behaviors_conf: Object.fromEntries(kinds.map(([type, code], i) => [String(i), { type, code, modifiers: '' }])),
    independent_variables: {},
    observations,
  });
}
/** The labels and peaks of each recording, by layer. */
function read(text: string): Record<string, Record<string, unknown[]>> {
  const { recordings } = readBoris(text, 'x.boris');
  return Object.fromEntries(
    recordings.map(({ name, layers }) => [
      name,
      Object.fromEntries(
        layers.map((layer) => [
          layer.name,
          [
            ...layer.segments.map(({ label, startS, endS, modifiers = '', comment = '' }) => [label, startS, endS, modifiers, comment]),
            ...layer.peaks.map(({ label, apexS }) => [label, apexS]),
          ],
        ]),
      ),
    ]),
  );
}

test('states of one behaviour are paired by their modifiers; modifiers and comments are kept', () => {
  const events: Event[] = [
    [1, 'Child', 'expression', 'happy|strong', 'looks away'],
    [2, 'Child', 'expression', 'sad', ''],
    [3, 'Child', 'expression', 'happy|strong', 'sure'],
    [4, 'Child', 'expression', 'sad', ''],
    [2.5, 'Mother', 'expression', 'sad', ''],
    [3.5, 'Mother', 'expression', 'sad', ''],
  ];
  expect(read(project({ o: observation(events, { 1: ['/x/base.mp4'] }) }))).toEqual({
    '': {
      Child: [
        ['expression', 1, 3, 'happy|strong', 'looks away; sure'],
        ['expression', 2, 4, 'sad', ''],
      ],
      Mother: [['expression', 2.5, 3.5, 'sad', '']],
    },
  });
});

test('a state without a stop is a problem of its subject; a point event is a peak; events without a time are ignored', () => {
  const events: Event[] = [
    [1, 'Child', 'talks'],
    [1.5, 'Child', 'blink', 'left', 'both'],
    ['NA', 'Child', 'talks'],
    [2, 'Mother', 'talks'],
    [3, 'Mother', 'talks'],
  ];
  const { recordings } = readBoris(project({ o: observation(events, {}) }), 'x.boris');
  const [child, mother] = recordings[0]!.layers;
  expect(child).toMatchObject({
    segments: [],
    peaks: [{ label: 'blink', onsetS: 1.5, apexS: 1.5, offsetS: 1.5, comment: 'both', modifiers: 'left' }],
    problems: [{ id: 'boris/no-stop', parameters: { label: 'talks', at: 1 } }],
    notes: [{ id: 'import/points', parameters: { tier: 'Child', count: 1 } }],
  });
  expect(mother).toMatchObject({ segments: [{ startS: 2, endS: 3 }], problems: [] });
});

test('the files of a player follow each other, and a state is divided between them; other players have an offset', () => {
  const events: Event[] = [
    [105, 'A', 'talks'],
    [112, 'A', 'talks'],
    [115, 'A', 'blink'],
    [117, 'A', 'talks'],
    [119, 'A', 'talks'],
  ];
  const files = { 1: ['C:\\v\\one.mp4', 'C:\\v\\two.mp4'], 2: ['/v/side.mp4'] };
  const info = { media_info: { length: { 'C:\\v\\one.mp4': 10, 'C:\\v\\two.mp4': 20, '/v/side.mp4': 30 }, offset: { 1: 0, 2: -2.5 } }, 'time offset': 100 };
  const text = project({ o: observation(events, files, info) });
  expect(read(text)).toEqual({
    'o (one.mp4)': { A: [['talks', 5, 10, '', '']] },
    'o (two.mp4)': {
      A: [
        ['talks', 0, 2, '', ''],
        ['talks', 7, 9, '', ''],
        ['blink', 5],
      ],
    },
    'o (side.mp4)': {
      A: [
        ['talks', 7.5, 14.5, '', ''],
        ['talks', 19.5, 21.5, '', ''],
        ['blink', 17.5],
      ],
    },
  });
  const { recordings } = readBoris(text, 'x.boris');
  expect(recordings.map(({ media }) => media.at(-1))).toEqual(['one.mp4', 'two.mp4', 'side.mp4']);
  expect(recordings[0]!.layers[0]!.notes).toContainEqual({ id: 'boris/divided', parameters: { label: 'talks', at: 105 } });
});

test('without the length of a file, the times after it are a problem, not a guess', () => {
  const events: Event[] = [
    [5, 'A', 'talks'],
    [12, 'A', 'talks'],
  ];
  const { recordings } = readBoris(project({ o: observation(events, { 1: ['a.mp4', 'b.mp4'] }) }), 'x.boris');
  for (const { layers } of recordings) expect(layers[0]!.problems).toContainEqual(expect.objectContaining({ id: 'boris/no-media-length' }));
});

test('each observation is a recording', () => {
  const one = observation(
    [
      [1, 'A', 'talks'],
      [2, 'A', 'talks'],
    ],
    { 1: ['/v/a.mp4'] },
  );
  const two = observation(
    [
      [3, 'A', 'talks'],
      [4, 'A', 'talks'],
    ],
    { 1: ['/v/b.mp4'] },
  );
  const live = {
    ...observation(
      [
        [0.5, '', 'talks'],
        [1.5, '', 'talks'],
      ],
      {},
    ),
    type: 'LIVE',
    file: [],
  };
  const { recordings } = readBoris(project({ first: one, second: two, live }), 'x.boris');
  expect(recordings.map(({ name, media }) => [name, media.at(-1)])).toEqual([
    ['first', 'a.mp4'],
    ['second', 'b.mp4'],
    ['live', undefined],
  ]);
  expect(recordings[2]!.layers).toMatchObject([{ name: '', segments: [{ label: 'talks', startS: 0.5, endS: 1.5 }] }]);
});

test('a written project has the sets of modifiers of the coding scheme, and the values that are used besides', () => {
  const segment = { face: 1, label: 'AU12', startS: 1, endS: 2, confidence: null, modifiers: '|both' };
  const { text } = writeBoris({
    video: { path: '/v.mp4', name: 'v.mp4', durationS: 10, fps: 25 },
    participant: '',
    layers: [{ name: 'Ann', annotator: 'Ann', segments: [segment], peaks: [] }],
    vocabulary: [
      { name: 'AU12', description: '', modifiers: modifierSets('intensity: A, B; side: left, right') },
      { name: 'anger', description: '', modifiers: [] },
    ],
    warnings: [],
  });
  const { behaviors_conf: behaviours } = JSON.parse(text) as { behaviors_conf: Record<string, { code: string; modifiers: unknown }> };
  const modifiersOf = (code: string): unknown => Object.values(behaviours).find((each) => each.code === code)!.modifiers;
  const set = { description: '', type: 0, ask_at_stop: false };
  expect(modifiersOf('AU12')).toEqual({
    0: { name: 'intensity', ...set, values: ['A', 'B'] },
    1: { name: 'side', ...set, values: ['left', 'right', 'both'] },
  });
  expect(modifiersOf('anger')).toBe('');
});
