import { expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../testing/project.ts';
import { removalEdits, removalStep } from '../../shared/annotation/study-edits.ts';
import { step } from '../../shared/annotation/steps.ts';
import { coderProgress } from '../services/study/coder-progress.ts';
import { lookForFiles } from '../services/library/media-library.ts';
import { applyEdit, undo } from './edits.ts';
import { addVideo, contentsOf, listVideos, selectVideos, videoPaths } from './library.ts';
import { nextStep } from './next-step.ts';
import type { ProjectDatabase } from './store/database.ts';

async function withLabel(): Promise<{ db: ProjectDatabase; video: string; ann: string; remove: () => void }> {
  const project = await makeProject();
  const { video, ann, annLayer } = furnish(project);
  const { db } = project;
  applyEdit(db, {
    coderId: ann,
    step: step('segment.create', { label: 'happiness' }),
    rows: [{ table: 'segment', kind: 'insert', row: someSegment(annLayer, 1) }],
  });
  const remove = (): void => {
    const rows = removalEdits(listVideos(db));
    applyEdit(db, { coderId: ann, step: removalStep(['interview.mp4']), rows });
  };
  return { db, video, ann, remove };
}

test('a removed video is in no list and no export; undo brings it back with its labels', async () => {
  const { db, video, ann, remove } = await withLabel();
  expect(contentsOf(db, [video])).toEqual({ labels: 1, notes: 0, trials: 0, coders: 2 });
  expect(coderProgress(db).find(({ coder }) => coder === 'Ann')).toMatchObject({ videos: 1, labels: 1, of: 1 });
  remove();
  expect([listVideos(db), selectVideos(db, [])]).toEqual([[], []]);
  expect(coderProgress(db)).toEqual([]);
  expect(await lookForFiles(db, [])).toEqual({ missing: 0, relinked: 0 });
  expect(nextStep(db, ann, 'undo')).toMatchObject({ step: { kind: 'video.remove', parameters: { video: 'interview.mp4' } }, videos: [video] });
  undo(db, ann);
  expect(listVideos(db)).toHaveLength(1);
  expect(contentsOf(db, [video]).labels).toBe(1);
});

test('a watched folder knows a removed video; adding it by hand brings it back, and undo goes on with the step before', async () => {
  const { db, video, ann, remove } = await withLabel();
  remove();
  const [file] = videoPaths(db);
  expect(file).toMatchObject({ id: video, removed: 1 });
  expect(addVideo(db, { path: file!.path, name: file!.name, size: 1, modifiedMs: 0 })).toBe(true);
  expect(listVideos(db).map(({ id }) => id)).toEqual([video]);
  expect(nextStep(db, ann, 'undo')?.step.kind).toBe('segment.create');
  expect(undo(db, ann)?.step.kind).toBe('segment.create');
});

test('the next step names the videos of labels, also of those whose layer it made; a change of the coding scheme has none', async () => {
  const project = await makeProject();
  const { video, ann, annLayer } = furnish(project);
  const { db } = project;
  expect(nextStep(db, ann, 'undo')).toBeNull();
  applyEdit(db, { coderId: ann, step: step('segment.create', { label: 'x' }), rows: [{ table: 'segment', kind: 'insert', row: someSegment(annLayer, 1) }] });
  expect(nextStep(db, ann, 'undo')?.videos).toEqual([video]);
  undo(db, ann);
  expect(nextStep(db, ann, 'undo')).toBeNull();
  expect(nextStep(db, ann, 'redo')?.videos).toEqual([video]);
  const label = db.onlyRow(db.sql.selectFrom('label').selectAll().limit(1));
  const change = { table: 'label', kind: 'update', id: label.id, revision: label.revision, set: { description: 'y' } } as const;
  applyEdit(db, { coderId: ann, step: step('labels.change', {}), rows: [change] });
  expect(nextStep(db, ann, 'undo')).toMatchObject({ step: { kind: 'labels.change', parameters: {} }, videos: [] });
});

test('videos and coders are listed as people sort them', async () => {
  const { db } = await makeProject();
  for (const name of ['v10.mp4', 'v2.mp4', 'v1.mp4']) addVideo(db, { path: `/${name}`, name, size: 1, modifiedMs: 0 });
  expect(listVideos(db).map(({ name }) => name)).toEqual(['v1.mp4', 'v2.mp4', 'v10.mp4']);
});
