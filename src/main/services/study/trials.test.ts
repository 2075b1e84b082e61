import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { furnish, makeProject } from '../../../../testing/project.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import type { AppliedEdit, RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { step } from '../../../shared/annotation/steps.ts';
import type { TrialRow } from '../../../shared/annotation/trial-edits.ts';
import { createTrial } from '../../../shared/annotation/trial-edits.ts';
import { applyEdit, undo } from '../../project/edits.ts';
import { addVideo, allVideos } from '../../project/library.ts';
import { listCoders } from '../../project/review.ts';
import { listTrials } from '../../project/trials.ts';
import type { TrialsRequest } from './trials.ts';
import { refuseInvalidTrials, setTrials } from './trials.ts';

const folder = await temporaryFolder();
const project = await makeProject();
const { db } = project;
furnish(project);
addVideo(db, { path: '/videos/other.mp4', name: 'other.mp4', size: 1, modifiedMs: 0 });

let files = 0;
async function set(text: string, request: Partial<TrialsRequest> = {}): ReturnType<typeof setTrials> {
  const file = join(folder, `trials${++files}.csv`);
  await writeFile(file, text);
  return setTrials(db, file, { video: null, offsetS: 0, columns: {}, ...request }, 'Cara');
}
const trialsOf = (name: string): unknown[] => {
  const video = allVideos(db).find((each) => each.name === name)!.id;
  return listTrials(db).flatMap((each) => (each.video_id === video ? [[each.name, each.type, each.item, each.condition, each.start_s, each.end_s]] : []));
};

test('trials and markers are set in one step; a second table replaces those of its videos alone', async () => {
  await set('video,start_s,end_s,trial,type,item,condition\nother.mp4,1,2,1,film,a.mov,joy\n');
  const edit = await set('video,start_s,end_s,trial,type,item,condition\ninterview.mp4,1.5,4,1,film,b.mov,joy\ninterview.mp4,5,,2,bell,,\n');
  expect(edit!.changes).toHaveLength(2);
  expect(trialsOf('interview.mp4')).toEqual([
    ['1', 'film', 'b.mov', 'joy', 1.5, 4],
    ['2', 'bell', '', '', 5, null],
  ]);
  const again = await set('video;start_s;end_s;trial;type;item;condition\ninterview.mp4;1,5;4;1;film;b.mov;joy\ninterview.mp4;7;9;3;film;;\n');
  expect(again!.changes.map(({ before, after }) => [before === null, after === null])).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(trialsOf('other.mp4')).toHaveLength(1);
  undo(db, listCoders(db).find(({ name }) => name === 'Cara')!.id);
  expect(trialsOf('interview.mp4')).toHaveLength(2);
});

test.each(['onset', 'onset_s'])('events.tsv of BIDS: %s and duration; an event without a duration is a marker', async (onset) => {
  await set(`${onset}\tduration\ttrial_type\tstim_file\n0.5\t2\tface\tf1.png\n3\tn/a\tpress\tn/a\n4\t0\tpress\t\n`, { video: 'other.mp4' });
  expect(trialsOf('other.mp4').map((trial) => (trial as unknown[]).slice(1))).toEqual([
    ['face', 'f1.png', '', 0.5, 2.5],
    ['press', '', '', 3, null],
    ['press', '', '', 4, null],
  ]);
});

test('the log of a presentation program: named columns, an offset, and rows of other routines', async () => {
  const log =
    'participant,welcome.started,trials.thisN,imageFile,emotion,image.started,image.stopped\nP1,0.2,,,,,\nP1,,0,a.png,joy,10.25,12.25\nP1,,1,b.png,fear,14,16\n';
  const columns = { start_s: 'image.started', end_s: 'image.stopped', item: 'imageFile', condition: 'emotion' };
  await set(log, { video: 'interview.mp4', offsetS: 3.5, columns });
  expect(trialsOf('interview.mp4')).toEqual([
    ['0', 'trial', 'a.png', 'joy', 13.75, 15.75],
    ['1', 'trial', 'b.png', 'fear', 17.5, 19.5],
  ]);
});

