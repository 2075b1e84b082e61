import type { AnnotatedPeak, AnnotatedSegment, ReadLayer } from '../../../shared/annotation/annotation-document.ts';
import { parseTierName } from '../../../shared/annotation/annotation-document.ts';
import type { Notice } from '../../../shared/app/facts.ts';

/** What a reader may use besides the file. */
export interface ReadContext {
  /** Frames per second that the person gave for the file. */
  readonly givenFps?: number | undefined;
  /** Mean frames per second of the video; null or missing if they are not known. */
  readonly videoFps?: number | null | undefined;
  /** Whether only the layers and labels matter, because no video was chosen yet. */
  readonly isPreview?: boolean;
}

/** A layer while a reader fills it. */
export interface LayerInProgress {
  readonly segments: AnnotatedSegment[];
  readonly peaks: AnnotatedPeak[];
  readonly problems: Notice[];
  readonly notes: Notice[];
}

/** Collects the labels of a file by layer. The order of the layers is the order in which they were first named. */
export class LayerCollector {
  readonly #layers = new Map<string, LayerInProgress & { readonly tiers: Set<string> }>();
  readonly #placeOf: (tier: string) => { layer: string; face: number };

  /** @param placeOf the layer and the face of a tier */
  constructor(placeOf: (tier: string) => { layer: string; face: number }) {
    this.#placeOf = placeOf;
  }

  /** @param tier name in the file @param belongsTo the tier whose layer it belongs to */
  at(tier: string, belongsTo = tier): { readonly layer: LayerInProgress; readonly face: number } {
    const { layer: name, face } = this.#placeOf(belongsTo);
    const layer = this.#layers.get(name) ?? { tiers: new Set(), segments: [], peaks: [], problems: [], notes: [] };
    this.#layers.set(name, layer);
    layer.tiers.add(tier);
    return { layer, face };
  }

  layers(): ReadLayer[] {
    return Array.from(this.#layers, ([name, { tiers, ...layer }]) => ({ ...layer, name, tiers: [...tiers] }));
  }
}

/**
 * How the names of a file's tiers are divided into layer and face. In files of this program 'Ann face 2' is the second face of
 * Ann. In other files it is only where several tiers differ in nothing but their numbers.
 */
export function placesOfTiers(names: readonly string[], isOwn: boolean): (tier: string) => { layer: string; face: number } {
  if (isOwn) return parseTierName;
  const stems = Map.groupBy(new Set(names), (name) => parseTierName(name).layer);
  return (tier) => {
    const parsed = parseTierName(tier);
    return (stems.get(parsed.layer)?.length ?? 0) > 1 ? parsed : { layer: tier, face: 1 };
  };
}

/** A peak at a point in time, of which the file knows no onset and offset. */
export function pointPeak(face: number, label: string, apexS: number): AnnotatedPeak {
  return { face, label, onsetS: apexS, apexS, offsetS: apexS };
}

/** Onset and offset as a text beside a peak's apex, in seconds. */
export const spanText = ({ onsetS, offsetS }: AnnotatedPeak): string => `${onsetS} ${offsetS}`;

/** A peak with the onset and offset of a `spanText`; if the apex was moved beyond them, they move along. Undefined for other texts. */
export function peakWithSpan(peak: AnnotatedPeak, text: string): AnnotatedPeak | undefined {
  const [onset, offset, ...others] = text.trim().split(/\s+/).map(Number);
  if (onset === undefined || offset === undefined || others.length > 0 || !Number.isFinite(onset) || !Number.isFinite(offset)) return undefined;
  return { ...peak, onsetS: Math.min(onset, peak.apexS), offsetS: Math.max(offset, peak.apexS) };
}

/** A confidence as text, to a millionth. */
export const confidenceText = (confidence: number): string => String(Math.round(1e6 * confidence) / 1e6);

/** The number of a `confidenceText`; undefined for other texts. */
export function confidenceOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() !== '' && value >= 0 && value <= 1 ? value : undefined;
}
