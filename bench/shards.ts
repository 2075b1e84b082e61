import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPRESSIONS } from '../src/shared/domain/expressions.ts';
import type { VideoResult } from '../src/shared/domain/results.ts';
import { TimingTable } from '../src/shared/domain/time.ts';
import { optionsHash, ResultParts } from '../src/main/analysis/result-parts.ts';
import { emptySummary } from '../src/main/analysis/batch.ts';
import { writeAtomically } from '../src/main/formats/atomic-file.ts';
import { freezeList } from '../src/main/services/analysis/shards/frozen-list.ts';
import { writeShardRecord } from '../src/main/services/analysis/shards/shard-records.ts';
import { statusOf } from '../src/main/services/analysis/shards/shard-status.ts';
import { shardsOf } from '../src/main/services/analysis/shards/share.ts';
import { runMeasured } from './peak-memory.ts';

const VIDEOS = 10_000;
const SHARDS = 100;
/** One minute a video: the number of rows decides how long a merge takes. */
const SECONDS = 60;
const SLOTS_PER_SECOND = 5;

/**
 * Lists, merges and looks through the parts of 10,000 videos of one minute in 100 shards. The parts are synthetic; the folders are
 * those of a real run. A merge of the first tenth tells whether memory grows with the number of videos.
 */
export async function benchShards(line: (text: string) => void): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'adatosk-bench-shards-'));
  try {
    const tenth = await measure(join(folder, 'tenth'), VIDEOS / 10, line);
    const all = await measure(join(folder, 'all'), VIDEOS, line);
    return {
      videos: VIDEOS,
      shards: SHARDS,
      list_seconds: all.listSeconds,
      share_seconds: all.shareSeconds,
      status_seconds: all.statusSeconds,
      merge_seconds: all.mergeSeconds,
      merge_mb: all.mergeMb,
      merge_mb_over_a_tenth: all.mergeMb / tenth.mergeMb,
      merge_seconds_over_a_tenth: all.mergeSeconds / tenth.mergeSeconds,
      parts_mb: all.partsMb,
      tables_mb: all.tablesMb,
      timeline_rows: VIDEOS * SECONDS * SLOTS_PER_SECOND,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly listSeconds: number;
  readonly shareSeconds: number;
  readonly statusSeconds: number;
  readonly mergeSeconds: number;
  readonly mergeMb: number;
  readonly partsMb: number;
  readonly tablesMb: number;
}

async function measure(out: string, videos: number, line: (text: string) => void): Promise<Measured> {
  line(`making the parts of ${videos} videos …`);
  // The list names files that do not exist: their sizes are not needed here.
  const paths = Array.from({ length: videos }, (_, i) => join('/bench', `S${i % 500}`, `clip-${i}.mp4`));
  const file = join(out, 'list.txt');
  await writeAtomically(file, [`${paths.join('\n')}\n`]);
  const listed = await timed(() => freezeList(out, { paths: [], list: file }));
  const shared = await timed(() => Promise.resolve(shardsOf(listed.value.videos, SHARDS)));
  await writeParts(
    out,
    listed.value.videos.map(({ name }) => name),
    listed.value.id,
  );
  line('status and merge …');
  const status = await timed(() => statusOf(out));
  if (status.value.done !== videos) throw new Error(`${status.value.done} of ${videos} parts were found`);
  const merged = await runMeasured('merge', out, '--json');
  return {
    listSeconds: listed.seconds,
    shareSeconds: shared.seconds,
    statusSeconds: status.seconds,
    mergeSeconds: merged.seconds,
    mergeMb: merged.peak / 1e6,
    partsMb: (await sizeOf(join(out, '.adatosk', 'videos'))) / 1e6,
    tablesMb: (await sizeOf(out)) / 1e6,
  };
}

async function writeParts(out: string, names: readonly string[], list: string): Promise<void> {
  const parts = new ResultParts(out);
  await parts.prepare();
  const options = optionsHash({});
  const frames = Float64Array.from({ length: SECONDS * 25 }, (_, i) => i / 25);
  const timing = new TimingTable(frames, 0.04, { duplicateTimestamps: 0, missingTimestamps: 0, tick: 1e-6 });
  for (const name of names) {
    const key = { videoSha256: name, modelSha256: 'bench', options };
    await parts.write(name, { key, result: resultOf(name), timing });
  }
  const start = new Date().toISOString();
  const run = {
    ...{ appVersion: '', model: { id: 'bench', sha256: 'bench', trained: false }, warnings: [], device: 'cpu', options: {}, thresholds: {} },
    ...{ start, end: start, cancelled: false },
  };
  for (let index = 1; index <= SHARDS; index++) await writeShardRecord(out, { index, of: SHARDS, list, options, run, ended: true });
}

function resultOf(video: string): VideoResult {
  const rows = Array.from({ length: SECONDS * SLOTS_PER_SECOND }, (_, slot) => {
    const at = (k: number): number => (1 + Math.sin(slot / 7 + k)) / 2;
    const sum = EXPRESSIONS.reduce((total, _name, k) => total + at(k), 0);
    return {
      ...{ slot, startS: slot / 5, endS: (slot + 1) / 5, startFrame: slot * 5, endFrame: slot * 5 + 5, faceId: 1, status: 'ok' as const },
      ...{ faceConfidence: 0.9 + at(0) / 20, box: { x: 100 + at(1), y: 80 + at(2), width: 120, height: 120 } },
      reading: {
        ...{ probabilities: EXPRESSIONS.map((_name, k) => at(k) / sum), label: EXPRESSIONS[slot % EXPRESSIONS.length]! },
        ...{ intensity: at(3), classAgnostic: at(4), classSemantic: at(5), final: at(6) },
      },
    };
  });
  const summary = { ...emptySummary(video, 'cancelled', null), status: 'done' as const, durationS: SECONDS, frames: SECONDS * 25, faces: 1, peaks: 0 };
  return { summary, rows, peaks: [], segments: [] };
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const start = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - start) / 1000 };
}

/** Bytes of the files directly in a folder. */
async function sizeOf(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) if (entry.isFile()) sum += (await stat(join(folder, entry.name))).size;
  return sum;
}
