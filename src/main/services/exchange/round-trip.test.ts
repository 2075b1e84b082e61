import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../../testing/project.ts';
import { ffmpeg, temporaryFolder } from '../../../../testing/videos.ts';
import { step } from '../../../shared/annotation/steps.ts';
import type { ReadableFormatName } from '../../formats/annotations/annotation-formats.ts';
import { READABLE_FORMATS } from '../../formats/annotations/annotation-formats.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { layersOf, listCoders, readLayer } from '../../project/review.ts';
import type { PeakRow } from '../../project/store/schema.ts';
import { writeAnnotations } from './exchange-annotations.ts';
import { writeProject } from './export-project.ts';
import { importLabels } from './import-labels.ts';

const project = await makeProject();
const { db } = project;
const { video, ann, annLayer, ben, benLayer } = furnish(project);

const peak = (
  layer: string,
  face: number,
  label: string,
  times: readonly [number, number, number],
  more: Partial<PeakRow> = {},
): Omit<PeakRow, 'revision'> => ({
  id: newId(),
  layer_id: layer,
  face_id: face,
  label,
  onset_s: times[0],
  apex_s: times[1],
  offset_s: times[2],
  intensity: null,
  prominence: null,
  mask_final: null,
  made_by: 'Ann',
  made_at: '2026-11-24T10:00:00.000Z',
  proposal_id: null,
  model_sha256: null,
  comment: null,
  modifiers: null,
  ...more,
});
const segments = [
  someSegment(annLayer, 1, { label: 'fear', end_s: 2.0413, confidence: 0.123456 }),
  // Overlaps the first label, and touches the next.
  someSegment(annLayer, 1.5, { label: 'a "smile", strong', end_s: 3, comment: 'looks away; "sure"', modifiers: 'left|strong' }),
  someSegment(annLayer, 3, { label: 'none', end_s: 3.7, confidence: 1 }),
  someSegment(annLayer, 3.7, { label: 'none', end_s: 4 }),
  someSegment(annLayer, 5, { label: 'Ärger', end_s: 60, face_id: 3, comment: 'two\nlines' }),
];
const peaks = [
  peak(annLayer, 1, 'fear', [1, 1.333, 2]),
  peak(annLayer, 1, 'anger', [1.2, 1.333, 1.9], { comment: 'at the same time' }),
  peak(annLayer, 3, 'Ärger', [7, 7, 7]),
];
applyEdit(db, {
  coderId: ann,
  step: step('other', { text: 'test' }),
  rows: [
    ...segments.map((row) => ({ table: 'segment' as const, kind: 'insert' as const, row })),
    ...peaks.map((row) => ({ table: 'peak' as const, kind: 'insert' as const, row })),
  ],
});
const benRow = someSegment(benLayer, 2, { label: 'joy' });
applyEdit(db, { coderId: ben, step: step('other', { text: 'test' }), rows: [{ table: 'segment', kind: 'insert', row: benRow }] });

/** The files of an export that can be imported. */
async function exported(format: ReadableFormatName, layers: readonly string[]): Promise<{ files: string[]; losses: readonly { readonly id: string }[] }> {
  const out = join(await temporaryFolder(), format);
  const { files, losses } =
    format === 'labels' ? await writeProject(db, { format, run: null, layers }, out) : await writeAnnotations(db, format, layers, [], out);
  return {
    files: files.filter((file) => /\.(?:eaf|TextGrid|json|boris|tsv)$|labels\.csv$|label_peaks\.csv$/.test(file) && basename(file) !== 'run.json'),
    losses,
  };
}

function rowsOf(coder: string): { segments: unknown[]; peaks: unknown[] } {
  const { id } = listCoders(db).find(({ name }) => name === coder)!;
  const layer = layersOf(db, video).find(({ coder_id }) => coder_id === id)!;
  const read = readLayer(db, layer.id);
  const plain = (value: string | null | undefined): string => (value ?? '').replaceAll('\n', ' ');
  return {
    segments: read.segments
      .map((row) => [row.face_id, row.label, milliseconds(row.start_s), milliseconds(row.end_s), row.confidence, plain(row.comment), row.modifiers ?? ''])
      .sort(byText),
    peaks: read.peaks
      .map((row) => [row.face_id, row.label, milliseconds(row.onset_s), milliseconds(row.apex_s), milliseconds(row.offset_s), plain(row.comment)])
      .sort(byText),
  };
}
const milliseconds = (seconds: number): number => Math.round(1000 * seconds) / 1000;
const byText = (a: unknown[], b: unknown[]): number => JSON.stringify(a).localeCompare(JSON.stringify(b));

