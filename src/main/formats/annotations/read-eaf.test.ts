import { expect, test } from 'vitest';
import type { AnnotationDocument } from '../../../shared/annotation/annotation-document.ts';
import { decodeText } from '../decode-text.ts';
import { writeEaf } from './eaf.ts';
import { readEaf } from './read-eaf.ts';

interface Tier {
  readonly id: string;
  readonly type?: string;
  readonly parent?: string;
  /** Start and end in milliseconds, or the id of the label that the text belongs to. */
  readonly annotations: readonly (readonly [string, number, number] | readonly [string, string])[];
}

/** An ELAN file of somebody else. The labels of tier number t have the ids t-0, t-1 … */
function eaf(tiers: readonly Tier[], { media = '', declaration = '<?xml version="1.0" encoding="UTF-8"?>' } = {}): string {
  const slots: string[] = [];
  const slot = (ms: number): string => {
    slots.push(`<TIME_SLOT TIME_SLOT_ID="ts${slots.length + 1}" TIME_VALUE="${ms}"/>`);
    return `ts${slots.length}`;
  };
  const body = tiers.map(({ id, type = 'default-lt', parent, annotations }, t) => {
    const written = annotations.map((each, i) => {
      const value = `<ANNOTATION_VALUE>${each[0]}</ANNOTATION_VALUE>`;
      return typeof each[1] === 'string'
        ? `<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="${t}-${i}" ANNOTATION_REF="${each[1]}">${value}</REF_ANNOTATION></ANNOTATION>`
        : `<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="${t}-${i}" TIME_SLOT_REF1="${slot(each[1])}" TIME_SLOT_REF2="${slot(each[2]!)}">${value}</ALIGNABLE_ANNOTATION></ANNOTATION>`;
    });
    return `<TIER LINGUISTIC_TYPE_REF="${type}" TIER_ID="${id}"${parent === undefined ? '' : ` PARENT_REF="${parent}"`}>${written.join('')}</TIER>`;
  });
  const types = [...new Set(tiers.map(({ type = 'default-lt' }) => type))].map(
    (type) => `<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="${type}"${type.startsWith('assoc') ? ' CONSTRAINTS="Symbolic_Association"' : ''}/>`,
  );
  return (
    `${declaration}\n<ANNOTATION_DOCUMENT AUTHOR="me" FORMAT="3.0" VERSION="3.0"><HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">${media}</HEADER>` +
    `<TIME_ORDER>${slots.join('')}</TIME_ORDER>${body.join('')}${types.join('')}</ANNOTATION_DOCUMENT>`
  );
}
const LABELS = [
  ['happiness', 1000, 2000],
  ['surprise', 4000, 5000],
] as const;
const layersOf = (text: string): [string, string[]][] =>
  readEaf(text, 'x.eaf').recordings[0]!.layers.map(({ name, segments }) => [name, segments.map(({ label }) => label)]);

test("somebody's own types called 'peak' and 'confidence' hold labels", () => {
  for (const type of ['peak', 'confidence']) expect(layersOf(eaf([{ id: 'Ann', type, annotations: LABELS }]))).toEqual([['Ann', ['happiness', 'surprise']]]);
});

test('times count from the start of the media file; with several media files of different origins, each is a recording', () => {
  const media = (name: string, origin: string): string => `<MEDIA_DESCRIPTOR MEDIA_URL="file:///v/${name}" RELATIVE_MEDIA_URL="./${name}" ${origin}/>`;
  const one = readEaf(eaf([{ id: 'Ann', annotations: LABELS }], { media: media('my%20video%20%231.mp4', 'TIME_ORIGIN="2500"') }), 'x.eaf');
  expect(one.recordings).toMatchObject([
    {
      name: '',
      media: ['my video #1.mp4'],
      layers: [
        {
          segments: [
            { startS: 3.5, endS: 4.5 },
            { startS: 6.5, endS: 7.5 },
          ],
        },
      ],
    },
  ]);
  const two = readEaf(eaf([{ id: 'Ann', annotations: LABELS }], { media: media('a.mp4', '') + media('b.mp4', 'TIME_ORIGIN="-500"') }), 'x.eaf');
  expect(two.recordings).toMatchObject([
    { name: 'a.mp4', layers: [{ segments: [{ startS: 1 }, { startS: 4 }] }] },
    { name: 'b.mp4', layers: [{ segments: [{ startS: 0.5 }, { startS: 3.5 }] }] },
  ]);
});

