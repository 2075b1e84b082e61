/**
 * A loaded ONNX model that can be run, wherever that happens. Rooms that need a network are given one of these
 * and know neither onnxruntime nor processes.
 */
export interface ModelSession {
  /**
   * Runs the model once. The feeds have been read when this returns its promise; their memory may then be used again.
   * @returns its outputs by name
   * @throws StudioError 'engine-died' where the process that runs it ended
   */
  run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, FloatTensor>>;
}

/** An input: floats as they are, or bytes that become byte * scale + offset on the far side (a quarter of the copying). */
export type Feed =
  | { readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly dims: readonly number[]; readonly data: Uint8Array; readonly scale: number; readonly offset: number };

/**
 * A feed's values as floats.
 * @param into memory to use where bytes are turned into floats; it must be as long as the feed
 */
export function floatsOf(feed: Feed, into: Float32Array = new Float32Array(feed.data.length)): Float32Array {
  if (!('scale' in feed)) return feed.data;
  for (let i = 0; i < into.length; i++) into[i] = feed.data[i]! * feed.scale + feed.offset;
  return into;
}

export interface FloatTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
