/** A project and an export of version 0.1 (testing/fixtures/project-0.1): two runs of one video, two coders. */
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { isRejected, spansWithoutLabel } from '../../../shared/annotation/decisions.ts';
import type { SegmentRow } from '../../../shared/annotation/segment-edits.ts';
import { importProject } from '../../services/exchange/export-project.ts';
import { Approval } from '../approval.ts';
import { readQueue } from '../batch-queue.ts';
import { hasFileClock } from '../clocks.ts';
import { columnsOf, hasUnits, seriesOf } from '../../../shared/domain/timeline-columns.ts';
import { history, redo, undo } from '../edits.ts';
import { listVideos } from '../library.ts';
import { listRuns } from '../recorded-results.ts';
import { readColumns, readDetected } from '../tracked-faces.ts';
import { decisionsOf, layersOf, listCoders, notesOf, readLayer } from '../review.ts';
import { listBackups } from './backups.ts';
import { NEWEST } from './migrations.ts';
import type { Project } from './open-project.ts';
import { openProject } from './open-project.ts';

const FIXTURE = new URL('../../../../testing/fixtures/project-0.1/', import.meta.url);
const folder = await temporaryFolder();

describe.each(['the project file', 'its JSON export'])('%s of version 0.1', (kind) => {
  let project: Project;
  let [video, ann, ben]: string[] = [];
  let proposals: SegmentRow[][];

  beforeAll(async () => {
    const at = join(folder, kind);
    if (kind === 'the project file') {
      await mkdir(at);
      await cp(new URL('project.adatosk', FIXTURE), join(at, 'project.adatosk'));
    } else await importProject(new URL('project.jsonl', FIXTURE).pathname, at);
    project = await openProject(at);
    const { db } = project;
    video = listVideos(db)[0]!.id;
    [ann, ben] = ['Ann', 'Ben'].map((name) => listCoders(db).find((coder) => coder.name === name)!.id);
    const models = layersOf(db, video).filter((layer) => layer.kind === 'model');
    proposals = models.map(({ id }) => readLayer(db, id).segments.filter(({ label }) => label !== 'neutral'));
  });
  afterAll(() => project.close());

  test('is migrated to the current schema; a project file is backed up first', () => {
    expect(project.db.pragma('user_version')).toBe(NEWEST);
    const backups = listBackups(join(folder, kind, 'backups')).map(({ reason }) => reason);
    expect(backups).toEqual(kind === 'the project file' ? ['before-40'] : []);
    expect(proposals).toHaveLength(2);
  });

  test('its analysed video keeps the clock on which its labels were made', () => {
    expect(hasFileClock(project.db, video!)).toBe(true);
  });

  test('its timelines can be read: they have doubt, but no pose, no unusual faces and no action units', () => {
    const { db } = project;
    const run = listRuns(db)[0]!.id;
    const rows = readDetected(db, run, video!, 1);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.every(({ pose, unusual }) => pose === undefined && unusual === undefined)).toBe(true);
    const columns = readColumns(db, run, video!, 1);
    expect(columns).toEqual(columnsOf(rows));
    expect(hasUnits(columns)).toBe(false);
    expect([...seriesOf(columns, 'yaw_deg')].every((value) => Number.isNaN(value))).toBe(true);
    expect([...seriesOf(columns, 'entropy')].some((value) => value > 0)).toBe(true);
  });

  test('its rejections become decisions on the proposals of each run with the same proposal', () => {
    const decisions = decisionsOf(project.db, video!);
    expect(decisions.filter(({ kind: each }) => each === 'rejected').map(({ coder_id, label }) => [coder_id === ann, label])).toEqual([
      [true, 'surprise'],
      [true, 'surprise'],
    ]);
    for (const [happiness, surprise] of proposals as [SegmentRow, SegmentRow][]) {
      expect(isRejected(decisions, ann!, surprise)).toBe(true);
      expect(isRejected(decisions, ben!, surprise)).toBe(false);
      expect(isRejected(decisions, ann!, happiness)).toBe(false);
    }
    expect(spansWithoutLabel(decisions)).toEqual([{ face: 1, startS: 4.25, endS: 5.125 }]);
  });

  test('a note that only resembles a decision stays a visible note', () => {
    expect(notesOf(project.db, video!).map(({ text }) => text)).toEqual(['rejected: the second take, face 1, 99.000 to 99.500 s']);
  });

  test('its history has kinds and parameters', () => {
    expect(history(project.db, ann!, 10).map(({ step, state }) => [step, state])).toEqual([
      [{ kind: 'video.markInReview', parameters: {} }, 'done'],
      [{ kind: 'note.create', parameters: {} }, 'done'],
      [{ kind: 'segment.create', parameters: { label: 'my own: face 2, 1.0 to 2.0 s' } }, 'done'],
      [{ kind: 'proposal.reject', parameters: { label: 'surprise' } }, 'done'],
      [{ kind: 'proposal.accept', parameters: { label: 'happiness' } }, 'done'],
    ]);
    expect(history(project.db, ben!, 10).map(({ step, state }) => `${step.kind} ${state}`)).toEqual(['proposal.reject undone', 'disagreement.decide done']);
  });

  test('undo and redo work for earlier decisions', () => {
    const { db } = project;
    expect(redo(db, ben!)?.step).toEqual({ kind: 'proposal.reject', parameters: { label: 'happiness' } });
    expect(isRejected(decisionsOf(db, video!), ben!, proposals[0]![0]!)).toBe(true);
    undo(db, ben!);
    expect(isRejected(decisionsOf(db, video!), ben!, proposals[0]![0]!)).toBe(false);
    undo(db, ben!);
    expect(spansWithoutLabel(decisionsOf(db, video!))).toEqual([]);
    redo(db, ben!);
    for (let i = 0; i < 4; i++) undo(db, ann!);
    expect(decisionsOf(db, video!).filter(({ kind: each }) => each === 'rejected')).toEqual([]);
    for (let i = 0; i < 4; i++) redo(db, ann!);
    expect(decisionsOf(db, video!)).toHaveLength(3);
    expect(history(db, ann!, 10).every(({ state }) => state === 'done')).toBe(true);
  });

  test('its waiting job is held until the user approves it', () => {
    const { jobs } = readQueue(project.db, new Approval(new Uint8Array(32)));
    expect(jobs.map(({ name, isHeld }) => [name, isHeld])).toEqual(kind === 'the project file' ? [['waiting.mp4', true]] : []);
  });
});
