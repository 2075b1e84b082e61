import { step } from '../../../shared/annotation/steps.ts';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../../testing/project.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { applyEdit, undo } from '../../project/edits.ts';
import { inProject } from '../../project/store/open-project.ts';
import { layersOf, listCoders, readLayer } from '../../project/review.ts';
import { exportAnnotations } from './exchange-annotations.ts';
import type { ImportOptions } from './import-labels.ts';
import { importIntoProject } from './import-labels.ts';
import type { LayerPlacement } from './place-labels.ts';
import { lookAtLabelFiles } from './read-label-file.ts';

const project = await makeProject();
const { video, ann, annLayer } = furnish(project);
const rows = [1, 4].map((start) => ({
  table: 'segment' as const,
  kind: 'insert' as const,
  row: someSegment(annLayer, start, { label: start === 1 ? 'fear' : 'anger' }),
}));
applyEdit(project.db, { coderId: ann, step: step('other', { text: 'test' }), rows });
project.close();
const out = await temporaryFolder();

/** An ELAN file with Ann's two labels after an edit. */
async function elan(name: string, change: (text: string) => string): Promise<string> {
  const [file] = (await exportAnnotations(project.folder, 'eaf', ['Ann'], [], join(out, 'plain'))).files;
  const changed = join(out, name);
  await writeFile(changed, change(await readFile(file!, 'utf8')));
  return changed;
}
const placements = (file: string, layers: string[] | null = null) => [{ file, video: 'interview.mp4', layers: layers?.map((name) => ({ name })) ?? null }];

const as = (coder: string, partly = false): ImportOptions => ({ coder, mapping: {}, partly });

/** The labels of a coder in the video: label, start and end. */
const labelsOf = (coder: string): Promise<(string | number)[][]> =>
  inProject(project.folder, (db) => {
    const { id } = listCoders(db).find(({ name }) => name === coder)!;
    const layer = layersOf(db, video).find(({ coder_id }) => coder_id === id);
    return layer === undefined ? [] : readLayer(db, layer.id).segments.map(({ label, start_s, end_s }) => [label, start_s, end_s]);
  });

test.each(['eaf', 'textgrid', 'label-studio', 'boris'] as const)("Ann's labels are exported as %s and imported as Cleo's, in one undo step", async (format) => {
  const { files } = await exportAnnotations(project.folder, format, ['Ann'], [], join(out, format));
  // Label Studio also gets a labelling configuration.
  expect(files).toHaveLength(format === 'label-studio' ? 2 : 1);
  const coder = `Cleo ${format}`;
  expect(await importIntoProject(project.folder, placements(files[0]!), as(coder))).toEqual({ labels: 2, peaks: 0, known: 0, problems: [], notes: [] });
  expect(await labelsOf(coder)).toEqual([
    ['fear', 1, 2],
    ['anger', 4, 5],
  ]);
  await inProject(project.folder, (db) => undo(db, listCoders(db).find(({ name }) => name === coder)!.id));
  expect(await labelsOf(coder)).toEqual([]);
});

test('a second import of a file adds only labels that are new', async () => {
  const file = await elan('again.eaf', (text) => text);
  await importIntoProject(project.folder, placements(file), as('Dora'));
  expect(await importIntoProject(project.folder, placements(file), as('Dora'))).toMatchObject({ labels: 0, known: 2, problems: [] });
  const more = await elan('more.eaf', (text) => text.replace('>anger<', '>disgust<'));
  expect(await importIntoProject(project.folder, placements(more), as('Dora'))).toMatchObject({ labels: 1, known: 1, problems: [] });
  expect((await labelsOf('Dora')).map(([label]) => label).sort()).toEqual(['anger', 'disgust', 'fear']);
});

test('a file with invalid times is rejected; with `partly`, its valid labels are imported', async () => {
  const file = await elan('open.eaf', (text) => text.replace(/ TIME_VALUE="2000"/, ''));
  await expect(importIntoProject(project.folder, placements(file), as('Eve'))).rejects.toMatchObject({
    code: 'data-set-invalid',
    id: 'data-set-invalid/not-placed',
    message: expect.stringMatching(/Nothing was imported.*«fear» has no time/) as string,
  });
  const late = await elan('late.eaf', (text) => text.replace('TIME_VALUE="4000"', 'TIME_VALUE="61000"').replace('TIME_VALUE="5000"', 'TIME_VALUE="62000"'));
  await expect(importIntoProject(project.folder, placements(late), as('Eve'))).rejects.toThrow(/«anger» at 61 s begins after the end of interview\.mp4/);
  expect(await importIntoProject(project.folder, placements(file), as('Eve', true))).toMatchObject({ labels: 1, problems: [{ id: 'eaf/no-time' }] });
  // Several files are imported together or not at all.
  const good = await elan('good.eaf', (text) => text);
  await expect(importIntoProject(project.folder, [...placements(good), ...placements(late)], as('Eve'))).rejects.toThrow(/late\.eaf: «anger»/);
  expect(await labelsOf('Eve')).toEqual([['anger', 4, 5]]);
});

