import { fileURLToPath } from 'node:url';
import type { AugmentationKind } from './augmentation.ts';

/** Labelled moments of an expression, in samples from the first sample of the clip. `offset` is the first moment after it. */
export interface TrueMoments {
  readonly onset: number;
  readonly apex: number;
  readonly offset: number;
}

/**
 * Several values for each sample of a clip, in hundredths. They are in one array: a set of 30,000 clips has 40 million of
 * them, and arrays of arrays would load the garbage collector during the whole training.
 */
export interface SampleValues {
  /** Number of values per sample. */
  readonly width: number;
  /** [samples, width], 0 to 255 */
  readonly values: Uint8ClampedArray;
}

/** Converts one list per sample, in hundredths. Values above 255 become 255. */
export function sampleValues(rows: readonly (readonly number[])[]): SampleValues {
  return { width: rows[0]?.length ?? 0, values: new Uint8ClampedArray(rows.flat()) };
}

/** One value of a sample, in hundredths. */
export function valueAt({ width, values }: SampleValues, sample: number, value: number): number {
  return values[sample * width + value]!;
}

/** Length and labels of one clip: aligned crops of one face at the model's sample rate, of any length. */
export interface ClipFacts {
  /** Samples in the clip. */
  readonly samples: number;
  /** Index into EXPRESSIONS; null where it is unknown. */
  readonly label: number | null;
  readonly moments: TrueMoments | null;
  /** Augmentation of this clip where it differs from that of its set, for example for a few photographs that are drawn very often. */
  readonly augmentation?: AugmentationKind;
  /** Strength of the action units at each sample, in hundredths, where known. */
  readonly units?: SampleValues | null;
  /** 1 for each of the units that is known in this clip, otherwise 0; absent where all are. */
  readonly knownUnits?: readonly number[];
  /** Share of each class at each sample, in hundredths, where known: the strength of each expression, the rest neutral. */
  readonly shares?: SampleValues | null;
}

/** A source of clips: the cached faces of a set, or a module that draws clips. */
export interface ClipSource {
  /** Side of a crop in pixels. */
  readonly side: number;
  readonly clips: readonly ClipFacts[];
  /** Reads the crops of some samples of a clip, in the order of `samples`: [samples, side, side, 3] RGB bytes. */
  read(clip: number, samples: readonly number[]): Promise<Uint8Array>;
}

/** A description of a source with which another thread can open it: a built-in name or a module that exports `openClipSource`, and its options. */
export interface ClipSourceAddress {
  readonly module: string;
  readonly options: unknown;
}

interface ClipSourceModule {
  openClipSource(options: unknown): Promise<ClipSource>;
}

/** Built-in sources by name, because a packaged program has its modules in other files. */
const BUILT_IN: Readonly<Record<string, () => Promise<ClipSourceModule>>> = { cached: () => import('./cached-clips.ts') };

export function addressOf(moduleUrl: string, options: unknown): ClipSourceAddress {
  return { module: fileURLToPath(moduleUrl), options };
}

export async function openSource({ module, options }: ClipSourceAddress): Promise<ClipSource> {
  return (await (BUILT_IN[module]?.() ?? (import(/* @vite-ignore */ module) as Promise<ClipSourceModule>))).openClipSource(options);
}