test('all rows that cannot be used are named together in the order of their lines, and nothing is changed', async () => {
  const before = listTrials(db);
  const rows = [
    'none.mp4,1,2,1,a',
    'interview.mp4,one,2,1,a',
    'interview.mp4,5,4,1,a',
    'interview.mp4,59,61,1,a',
    'interview.mp4,1,3,1,a',
    'interview.mp4,2,4,2,a',
    'interview.mp4,2,4,2,b',
    'interview.mp4,10,11,1,a',
    ',1,2,9,a',
  ];
  await expect(set(`video,start_s,end_s,trial,type\n${rows.join('\n')}\n`)).rejects.toMatchObject({
    id: 'data-set-invalid/trials',
    parameters: {
      problems: [
        { id: 'study/unknown-video' },
        { id: 'trials/time', parameters: { value: 'one' } },
        { id: 'trials/order' },
        { id: 'trials/outside', parameters: { last: 60 } },
        { id: 'trials/overlap', parameters: { from: { parameters: { line: 7 } }, line: 6 } },
        { id: 'trials/twice', parameters: { from: { parameters: { line: 9 } }, name: '1', line: 6 } },
        { id: 'trials/no-video', parameters: { from: { parameters: { line: 10 } } } },
      ],
    },
  });
  await expect(set('name,time\na,1\n')).rejects.toMatchObject({ id: 'data-set-invalid/not-trials' });
  await expect(set('start_s\n1\n', { video: 'other.mp4', columns: { item: 'picture' } })).rejects.toMatchObject({
    parameters: { problems: [{ id: 'trials/no-column' }] },
  });
  expect(listTrials(db)).toEqual(before);
});

describe('trials that are drawn', () => {
  const video = (): string => allVideos(db).find(({ name }) => name === 'interview.mp4')!.id;
  const coder = (): string => listCoders(db).find(({ name }) => name === 'Cara')!.id;
  /** Applies edits as the window does, in a transaction with the check. */
  const apply = (...rows: RowEdit[]): AppliedEdit =>
    db.transaction(() => {
      const edit = applyEdit(db, { coderId: coder(), step: step('trial.create', { trial: '', type: '' }), rows });
      refuseInvalidTrials(db, edit.changes);
      return edit;
    });
  const insert = (id: string, start_s: number, end_s: number | null, more: Partial<TrialRow> = {}): RowEdit =>
    createTrial(video(), { name: id, type: 'task', item: '', condition: '', start_s, end_s, ...more }, id);

  test('are rejected if they overlap, leave the video, or have a name twice; nothing is changed then', () => {
    apply(insert('a', 20, 25), insert('b', 25, 30));
    const before = listTrials(db);
    expect(() => apply(insert('c', 24, 26))).toThrow(
      expect.objectContaining({ id: 'edit-invalid/trial-overlap', parameters: expect.objectContaining({ trial: 'c', other: 'a' }) as unknown }),
    );
    expect(() => apply(insert('m', 29, null))).toThrow(expect.objectContaining({ id: 'edit-invalid/trial-overlap' }));
    expect(() => apply(insert('d', 59, 61))).toThrow(
      expect.objectContaining({ id: 'edit-invalid/trial-outside', parameters: { trial: 'd', video: 'interview.mp4', last: 60 } }),
    );
    expect(() => apply(insert('e', 40, 41, { name: 'a' }))).toThrow(expect.objectContaining({ id: 'edit-invalid/trial-name' }));
    expect(() => apply({ table: 'trial', kind: 'update', id: 'a', revision: before.find(({ id }) => id === 'a')!.revision, set: { end_s: 26 } })).toThrow(
      expect.objectContaining({ id: 'edit-invalid/trial-overlap', parameters: expect.objectContaining({ trial: 'a', other: 'b' }) as unknown }),
    );
    expect(listTrials(db)).toEqual(before);
  });

  test('an overlap that is there already does not stop the edit of another trial', () => {
    applyEdit(db, { coderId: coder(), step: step('other', { text: 'merged' }), rows: [insert('old', 20.5, 21)] });
    apply(insert('new', 50, 51));
    expect(trialsOf('interview.mp4')).toContainEqual(['new', 'task', '', '', 50, 51]);
  });
});