test('the mapping renames labels or leaves them out', async () => {
  const file = await elan('names.eaf', (text) => text.replace('>fear<', '>scared<'));
  const options = { ...as('Ida'), mapping: { scared: 'fear', anger: null } };
  expect(await importIntoProject(project.folder, placements(file), options)).toMatchObject({ labels: 1 });
  expect(await labelsOf('Ida')).toEqual([['fear', 1, 2]]);
});

test('annotations without text are ignored, and UTF-16 files from Praat are read', async () => {
  const empty = await elan('empty.eaf', (text) => text.replace('>fear<', '> <'));
  expect(await importIntoProject(project.folder, placements(empty), as('Finn'))).toMatchObject({ labels: 1 });
  const [file] = (await exportAnnotations(project.folder, 'textgrid', ['Ann'], [], join(out, 'utf16'))).files;
  const text = (await readFile(file!, 'utf8')).replace('fear', 'Überraschung');
  for (const [name, bytes] of [
    ['le', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['be', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ] as const) {
    const praat = join(out, `${name}.TextGrid`);
    await writeFile(praat, bytes);
    await importIntoProject(project.folder, placements(praat), as(`Gus ${name}`));
    expect((await labelsOf(`Gus ${name}`)).map(([label]) => label)).toEqual(['Überraschung', 'anger']);
  }
});

test('files are inspected without an import: matching video, layers, problems, read errors', async () => {
  const folder = join(out, 'look');
  await mkdir(folder);
  const text = await readFile(await elan('look.eaf', (same) => same), 'utf8');
  await writeFile(join(folder, 'Interview.EAF'), text);
  await writeFile(join(folder, 'other.eaf'), text.replace(/ TIME_VALUE="2000"/, ''));
  await writeFile(join(folder, 'broken.TextGrid'), 'nothing');
  await writeFile(join(folder, 'notes.txt'), 'nothing');
  const found = await inProject(project.folder, (db) => lookAtLabelFiles(db, [folder, join(folder, 'other.eaf')]));
  expect(found.map(({ path }) => basename(path))).toEqual(['broken.TextGrid', 'Interview.EAF', 'other.eaf']);
  expect(found[0]).toMatchObject({ video: null, layers: [], unreadable: { id: 'data-set-invalid/not-textgrid', parameters: { file: 'broken.TextGrid' } } });
  expect(found[1]).toMatchObject({
    video,
    layers: [{ name: 'Ann', labels: 2, peaks: 0, faces: [1], names: ['anger', 'fear'], problems: [] }],
    unreadable: null,
  });
  // The name of the file matches no video, but the media file that ELAN names does.
  expect(found[2]).toMatchObject({
    video,
    layers: [{ name: 'Ann', labels: 1, names: ['anger'], problems: [{ id: 'eaf/no-time' }] }],
  });
  await expect(inProject(project.folder, (db) => lookAtLabelFiles(db, [join(folder, 'gone.eaf')]))).rejects.toMatchObject({ code: 'file-missing' });
});

test('an unknown layer, video or format is an error', async () => {
  await expect(exportAnnotations(project.folder, 'eaf', ['Nobody'], [], out)).rejects.toMatchObject({
    id: 'wrong-usage/no-labels-of',
    parameters: { layers: ['Nobody'] },
  });
  const file = await elan('there.eaf', (text) => text);
  const into = (files: Parameters<typeof importIntoProject>[1]): Promise<unknown> => importIntoProject(project.folder, files, as('Hal'));
  await expect(into([{ file, video: 'other.mp4', layers: null }])).rejects.toMatchObject({ code: 'video-unknown' });
  await expect(into(placements(file, ['Ben 2']))).rejects.toMatchObject({ id: 'wrong-usage/no-labels-in-layers' });
  await expect(into(placements(join(out, 'x.docx')))).rejects.toMatchObject({ id: 'wrong-usage/format-unknown' });
});

describe('times', () => {
  /** A table of labels for the video of 60 s. */
  async function table(name: string, lines: readonly string[]): Promise<string> {
    const file = join(out, `${name}.csv`);
    await writeFile(file, ['label,start_s,end_s', ...lines].join('\n'));
    return file;
  }

  test('labels beyond the start or the end are cut, with a note', async () => {
    const file = await table('cut', ['happiness,-0.5,1', 'fear,55,75', 'anger,59.999,60.001', 'surprise,4,5']);
    expect(await importIntoProject(project.folder, placements(file), as('Jim'))).toMatchObject({
      labels: 4,
      problems: [],
      notes: [{ id: 'import/cut', parameters: { count: 2, layer: 'labels', video: 'interview.mp4' } }],
    });
    expect(await labelsOf('Jim')).toEqual([
      ['happiness', 0, 1],
      ['surprise', 4, 5],
      ['fear', 55, 60],
      ['anger', 59.999, 60],
    ]);
  });

  test('what cannot be placed is named with its layer and time, and the rest is imported if that is wanted', async () => {
    const file = await table('wrong', ['happiness,5,4', 'fear,-3,-1', 'anger,61,62', 'sadness,x,2', 'neutral,7,7', 'surprise,4,5', 'disgust,1e999,2']);
    const problems = [
      { id: 'tables/no-time', parameters: { label: 'sadness', line: 5 } },
      { id: 'import/ends-before-start', parameters: { label: 'happiness', layer: 'labels', at: 5, end: 4 } },
      { id: 'import/before-start', parameters: { label: 'fear', layer: 'labels', at: -3 } },
      { id: 'import/too-late', parameters: { label: 'anger', at: 61, video: 'interview.mp4' } },
      { id: 'import/no-time', parameters: { label: 'disgust', layer: 'labels' } },
    ];
    await expect(importIntoProject(project.folder, placements(file), as('Kim'))).rejects.toMatchObject({ parameters: { problems } });
    expect(await importIntoProject(project.folder, placements(file), as('Kim', true))).toMatchObject({ labels: 2, problems });
    // A label without length is a label.
    expect(await labelsOf('Kim')).toEqual([
      ['surprise', 4, 5],
      ['neutral', 7, 7],
    ]);
  });

  test('problems of layers that were not chosen do not matter', async () => {
    const file = join(out, 'layers.csv');
    await writeFile(file, 'layer,label,start_s,end_s\nA,fear,1,2\nB,anger,x,4\n');
    await expect(importIntoProject(project.folder, placements(file), as('Lea'))).rejects.toMatchObject({ id: 'data-set-invalid/not-placed' });
    expect(await importIntoProject(project.folder, placements(file, ['A']), as('Lea'))).toMatchObject({ labels: 1, problems: [] });
  });
});

test('layers go to coders and faces; two layers share a face only if both are named', async () => {
  const file = join(out, 'speakers.csv');
  await writeFile(file, 'layer,face_id,label,start_s,end_s\nMother,1,fear,1,2\nChild,1,anger,1,2\nBoth,1,joy,3,4\nBoth,2,joy,5,6\n');
  const into = (layers: readonly LayerPlacement[] | null, coder: string): ReturnType<typeof importIntoProject> =>
    importIntoProject(project.folder, [{ file, video, layers }], as(coder));
  await expect(into(null, 'Mia')).rejects.toMatchObject({ id: 'wrong-usage/layers-share-face', parameters: { layers: ['Mother', 'Child', 'Both'] } });
  await expect(into([{ name: 'Mother' }, { name: 'Child' }], 'Mia')).rejects.toMatchObject({ id: 'wrong-usage/layers-share-face' });
  await expect(into([{ name: 'Mother' }, { name: 'Father' }], 'Mia')).rejects.toMatchObject({
    id: 'wrong-usage/no-labels-in-layers',
    parameters: { layers: ['Father'], known: ['Mother', 'Child', 'Both'] },
  });
  await expect(into([{ name: 'Both', face: 3 }], 'Mia')).rejects.toMatchObject({ id: 'wrong-usage/layer-has-faces' });
  expect(
    await into(
      [
        { name: 'Mother', face: 1 },
        { name: 'Child', face: 2 },
        { name: 'Both', coder: 'Nia' },
      ],
      'Mia',
    ),
  ).toMatchObject({ labels: 4 });
  expect([await labelsOf('Mia'), await labelsOf('Nia')]).toEqual([
    [
      ['fear', 1, 2],
      ['anger', 1, 2],
    ],
    [
      ['joy', 3, 4],
      ['joy', 5, 6],
    ],
  ]);
  expect(
    await into(
      [
        { name: 'Mother', face: 1 },
        { name: 'Child', face: 1 },
      ],
      'Ole',
    ),
  ).toMatchObject({ labels: 2 });
});

test('a tier is chosen by its whole name, also where it ends like the name of a face', async () => {
  const file = join(out, 'faces.TextGrid');
  const tier = (name: string, label: string): string => `"IntervalTier" "${name}" 0 60 1 0 60 "${label}"`;
  await writeFile(
    file,
    `"ooTextFile" "TextGrid" 0 60 <exists> 3 ${tier('Comment on face 2', 'joy')} ${tier('Ann face 1', 'fear')} ${tier('Ann face 3', 'anger')}`,
  );
  expect(await importIntoProject(project.folder, placements(file, ['Comment on face 2']), as('Uma'))).toMatchObject({ labels: 1 });
  expect(await importIntoProject(project.folder, placements(file, ['Ann face 3']), as('Vic'))).toMatchObject({ labels: 1 });
  expect([await labelsOf('Uma'), await labelsOf('Vic')]).toEqual([[['joy', 0, 60]], [['anger', 0, 60]]]);
});

test('the recording of a file is the one that names the video; otherwise it must be chosen', async () => {
  const file = join(out, 'videos.csv');
  await writeFile(file, 'video,label,start_s,end_s\nother.mp4,fear,1,2\ninterview.mp4,anger,3,4\n');
  await importIntoProject(project.folder, placements(file), as('Pam'));
  expect(await labelsOf('Pam')).toEqual([['anger', 3, 4]]);
  await importIntoProject(project.folder, [{ file, video, layers: null, recording: 'other.mp4' }], as('Pam'));
  expect(await labelsOf('Pam')).toEqual([
    ['fear', 1, 2],
    ['anger', 3, 4],
  ]);
  await writeFile(file, 'video,label,start_s,end_s\nother.mp4,fear,1,2\nthird.mp4,anger,3,4\n');
  const known = ['other.mp4', 'third.mp4'];
  await expect(importIntoProject(project.folder, placements(file), as('Pam'))).rejects.toMatchObject({
    id: 'wrong-usage/several-recordings',
    parameters: { known },
  });
  await expect(importIntoProject(project.folder, [{ file, video, layers: null, recording: 'x' }], as('Pam'))).rejects.toMatchObject({
    id: 'wrong-usage/no-recording',
    parameters: { known },
  });
  const found = await inProject(project.folder, (db) => lookAtLabelFiles(db, [file]));
  expect(found.map(({ recording, video: of }) => [recording, of])).toEqual([
    ['other.mp4', null],
    ['third.mp4', null],
  ]);
});

test('labels that differ from those of the project only in case or spaces become those, with a note; the mapping decides first', async () => {
  const file = join(out, 'case.csv');
  await writeFile(file, 'label,start_s,end_s\n Happiness ,1,2\nFREUDE,3,4\nfreude ,5,6\nAnger,7,8\nmild  smile,9,10\nMild Smile,11,12\n');
  const options = { ...as('Rob'), mapping: { Freude: 'happiness', Anger: 'Anger' } };
  expect(await importIntoProject(project.folder, placements(file), options)).toMatchObject({
    notes: [
      { id: 'import/renamed', parameters: { from: 'Happiness', label: 'happiness' } },
      { id: 'import/renamed', parameters: { from: 'Mild Smile', label: 'mild  smile' } },
    ],
  });
  expect((await labelsOf('Rob')).map(([label]) => label)).toEqual(['happiness', 'happiness', 'happiness', 'Anger', 'mild  smile', 'mild  smile']);
});

test('packed projects of BORIS are read', async () => {
  const [boris] = (await exportAnnotations(project.folder, 'boris', ['Ann'], [], join(out, 'gz'))).files;
  const packed = join(out, 'x.boris.gz');
  await writeFile(packed, gzipSync(await readFile(boris!)));
  expect(await importIntoProject(project.folder, placements(packed), as('Sue'))).toMatchObject({ labels: 2 });
  await writeFile(packed, Buffer.from([0x1f, 0x8b, 1, 2, 3]));
  await expect(importIntoProject(project.folder, placements(packed), as('Sue'))).rejects.toMatchObject({ id: 'data-set-invalid/not-gzip' });
});

test('a packed file that becomes a thousand times larger is rejected', async () => {
  const packed = join(out, 'bomb.boris.gz');
  await writeFile(packed, gzipSync(Buffer.alloc(260e6)));
  await expect(importIntoProject(project.folder, placements(packed), as('Sue'))).rejects.toMatchObject({ id: 'data-set-invalid/unpacked-size' });
});

test('30,000 labels are imported, found again, and undone', async () => {
  const file = join(out, 'many.csv');
  const lines = Array.from({ length: 30_000 }, (_, i) => `${i % 2 === 0 ? 'fear' : 'anger'},${i / 500},${i / 500 + 0.0015}`);
  await writeFile(file, ['label,start_s,end_s', ...lines].join('\n'));
  expect(await importIntoProject(project.folder, placements(file), as('Tom'))).toMatchObject({ labels: 30_000, known: 0 });
  expect(await importIntoProject(project.folder, placements(file), as('Tom'))).toMatchObject({ labels: 0, known: 30_000 });
  await inProject(project.folder, (db) => undo(db, listCoders(db).find(({ name }) => name === 'Tom')!.id));
  expect(await labelsOf('Tom')).toEqual([]);
});
