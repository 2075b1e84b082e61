import { step } from '../../../shared/annotation/steps.ts';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../../testing/project.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { applyEdit, undo } from '../../project/edits.ts';
import { inProject } from '../../project/store/open-project.ts';
import { layersOf, listCoders, readLayer } from '../../project/review.ts';
import { exportAnnotations } from './exchange-annotations.ts';
import type { ImportOptions } from './import-labels.ts';
import { importIntoProject, lookAtLabelFiles } from './import-labels.ts';

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
const placements = (file: string, layers: string[] | null = null) => [{ file, video: 'interview.mp4', layers }];

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
  expect(files).toHaveLength(1);
  const coder = `Cleo ${format}`;
  expect(await importIntoProject(project.folder, placements(files[0]!), as(coder))).toEqual({ labels: 2, known: 0, problems: [] });
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
  expect(await importIntoProject(project.folder, placements(file), as('Dora'))).toEqual({ labels: 0, known: 2, problems: [] });
  const more = await elan('more.eaf', (text) => text.replace('>anger<', '>disgust<'));
  expect(await importIntoProject(project.folder, placements(more), as('Dora'))).toEqual({ labels: 1, known: 1, problems: [] });
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
  expect(found[1]).toMatchObject({ video, layers: [{ name: 'Ann', labels: 2, names: ['anger', 'fear'] }], problems: [], unreadable: null });
  expect(found[2]).toMatchObject({
    video: null,
    layers: [{ name: 'Ann', labels: 1, names: ['anger'] }],
    problems: [expect.objectContaining({ id: 'eaf/no-time' }) as unknown],
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
