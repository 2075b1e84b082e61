/** One of several tasks that analyse a list of videos together. */
export interface Shard {
  /** 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/**
 * Divides videos among shards, so that each has about the same number of bytes to read: the largest ones first, each to the
 * shard with the fewest bytes so far. The result depends on the list alone, so that every shard finds the same one.
 * @returns the shard of each video, 0 to `of` - 1
 */
export function shardsOf(videos: readonly { readonly name: string; readonly bytes: number }[], of: number): Uint32Array {
  const order = [...videos.keys()].sort((a, b) => videos[b]!.bytes - videos[a]!.bytes || (videos[a]!.name < videos[b]!.name ? -1 : 1));
  const bytes = new Float64Array(of);
  const counts = new Uint32Array(of);
  const shards = new Uint32Array(videos.length);
  for (const video of order) {
    let least = 0;
    for (let shard = 1; shard < of; shard++) {
      if (bytes[shard]! < bytes[least]! || (bytes[shard] === bytes[least] && counts[shard]! < counts[least]!)) least = shard;
    }
    shards[video] = least;
    bytes[least]! += videos[video]!.bytes;
    counts[least]! += 1;
  }
  return shards;
}

/** The videos of one shard, in the order of the list. */
export function shareOf<V extends { readonly name: string; readonly bytes: number }>(videos: readonly V[], { index, of }: Shard): V[] {
  const shards = shardsOf(videos, of);
  return videos.filter((_, i) => shards[i] === index - 1);
}

/** Numbers as Slurm writes them: 1-3,7. @param numbers ascending */
export function asRanges(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
