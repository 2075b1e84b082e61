import { required } from '../../../../shared/basics/required.ts';
import { ResultParts } from '../../../analysis/result-parts.ts';
import type { ShardRecord } from './shard-records.ts';
import { readShardedRun } from './shard-records.ts';
import { asRanges, shardsOf } from './share.ts';

export interface ShardState {
  readonly index: number;
  /** 'running' also stands for a shard that was killed: nothing tells the two apart from outside. */
  readonly state: 'not begun' | 'running' | 'ended';
  readonly host: string | null;
  readonly videos: number;
  readonly done: number;
  readonly failed: number;
  readonly missing: number;
}

export interface RunStatus {
  readonly videos: number;
  readonly done: number;
  readonly failed: number;
  readonly missing: number;
  readonly shards: readonly ShardState[];
  /** The shards with missing videos, as an array of Slurm: 1-3,7. Empty where nothing is missing. */
  readonly submitAgain: string;
  /** Names of missing videos, the first ones only. */
  readonly missingVideos: readonly string[];
}

const NAMED = 20;

/** What is finished of the newest run in a folder. Reads names of files, not the results. @throws StudioError as readShardedRun */
export async function statusOf(out: string): Promise<RunStatus> {
  const { list, of, shards } = await readShardedRun(out);
  const stateOf = await new ResultParts(out).states();
  const owner = shardsOf(list.videos, of);
  const counts = Array.from({ length: of }, () => ({ videos: 0, done: 0, failed: 0, missing: 0 }));
  const missingVideos: string[] = [];
  for (const [i, { name }] of list.videos.entries()) {
    const state = stateOf(name) ?? 'missing';
    const count = required(counts[owner[i] ?? -1], 'the shard of a video');
    count.videos += 1;
    count[state] += 1;
    if (state === 'missing' && missingVideos.length < NAMED) missingVideos.push(name);
  }
  const states = counts.map((count, i): ShardState => {
    const record: ShardRecord | undefined = shards.get(i + 1);
    const state = record === undefined ? 'not begun' : record.ended ? 'ended' : 'running';
    return { index: i + 1, state, host: record?.host ?? null, ...count };
  });
  const sum = (name: 'done' | 'failed' | 'missing'): number => counts.reduce((total, count) => total + count[name], 0);
  return {
    videos: list.videos.length,
    done: sum('done'),
    failed: sum('failed'),
    missing: sum('missing'),
    shards: states,
    submitAgain: asRanges(states.flatMap(({ index, missing }) => (missing > 0 ? [index] : []))),
    missingVideos,
  };
}