describe.each(READABLE_FORMATS)('an export as %s', (format) => {
  test('comes back with the same labels and peaks, and a second import finds all of them', async () => {
    const { files, losses } = await exported(format, ['Ann']);
    const placements = files.map((file) => ({ file, video, layers: null }));
    const options = { coder: `Cleo ${format}`, mapping: {}, partly: false };
    expect(await importLabels(db, placements, options)).toMatchObject({ labels: 5, peaks: 3, known: 0, problems: [] });
    expect(rowsOf(`Cleo ${format}`)).toEqual(rowsOf('Ann'));
    expect(losses.map(({ id }) => id)).toEqual(expect.arrayContaining(format === 'labels' ? [] : ['in-file']));
    expect(await importLabels(db, placements, options)).toMatchObject({ labels: 0, peaks: 0, known: 8 });
  });

  test('with two coders is not pooled into one: the coders are named, and can be mapped', async () => {
    const { files } = await exported(format, ['Ann', 'Ben']);
    const options = { coder: 'Dora', mapping: {}, partly: false };
    const all = files.map((file) => ({ file, video, layers: null }));
    await expect(importLabels(db, all, options)).rejects.toMatchObject({
      id: 'wrong-usage/layers-share-face',
      parameters: { coder: 'Dora', layers: ['Ann', 'Ben'] },
    });
    const [file] = files;
    const layers = [{ name: 'Ben', coder: `Ben ${format}`, face: 4 }];
    expect(await importLabels(db, [{ file: file!, video, layers }], options)).toMatchObject({ labels: 1, peaks: 0 });
    expect(rowsOf(`Ben ${format}`).segments).toEqual([[4, 'joy', 2, 3, null, '', '']]);
  });
});

test('what a format cannot hold is said at the export', async () => {
  const { losses } = await exported('eaf', ['Ann']);
  expect(losses).toEqual([{ id: 'in-file', parameters: { file: 'interview.mp4', notice: { id: 'peaks/times-only', parameters: {} } } }]);
});

test('a video that was not analysed has its own length and rate: as the end of a TextGrid, for labels beyond it, and for frames', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'new.mp4');
  await ffmpeg('-f', 'lavfi', '-i', 'color=black:s=64x48:r=10:d=3', '-c:v', 'libx264', path);
  const id = newId();
  const facts = {
    duration_s: null,
    frames: null,
    fps: null,
    variable_rate: null,
    sha256: null,
    folder_id: null,
    participant_id: null,
    session_id: null,
    condition: '',
  };
  const row = { id, path, name: 'new.mp4', size: 1, modified_ms: 0, missing: 0, review: 'new' as const, added_at: 'now', revision: 1 };
  db.run(db.sql.insertInto('video').values({ ...row, ...facts }));
  const table = join(folder, 'x.csv');
  await writeFile(table, 'label,start_s,end_s\nfear,1,9\n');
  const options = { coder: 'Zoe', mapping: {}, partly: false };
  expect(await importLabels(db, [{ file: table, video: id, layers: null }], options)).toMatchObject({ notes: [{ id: 'import/cut' }] });
  const [file] = (await writeAnnotations(db, 'textgrid', ['Zoe'], [id], folder)).files;
  expect([...(await readFile(file!, 'utf8')).matchAll(/xmax = (\S+)/g)].map(([, end]) => Number(end))).toEqual([3, 3, 1, 3]);
  const studio = join(folder, 'x.label-studio.json');
  const value = { ranges: [{ start: 11, end: 20 }], timelinelabels: ['anger'] };
  await writeFile(studio, JSON.stringify([{ data: { video: 'new.mp4' }, annotations: [{ result: [{ type: 'timelinelabels', value }] }] }]));
  await importLabels(db, [{ file: studio, video: id, layers: null }], { ...options, coder: 'Yan' });
  const layer = layersOf(db, id).find(({ coder_id }) => coder_id === listCoders(db).find(({ name }) => name === 'Yan')!.id)!;
  expect(readLayer(db, layer.id).segments).toMatchObject([{ start_s: 1, end_s: 2 }]);
});
