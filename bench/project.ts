import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPRESSIONS } from '../src/shared/domain/expressions.ts';
import type { RunRecord } from '../src/shared/domain/results.ts';
import { TimingTable } from '../src/shared/domain/time.ts';
import type { TimelineRow } from '../src/shared/domain/timeline.ts';
import { listVideos } from '../src/main/project/library.ts';
import { openProject } from '../src/main/project/store/open-project.ts';
import { projectFile } from '../src/main/project/store/project-file.ts';
import { beginRun, endRun, readResult, recordResult } from '../src/main/project/recorded-results.ts';
import { RECORD } from '../testing/results.ts';

const VIDEOS = 1000;
const SEGMENTS_A_VIDEO = 100;
const PEAKS_A_VIDEO = 60;
/** Number of slots in an hour. */
const SLOTS = 18_000;

/** Times to open a project of 1,000 one-hour videos and 100,000 segments, to list its videos and to read one of them; and memory. */
export async function benchProject(line: (text: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'adatosk-large-'));
  try {
    await fill(folder, line);
    const before = process.memoryUsage().rss;
    const [project, openSeconds] = await timed(() => openProject(folder));
    const lists: number[] = [];
    let videos = 0;
    let some = '';
    for (let i = 0; i < 11; i++) {
      const [list, seconds] = await timed(() => Promise.resolve(listVideos(project.db)));
      lists.push(1000 * seconds);
      videos = list.length;
      some = list[500]!.id;
    }
    const run = project.db.row(project.db.sql.selectFrom('run').select('id'))!.id;
    const [result, readSeconds] = await timed(() => Promise.resolve(readResult(project.db, run, some)));
    const segments = project.db.row(project.db.sql.selectFrom('segment').select(({ fn }) => fn.countAll<number>().as('n')))!.n;
    project.close();
    return {
      videos,
      segments,
      slots_of_one_video: result!.rows.length,
      file_mb: statSync(projectFile(folder)).size / 1e6,
      open_s: openSeconds,
      list_first_ms: lists[0]!,
      list_median_ms: lists.sort((a, b) => a - b)[5]!,
      read_one_video_ms: 1000 * readSeconds,
      memory_mb: process.memoryUsage().rss / 1e6,
      memory_before_mb: before / 1e6,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(folder: string, line: (text: string) => void): Promise<void> {
  const { db, close } = await openProject(folder, { create: true });
  const record: RunRecord = { ...RECORD, end: '2026-11-24T20:00:00.000Z' };
  const run = beginRun(db, record);
  const rows = Array.from({ length: SLOTS }, (_, slot) => someRow(slot));
  const timing = new TimingTable(
    Float64Array.from({ length: 90_000 }, (_, i) => i / 25),
    1 / 25,
    { duplicateTimestamps: 0, missingTimestamps: 0, tick: 1e-5 },
  );
  for (let video = 0; video < VIDEOS; video++) {
    const name = `interview ${String(video).padStart(4, '0')}.mp4`;
    const file = { path: `/videos/${name}`, name, size: 1, modifiedMs: 1 };
    const source = 'model:adatosk-tiny';
    const segments = Array.from({ length: SEGMENTS_A_VIDEO }, (_, i) => ({
      faceId: 1,
      segmentId: i + 1,
      label: EXPRESSIONS[i % 7]!,
      startS: 36 * i,
      endS: 36 * (i + 1),
      startFrame: 900 * i,
      endFrame: 900 * (i + 1),
      confidence: 0.5,
      coder: 'model',
      source,
    }));
    const peaks = Array.from({ length: PEAKS_A_VIDEO }, (_, i) => ({
      faceId: 1,
      peakId: i + 1,
      label: EXPRESSIONS[i % 7]!,
      onsetS: 60 * i,
      apexS: 60 * i + 1,
      offsetS: 60 * i + 2,
      apexFrame: 1,
      intensity: 0.8,
      prominence: 0.5,
      final: 0.4,
      source,
    }));
    const summary = {
      video: name,
      sha256: `${video}`,
      durationS: 3600,
      frames: 90_000,
      fps: 25,
      variableRate: false,
      faces: 1,
      faceShare: 1,
      meanConfidence: 0.9,
      peaks: PEAKS_A_VIDEO,
      secondsTaken: 360,
      timesRealTime: 10,
      status: 'done' as const,
      failure: null,
      warnings: [],
    };
    recordResult(db, run, file, { summary, rows, peaks, segments }, timing);
    if ((video + 1) % 250 === 0) line(`${video + 1} of ${VIDEOS} videos written`);
  }
  endRun(db, run, record);
  close();
}

/** A row whose values change from slot to slot, so that they do not compress unrealistically well. */
function someRow(slot: number): TimelineRow {
  const raw = Array.from({ length: 7 }, (_, i) => 1.01 + Math.sin(slot * (i + 1) * 0.37));
  const sum = raw.reduce((a, b) => a + b, 0);
  const probabilities = raw.map((value) => value / sum);
  const share = (phase: number): number => 0.5 + 0.5 * Math.sin(slot * 0.91 + phase);
  return {
    faceId: 1,
    slot,
    startS: slot / 5,
    endS: (slot + 1) / 5,
    startFrame: slot * 5,
    endFrame: slot * 5 + 5,
    status: 'ok',
    faceConfidence: share(0),
    box: { x: 400 + 50 * share(1), y: 200 + 50 * share(2), width: 200 + 20 * share(3), height: 260 + 20 * share(4) },
    reading: { probabilities, label: 'neutral', intensity: 0.5, classAgnostic: share(5), classSemantic: share(6), final: share(7) },
  };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const begun = performance.now();
  const result = await work();
  return [result, (performance.now() - begun) / 1000];
}
