import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StudioError } from '../../../../shared/app/errors.ts';
import type { RunRecord } from '../../../../shared/domain/results.ts';
import { writeAtomically } from '../../../formats/atomic-file.ts';
import type { FrozenList } from './frozen-list.ts';
import { readFrozenList } from './frozen-list.ts';
import type { Shard } from './share.ts';

/** What one shard says about itself. A run that is not divided is the shard 1 of 1. */
export interface ShardRecord extends Shard {
  /** Id of the list of videos. */
  readonly list: string;
  readonly host: string;
  /** Hash of the options of the analysis. */
  readonly options: string;
  /** The settings, the device and the times; `end` is the present end while the shard runs. */
  readonly run: RunRecord;
  /** Whether the shard has come to its end. It may have been stopped or killed before. */
  readonly ended: boolean;
}

const folderOf = (out: string): string => join(out, '.adatosk', 'shards');

/** Writes the record of a shard. Each shard has its own file. */
export async function writeShardRecord(out: string, record: Omit<ShardRecord, 'host'>): Promise<void> {
  const file = join(folderOf(out), `${record.list.slice(0, 12)}-${record.index}-of-${record.of}.json`);
  await writeAtomically(file, [`${JSON.stringify({ ...record, host: hostname() }, null, 2)}\n`]);
}

/** Identifies a run by its videos, model and options, however it was divided. @param list id of the list of videos */
export function mergedId(list: string, { model, options, thresholds, analysisVersion }: RunRecord): string {
  return createHash('sha256')
    .update(JSON.stringify([list, model.sha256, options, thresholds, analysisVersion]))
    .digest('hex')
    .slice(0, 32);
}

/** The shards of a run with their list of videos. */
export interface ShardedRun {
  readonly list: FrozenList;
  readonly of: number;
  /** The shard that began last. */
  readonly newest: ShardRecord;
  /** The shards that have begun, by index. */
  readonly shards: ReadonlyMap<number, ShardRecord>;
}

/**
 * The newest run of a folder: the shards with the list and the number of shards of the one that began last.
 * @throws StudioError 'wrong-usage/no-parts' where there is none, 'wrong-usage/lists-differ' where the shards of one run have
 *   listed different videos, 'wrong-usage/parts-differ' for different models or options
 */
export async function readShardedRun(out: string): Promise<ShardedRun> {
  const records: ShardRecord[] = [];
  for (const name of await readdir(folderOf(out)).catch(() => [])) {
    const record = name.endsWith('.json') ? await readRecord(join(folderOf(out), name)) : undefined;
    if (record !== undefined) records.push(record);
  }
  const newest = records.toSorted((a, b) => (a.run.start < b.run.start ? -1 : 1)).at(-1);
  if (newest === undefined) throw new StudioError('wrong-usage/no-parts', { folder: out });
  const own = records.filter(({ list, of }) => list === newest.list && of === newest.of);
  const since = own.map(({ run }) => run.start).reduce((a, b) => (a < b ? a : b));
  const others = records.filter(({ list, of, run }) => list !== newest.list && of === newest.of && of > 1 && run.start > since);
  if (others.length > 0) throw new StudioError('wrong-usage/lists-differ', { folder: out, shards: [...others, newest].map(({ index }) => String(index)) });
  const odd = own.filter(({ run, options }) => run.model.sha256 !== newest.run.model.sha256 || options !== newest.options);
  if (odd.length > 0) throw new StudioError('wrong-usage/parts-differ', { folder: out, shards: odd.map(({ index }) => String(index)) });
  const list = await readFrozenList(out, newest.list);
  if (list === undefined) throw new StudioError('wrong-usage/no-parts', { folder: out });
  return { list, of: newest.of, newest, shards: new Map(own.map((record) => [record.index, record])) };
}

async function readRecord(file: string): Promise<ShardRecord | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ShardRecord;
  } catch {
    return undefined;
  }
}
