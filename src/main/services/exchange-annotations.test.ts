import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../testing/project.ts';
import { temporaryFolder } from '../../../testing/videos.ts';
import { applyEdit, undo } from '../project/edits.ts';
import { openProject } from '../project/open-project.ts';
import { layersOf, listCoders, readLayer } from '../project/review.ts';
import { exportAnnotations, importAnnotations } from './exchange-annotations.ts';

const project = await makeProject();
const { video, ann, annLayer } = furnish(project);
const rows = [1, 4].map((start) => ({
  table: 'segment' as const,
  kind: 'insert' as const,
  row: someSegment(annLayer, start, { label: start === 1 ? 'fear' : 'anger' }),
}));
applyEdit(project.db, { coderId: ann, code: 'test', label: 'test', rows });
project.close();
const out = await temporaryFolder();
const base = { project: project.folder, video: 'interview.mp4', coder: 'Cleo', format: null, layer: null, partly: false };

test.each(['eaf', 'textgrid', 'label-studio'] as const)("Ann's labels leave as %s and come back as Cleo's, in one step that can be undone", async (format) => {
  const { files } = await exportAnnotations(project.folder, format, ['Ann'], [], join(out, format));
  expect(files).toHaveLength(1);
  const coder = `Cleo ${format}`;
  expect(await importAnnotations({ ...base, file: files[0]!, coder })).toEqual({ labels: 2, problems: [] });
  const { db, close } = await openProject(project.folder);
  const { id } = listCoders(db).find(({ name }) => name === coder)!;
  const layer = layersOf(db, video).find(({ coder_id }) => coder_id === id)!;
  const { segments } = readLayer(db, layer.id);
  expect(segments.map(({ label, start_s, end_s }) => [label, start_s, end_s])).toEqual([
    ['fear', 1, 2],
    ['anger', 4, 5],
  ]);
  expect(segments[0]!.made_by).toMatch(/^Cleo .*, from interview\./);
  undo(db, id);
  expect(layersOf(db, video).some(({ coder_id }) => coder_id === id)).toBe(false);
  close();
});

test('a file that cannot wholly be placed changes nothing, unless that is wished', async () => {
  const file = join(out, 'open.eaf');
  const { files } = await exportAnnotations(project.folder, 'eaf', ['Ann'], [], join(out, 'open'));
  await writeFile(file, (await readFile(files[0]!, 'utf8')).replace(/ TIME_VALUE="2000"/, ''));
  await expect(importAnnotations({ ...base, file })).rejects.toMatchObject({
    code: 'data-set-invalid',
    message: expect.stringMatching(/Nothing was imported.*«fear» has no time/) as string,
  });
  expect(await importAnnotations({ ...base, file, partly: true })).toMatchObject({ labels: 1, problems: [expect.any(String)] });
});

test('what is not there is told: a layer, a video, a format', async () => {
  await expect(exportAnnotations(project.folder, 'eaf', ['Nobody'], [], out)).rejects.toThrow(/No video has labels of Nobody/);
  const [file] = (await exportAnnotations(project.folder, 'eaf', [], [], join(out, 'all'))).files;
  await expect(importAnnotations({ ...base, file: file!, video: 'other.mp4' })).rejects.toMatchObject({ code: 'video-unknown' });
  await expect(importAnnotations({ ...base, file: file!, layer: 'Ben 2' })).rejects.toThrow(/no labels in a layer «Ben 2»/);
  await expect(importAnnotations({ ...base, file: join(out, 'x.docx') })).rejects.toThrow(/not known what x.docx is/);
});