test('declared encodings and numeric character references are read', () => {
  const text = eaf([{ id: 'Änn &#228;&#x1F600;', annotations: [['Überraschung &#252;&amp;&lt;', 0, 10]] }], {
    declaration: '<?xml version="1.0" encoding="ISO-8859-1"?>',
  });
  const expected = [['Änn ä😀', ['Überraschung ü&<']]];
  expect(layersOf(decodeText(Buffer.from(text, 'latin1')))).toEqual(expected);
  expect(layersOf(decodeText(Buffer.from(text.replace('ISO-8859-1', 'UTF-8'), 'utf8')))).toEqual(expected);
  expect(layersOf(decodeText(Buffer.from(`\uFEFF${text.replace('ISO-8859-1', 'UTF-16')}`, 'utf16le')))).toEqual(expected);
});

test('associated texts become comments of their labels, with a note; deeper references are problems of their own layer', () => {
  const tiers: Tier[] = [
    { id: 'Emotion', annotations: LABELS },
    { id: 'Why', type: 'assoc', parent: 'Emotion', annotations: [['unsure', '0-1']] },
    { id: 'Deeper', type: 'assoc', parent: 'Why', annotations: [['x', '1-0']] },
  ];
  const { recordings } = readEaf(eaf(tiers), 'x.eaf');
  expect(recordings[0]!.layers).toMatchObject([
    {
      name: 'Emotion',
      segments: [{ label: 'happiness' }, { label: 'surprise', comment: 'unsure' }],
      problems: [],
      notes: [{ id: 'eaf/comments', parameters: { tier: 'Why', count: 1 } }],
    },
    { name: 'Deeper', segments: [], problems: [{ id: 'eaf/references' }] },
  ]);
});

test("a face is in the name of a tier only where several tiers differ in their numbers, or the file is this program's", () => {
  const tier = (id: string): Tier => ({ id, annotations: [LABELS[0]] });
  const facesIn = (text: string): [string, number[]][] =>
    readEaf(text, 'x.eaf').recordings[0]!.layers.map(({ name, segments }) => [name, segments.map(({ face }) => face)]);
  expect(facesIn(eaf([tier('Comment on face 2')]))).toEqual([['Comment on face 2', [1]]]);
  expect(facesIn(eaf([tier('Ann face 1'), tier('Ann face 2'), tier('Ben')]))).toEqual([
    ['Ann', [1, 2]],
    ['Ben', [1]],
  ]);
  for (const name of ['Ann face 2', 'Ann peaks', 'Ann confidence'])
    for (const face of [1, 3]) expect(facesIn(writeEaf(own({ name, face })).text)).toEqual([[name, [face]]]);
});

function own({ name = 'Ann', face = 1, path = '/v/a.mp4' }): AnnotationDocument {
  const segments = [{ face, label: 'fear', startS: 1, endS: 2, confidence: 0.5 }];
  return {
    video: { path, name: 'a.mp4', durationS: 9, fps: 25 },
    participant: '',
    vocabulary: [],
    warnings: [],
    layers: [{ name, annotator: name, segments, peaks: [] }],
  };
}

test('media URLs encode what has a meaning in a URL, in Windows paths too', () => {
  const media = (path: string): string[] => [...writeEaf(own({ path })).text.matchAll(/MEDIA_URL="([^"]*)"/g)].map(([, url]) => url!);
  expect(media('/v/50%d done #1?.mp4')).toEqual(['file:///v/50%25d%20done%20%231%3F.mp4', './50%25d%20done%20%231%3F.mp4']);
  expect(media('C:\\my videos\\a #1.mp4')).toEqual(['file:///C:/my%20videos/a%20%231.mp4', './a%20%231.mp4']);
  expect(media('\\\\server\\share\\a?.mp4')).toEqual(['file://server/share/a%3F.mp4', './a%3F.mp4']);
});
