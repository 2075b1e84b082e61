/** Pictures closer than this would mostly show the same frame. */
const LEAST_STEP_S = 1 / 16;

/**
 * Distance between two pictures of the lane, in seconds: a power of two, so that zooming by two keeps half of the pictures.
 * @param least the time that the width of a picture takes
 */
export const stepOfPictures = (least: number): number => 2 ** Math.ceil(Math.log2(Math.max(LEAST_STEP_S, least)));

/** The moments of pictures in a view, at multiples of the step: panning keeps them. The first one can begin before the view. */
export function momentsOfPictures({ from, to }: { readonly from: number; readonly to: number }, step: number): number[] {
  const [first, last] = [Math.max(0, Math.floor(from / step)), Math.ceil(to / step)];
  return Array.from({ length: Math.max(0, last - first) }, (_, i) => (first + i) * step);
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  close(): void;
}
/** Loads the picture of a moment; null where there is none. */
type LoadPicture<P> = (atS: number, signal: AbortSignal) => Promise<P | null>;

/** More at a time would only wait in the program. */
const PARALLEL_REQUESTS = 2;

/** The pictures of one video, in memory only. A new request aborts the one before; the pictures that were used least recently go. */
export class Thumbnails<P extends Picture> {
  readonly #kept = new Map<number, P | null>();
  #request = new AbortController();
  readonly #load: LoadPicture<P>;
  readonly #onLoaded: () => void;
  readonly #capacity: number;

  constructor(load: LoadPicture<P>, onLoaded: () => void, capacity = 300) {
    this.#load = load;
    this.#onLoaded = onLoaded;
    this.#capacity = capacity;
  }

  /** The picture of a moment; without it, the nearest one within reach. */
  near(atS: number, reachS: number): P | undefined {
    const exact = this.#kept.get(atS);
    if (exact !== undefined && exact !== null) return exact;
    let nearest: P | undefined;
    let distance = reachS;
    for (const [moment, picture] of this.#kept) {
      if (picture === null || Math.abs(moment - atS) > distance) continue;
      [nearest, distance] = [picture, Math.abs(moment - atS)];
    }
    return nearest;
  }

  /** Loads the pictures of these moments that are not there, in their order. */
  async request(moments: readonly number[]): Promise<void> {
    this.stop();
    const { signal } = (this.#request = new AbortController());
    for (const moment of moments) this.#use(moment);
    const missing = moments.filter((moment) => !this.#kept.has(moment));
    const work = async (): Promise<void> => {
      for (let moment = missing.shift(); moment !== undefined && !signal.aborted; moment = missing.shift()) {
        const picture = await this.#load(moment, signal);
        if (signal.aborted) return picture?.close();
        this.#kept.set(moment, picture);
        this.#drop();
        this.#onLoaded();
      }
    };
    // The connection is lost, or the request is stale. The next one tries again.
    await Promise.all(Array.from({ length: PARALLEL_REQUESTS }, work)).catch(() => undefined);
  }

  stop(): void {
    this.#request.abort();
  }

  /** Stops, and forgets all pictures. */
  clear(): void {
    this.stop();
    for (const picture of this.#kept.values()) picture?.close();
    this.#kept.clear();
  }

  #use(moment: number): void {
    const picture = this.#kept.get(moment);
    if (picture === undefined) return;
    this.#kept.delete(moment);
    this.#kept.set(moment, picture);
  }

  #drop(): void {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size <= this.#capacity || oldest === undefined) return;
    this.#kept.get(oldest)?.close();
    this.#kept.delete(oldest);
  }
}
