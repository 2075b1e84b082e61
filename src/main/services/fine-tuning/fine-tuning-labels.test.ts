import { parse } from 'csv-parse/sync';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../../testing/project.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { notice } from '../../../shared/app/notices.ts';
import { fineTuningOptionsSchema } from '../../../shared/domain/fine-tuning.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { addVideo, allVideos } from '../../project/library.ts';
import { chooseLabels } from './fine-tuning-labels.ts';
import { writeFineTuningSet } from './fine-tuning-set.ts';

const options = fineTuningOptionsSchema.parse({ form: 'references', layer: 'Ann', shares: [0.5, 0.25, 0.25] });

test('labels of one face that overlap with different classes are named; those of two faces are not', async () => {
  const project = await makeProject();
  const { db } = project;
  const { ann, annLayer } = furnish(project);
  const spans: [string, number, number, number][] = [
    ['happiness', 1, 0, 4],
    ['happiness', 1, 1, 2],
    ['fear', 1, 3, 5],
    ['anger', 2, 0, 4],
  ];
  const rows = spans.map(([label, face_id, start, end_s]) => ({
    table: 'segment' as const,
    kind: 'insert' as const,
    row: someSegment(annLayer, start, { label, face_id, end_s }),
  }));
  applyEdit(db, { coderId: ann, step: step('other', { text: 'test' }), rows });
  const { chosen, notes } = chooseLabels(db, options);
  expect(notes).toEqual([notice('set/contradictory', { count: 1, videos: ['interview.mp4'] })]);
  // With two faces, neither is known to be the participant of the video.
  expect([...new Set(chosen.map(({ person }) => person))]).toEqual(['interview.mp4 face 1', 'interview.mp4 face 2']);
});

test('one file under two participants is never in two parts', async () => {
  const project = await makeProject();
  const { db } = project;
  const { ann } = furnish(project);
  for (let i = 0; i < 8; i++) addVideo(db, { path: `/videos/v${i}.mp4`, name: `v${i}.mp4`, size: 1, modifiedMs: 0 });
  const videos = allVideos(db).filter(({ name }) => name.startsWith('v'));
  // The files of v0 and v1 are equal.
  for (const { id, name } of videos)
    db.run(
      db.sql
        .updateTable('video')
        .set({ sha256: name === 'v1.mp4' ? 'v0.mp4' : name })
        .where('id', '=', id),
    );
  const rows = videos.flatMap((video): RowEdit[] => {
    const [layer, participant] = [newId(), newId()];
    return [
      { table: 'participant', kind: 'insert', row: { id: participant, code: `P ${video.name}`, condition: '', note: '', attributes: '{}' } },
      { table: 'video', kind: 'update', id: video.id, revision: video.revision, set: { participant_id: participant } },
      {
        table: 'layer',
        kind: 'insert',
        row: { id: layer, video_id: video.id, kind: 'coder', coder_id: ann, run_id: null, scheme_id: 'seven-expressions', created_at: 'now' },
      },
      ...['happiness', 'fear'].map((label, i): RowEdit => ({
        table: 'segment',
        kind: 'insert',
        row: someSegment(layer, 2 * i, { label, end_s: 2 * i + 1 }),
      })),
    ];
  });
  applyEdit(db, { coderId: ann, step: step('other', { text: 'test' }), rows });
  for (let seed = 0; seed < 12; seed++) {
    const out = join(await temporaryFolder(), 'set');
    const noEngine = (): never => {
      throw new Error('a table needs no engine');
    };
    await writeFineTuningSet(db, { ...options, seed }, out, noEngine, { onProgress: () => undefined }, new AbortController().signal);
    const clips = parse(await readFile(join(out, 'provenance.csv')), { columns: true }) as unknown as { participant: string; split: string; fold: string }[];
    const partsOf = (name: string): Set<string> =>
      new Set(clips.filter(({ participant }) => participant === name).map(({ split, fold }) => `${split} ${fold}`));
    expect(partsOf('P v0.mp4').size).toBe(1);
    expect(partsOf('P v1.mp4')).toEqual(partsOf('P v0.mp4'));
    expect(new Set(clips.map(({ split }) => split)).size).toBe(3);
  }
});
