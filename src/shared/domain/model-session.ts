/**
 * A loaded ONNX model that can be run. Modules that need a network get this interface and depend neither on onnxruntime nor
 * on the process that runs it.
 */
export interface ModelSession {
  /**
   * Runs the model once. All feeds have been read when this method returns its promise, so callers may reuse their memory.
   * @returns the outputs by name
   * @throws StudioError 'engine-died' where the process that runs the model has ended
   */
  run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, FloatTensor>>;
}

/** An input: floats, or bytes that the receiver converts to byte * scale + offset (a quarter of the copying). */
export type Feed =
  | { readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly dims: readonly number[]; readonly data: Uint8Array; readonly scale: number; readonly offset: number };

/**
 * The values of a feed as floats.
 * @param into buffer for the conversion of bytes, as long as the feed
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
