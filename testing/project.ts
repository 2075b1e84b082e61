import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../src/main/project/edits.ts';
import type { OpenOptions, Project } from '../src/main/project/store/open-project.ts';
import { openProject } from '../src/main/project/store/open-project.ts';
import type { SegmentRow } from '../src/main/project/store/schema.ts';
import { RECORD } from './results.ts';

/** A new project for a test, in its own temporary folder. */
export async function makeProject(options: OpenOptions = {}): Promise<Project & { folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'adatosk-project-'));
  const project = await openProject(folder, { create: true, ...options });
  return { ...project, folder };
}

/** Adds a video, two coders with one layer each, and a layer of a model to a project, without journal entries. */
export function furnish({ db }: Pick<Project, 'db'>): { video: string; ann: string; ben: string; annLayer: string; benLayer: string; modelLayer: string } {
  const at = '2026-11-24T10:00:00.000Z';
  const [video, ann, ben, annLayer, benLayer, modelLayer, run] = Array.from({ length: 7 }, newId) as [string, string, string, string, string, string, string];
  db.transaction(() => {
    const facts = { duration_s: 60, frames: 1500, fps: 25, variable_rate: 0, missing: 0, review: 'new' as const, revision: 1 };
    const none = { sha256: null, folder_id: null, participant_id: null, session_id: null, condition: '' };
    db.run(
      db.sql
        .insertInto('video')
        .values({ id: video, path: `/videos/${video}.mp4`, name: 'interview.mp4', size: 1, modified_ms: 0, added_at: at, ...none, ...facts }),
    );
    for (const [id, name] of [
      [ann, 'Ann'],
      [ben, 'Ben'],
    ] as const)
      db.run(db.sql.insertInto('coder').values({ id, name, added_at: at, revision: 1 }));
    db.run(
      db.sql
        .insertInto('run')
        .values({ id: run, model_id: 'adatosk-tiny', model_sha256: 'ab', trained: 1, record: JSON.stringify(RECORD), started_at: at, ended_at: at }),
    );
    const layer = { video_id: video, scheme_id: 'seven-expressions', created_at: at, revision: 1 };
    db.run(db.sql.insertInto('layer').values({ ...layer, id: annLayer, kind: 'coder', coder_id: ann, run_id: null }));
    db.run(db.sql.insertInto('layer').values({ ...layer, id: benLayer, kind: 'coder', coder_id: ben, run_id: null }));
    db.run(db.sql.insertInto('layer').values({ ...layer, id: modelLayer, kind: 'model', coder_id: null, run_id: run }));
  });
  return { video, ann, ben, annLayer, benLayer, modelLayer };
}

export function someSegment(layer: string, start: number, more: Partial<SegmentRow> = {}): Omit<SegmentRow, 'revision'> {
  return {
    id: newId(),
    layer_id: layer,
    face_id: 1,
    label: 'happiness',
    start_s: start,
    end_s: start + 1,
    confidence: null,
    made_by: 'Ann',
    made_at: '2026-11-24T10:00:00.000Z',
    proposal_id: null,
    model_sha256: null,
    ...more,
  };
}
