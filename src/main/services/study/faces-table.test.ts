import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { returningFace } from '../../../../testing/face-tracks.ts';
import { makeProject, someSegment } from '../../../../testing/project.ts';
import { FILE, RECORD, timing } from '../../../../testing/results.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { allVideos } from '../../project/library.ts';
import { beginRun, recordResult } from '../../project/recorded-results.ts';
import { addCoder, readLayer } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { readDetected, readFace } from '../../project/tracked-faces.ts';
import { shownFaces } from './face-tracks.ts';
import { editFaces, setFaces } from './faces-table.ts';

let db: ProjectDatabase;
let [run, video, ann, annLayer] = ['', '', '', ''];

/** A project with one video, three detected faces and an empty layer of Ann. */
beforeEach(async () => {
  ({ db } = await makeProject());
  run = beginRun(db, RECORD);
  recordResult(db, run, FILE, returningFace(FILE.name), timing());
  [video, ann, annLayer] = [allVideos(db)[0]!.id, addCoder(db, 'Ann').id, newId()];
  const row = { id: annLayer, video_id: video, kind: 'coder', coder_id: ann, run_id: null, scheme_id: 'seven-expressions', created_at: '2026' } as const;
  applyEdit(db, { coderId: ann, step: step('other', { text: 'test' }), rows: [{ table: 'layer', kind: 'insert', row }] });
});

function label(face: number, start: number, end: number): void {
  const row = someSegment(annLayer, start, { face_id: face, end_s: end });
  applyEdit(db, { coderId: ann, step: step('other', { text: 'test' }), rows: [{ table: 'segment', kind: 'insert', row }] });
}
const labelsOf = (layer: string): unknown[] => readLayer(db, layer).segments.map(({ face_id, start_s, end_s }) => [face_id, start_s, end_s]);
const stored = (): unknown[] => (['timeline', 'result', 'segment', 'peak'] as const).map((name) => db.rows(db.sql.selectFrom(name).selectAll()));

describe('a table of faces', () => {
  const set = async (text: string): ReturnType<typeof setFaces> => {
    const file = join(await temporaryFolder(), 'faces.csv');
    await writeFile(file, text);
    return setFaces(db, file, 'Cara');
  };

  test('lets two faces change places, once', async () => {
    label(2, 2, 3);
    label(2, 8, 9);
    const text = `video;face_id;start_s;end_s;to_face\na.mp4;2;5,4;;3\na.mp4;3;5,4;;2\n`;
    expect((await set(text))!.step).toEqual(step('faces.set', { count: 2, file: 'faces.csv' }));
    expect(labelsOf(annLayer)).toEqual([
      [2, 2, 3],
      [3, 8, 9],
    ]);
    expect(readFace(db, run, video, 2)).toEqual(
      [...readDetected(db, run, video, 2).slice(0, 20), ...readDetected(db, run, video, 3)].map((row) => ({ ...row, faceId: 2 })),
    );
    expect(await set(text)).toBeNull();
    await set('video,face_id,to_face\na.mp4,2,2\n');
    expect(db.rows(db.sql.selectFrom('face_tracks').select('edits'))).toEqual([{ edits: '[]' }]);
    expect(labelsOf(annLayer)).toEqual([
      [2, 2, 3],
      [2, 8, 9],
    ]);
  });

  test('that cannot be used names all rows, and changes nothing', async () => {
    const before = stored();
    const rows = ['nope.mp4,1,,,2', 'a.mp4,9,,,2', 'a.mp4,1,x,,2', 'a.mp4,1,,,0', 'a.mp4,1,3,2,2', 'a.mp4,1,3,,4', 'a.mp4,1,5,,5'];
    await expect(set(`video,face_id,start_s,end_s,to_face\n${rows.join('\n')}\n`)).rejects.toMatchObject({
      id: 'data-set-invalid/faces',
      parameters: {
        problems: ['study/unknown-video', 'faces/unknown-detected', 'trials/time', 'faces/number', 'trials/order', 'faces/overlap'].map((id) => ({ id })),
      },
    });
    await expect(set('video,face_id,to_face\na.mp4,2,1\n')).rejects.toMatchObject({
      parameters: { problems: [{ id: 'faces/together', parameters: { face: 1, other: 2, to: 1, at: 1.4 } }] },
    });
    await expect(set('video,face_id\na.mp4,2\n')).rejects.toMatchObject({ id: 'data-set-invalid/not-faces' });
    expect([stored(), db.rows(db.sql.selectFrom('face_tracks').selectAll())]).toEqual([before, []]);
  });

  test('requests of the command line are steps of their own; with one that is not possible, nothing is changed', () => {
    const request = { video: 'a.mp4', given: '--merge' };
    const good = [
      { ...request, kind: 'split', face: 2, atS: 5.4 },
      { ...request, kind: 'merge', face: 3, into: 1 },
    ] as const;
    const bad = [
      { ...request, kind: 'merge', face: 1, into: 2 },
      { ...request, kind: 'merge', face: 1, into: 2, video: 'nope.mp4' },
    ] as const;
    expect(() => editFaces(db, [...good, ...bad], 'Cara')).toThrow(
      expect.objectContaining({
        parameters: { problems: [expect.objectContaining({ id: 'faces/request' }), expect.objectContaining({ id: 'study/unknown-video' })] },
      }),
    );
    expect(shownFaces(db, video).map(({ face }) => face)).toEqual([1, 2, 3]);
    expect(editFaces(db, good, 'Cara')).toHaveLength(2);
    expect(shownFaces(db, video).map(({ face }) => face)).toEqual([1, 2, 4]);
  });
});
