import { fileURLToPath } from 'node:url';
import type { AugmentationKind } from './augmentation.ts';

/** True moments of an expression, in samples from the clip's first; offset is where it has ended. */
export interface TrueMoments {
  readonly onset: number;
  readonly apex: number;
  readonly offset: number;
}

/**
 * Several values at each sample of a clip, in hundredths. In one piece: a set of 30,000 clips has 40 million of them, and
 * as lists of lists they would keep the garbage collector at work through a whole training.
 */
export interface SampleValues {
  /** Values at one sample. */
  readonly width: number;
  /** [samples, width], 0 to 255 */
  readonly values: Uint8ClampedArray;
}

/** Values from a list for each sample; what is above 255 is 255. */
export function sampleValues(rows: readonly (readonly number[])[]): SampleValues {
  return { width: rows[0]?.length ?? 0, values: new Uint8ClampedArray(rows.flat()) };
}

/** One of the values at a sample, hundredths. */
export function valueAt({ width, values }: SampleValues, sample: number, value: number): number {
  return values[sample * width + value]!;
}

/** What is known of one clip of a set: aligned crops of one face at the model's sample rate, of any length. */
export interface ClipFacts {
  /** Samples in the clip. */
  readonly samples: number;
  /** Index into EXPRESSIONS; null where it is unknown. */
  readonly label: number | null;
  readonly moments: TrueMoments | null;
  /** How strongly this clip is varied where that is not what its set is: a few photographs that come again and again. */
  readonly augmentation?: AugmentationKind;
  /** Strength of action units at each sample, in hundredths, where they are known. */
  readonly units?: SampleValues | null;
  /** Share of each class at each sample, in hundredths, where that is known: how far each expression is shown, the rest neutral. */
  readonly shares?: SampleValues | null;
}

/** Where clips come from: a set's cached faces, or a program that draws them. */
export interface ClipSource {
  /** Side of a crop in pixels. */
  readonly side: number;
  readonly clips: readonly ClipFacts[];
  /** Crops of some samples of a clip, in the order asked for: [samples, side, side, 3] RGB bytes. */
  read(clip: number, samples: readonly number[]): Promise<Uint8Array>;
}

/** A source that another thread can open too: one of ours by its name, or a module that exports `openClipSource`; and what it is told. */
export interface ClipSourceAddress {
  readonly module: string;
  readonly options: unknown;
}

interface ClipSourceModule {
  openClipSource(options: unknown): Promise<ClipSource>;
}

/** By name, since a packaged program has its modules in other files. */
const OWN: Readonly<Record<string, () => Promise<ClipSourceModule>>> = { cached: () => import('./cached-clips.ts') };

export function addressOf(moduleUrl: string, options: unknown): ClipSourceAddress {
  return { module: fileURLToPath(moduleUrl), options };
}

export async function openSource({ module, options }: ClipSourceAddress): Promise<ClipSource> {
  return (await (OWN[module]?.() ?? (import(/* @vite-ignore */ module) as Promise<ClipSourceModule>))).openClipSource(options);
}
