import { step } from '../../shared/annotation/steps.ts';
import { describe, expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../testing/project.ts';
import { applyEdit, undo } from './edits.ts';
import { projectLines, readProjectLines } from './open-json.ts';

describe('a project as JSON Lines', () => {
  test('gives the same project when it is imported, including history and packed columns', async () => {
    const [from, to] = [await makeProject(), await makeProject()];
    const { ann, annLayer, video } = furnish(from);
    const row = someSegment(annLayer, 1, { label: `"quoted", 😀\nnew line` });
    applyEdit(from.db, { coderId: ann, step: step('other', { text: 'Label' }), rows: [{ table: 'segment', kind: 'insert', row }] });
    from.db.run(from.db.sql.insertInto('timing').values({ video_id: video, frames: 3, packed: Buffer.from([0, 1, 255, 128]), facts: '{}' }));
    const lines = [...projectLines(from.db)];
    readProjectLines(to.db, lines);
    expect([...projectLines(to.db)]).toEqual(lines);
    expect(undo(to.db, ann)?.step.parameters).toEqual({ text: 'Label' });
    from.close();
    to.close();
  });

  test('of another kind, of a newer version or truncated is rejected, and the project does not change', async () => {
    const project = await makeProject();
    const before = [...projectLines(project.db)];
    const head = before[0]!;
    for (const [lines, code] of [
      [['{"format":"something"}'], 'not-a-project'],
      [['{"format":"adatosk-project","version":9999}'], 'project-newer'],
      [[head, '{"table":"segment","row":{"id":'], 'not-a-project'],
      [[head, '{"table":"sqlite_master","row":{}}'], 'not-a-project'],
      [[head, '{"table":"coder","row":{"id":"a","name":"Ann","added_at":"now","revision":1,"ession_id":1}}'], 'not-a-project'],
      [[...before, before.at(-1)!], 'not-a-project'],
      [[head, '{"table":"segment","row":{"id":"a","layer_id":"nowhere"}}'], 'not-a-project'],
      [[], 'not-a-project'],
    ] as const)
      expect(() => readProjectLines(project.db, lines)).toThrow(expect.objectContaining({ code }));
    expect([...projectLines(project.db)]).toEqual(before);
    project.close();
  });
});
