import type { AnnotatedPeak, AnnotatedSegment, ReadLayer } from '../../../shared/annotation/annotation-document.ts';
import { parseTierName, tierOfPeaks } from '../../../shared/annotation/annotation-document.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { hasContent } from './read-label-file.ts';
import { roundMilliseconds } from '../../../shared/domain/time.ts';

/** A layer of a file that is imported, and where its labels go. */
export interface LayerPlacement {
  /** Name of the layer or of one of its tiers. */
  readonly name: string;
  /** Name of the coder; undefined takes the coder of the import. */
  readonly coder?: string | undefined;
  /** The face of the labels; undefined keeps the faces of the file. */
  readonly face?: number | undefined;
}

/** Labels and peaks of a file for the layer of one coder. */
export interface PlacedLabels {
  readonly coder: string;
  readonly segments: readonly AnnotatedSegment[];
  readonly peaks: readonly AnnotatedPeak[];
}

/** Tolerance for equal times, in seconds: other tools round the times of labels. */
export const SAME_TIME_S = 0.002;

/**
 * Chooses layers of a file and divides their labels by coder.
 * @param wanted null means all layers
 * @throws StudioError 'wrong-usage' for a layer that is not in the file, and if several layers would become labels of the same
 *   face of a coder, unless the placement names the coder or the face of each
 */
export function placeLayers(
  layers: readonly ReadLayer[],
  wanted: readonly LayerPlacement[] | null,
  coder: string,
  file: string,
): { readonly layer: ReadLayer; readonly coder: string }[] {
  const withContent = layers.filter(hasContent);
  const all = (): ReturnType<typeof chosenBy> => withContent.map((layer) => ({ layer, placement: { name: layer.name } }));
  const chosen = wanted === null ? all() : wanted.flatMap((placement) => chosenBy(layers, placement));
  const missing = (wanted ?? []).filter((placement) => chosenBy(layers, placement).length === 0).map(({ name }) => name);
  if (missing.length > 0 && withContent.length > 0)
    throw new StudioError('wrong-usage/no-labels-in-layers', { file, layers: missing, known: withContent.map(({ name }) => name) });
  if (!chosen.some(({ layer }) => hasContent(layer)))
    throw wanted === null || withContent.length === 0
      ? new StudioError('wrong-usage/no-labels-in-file', { file })
      : new StudioError('wrong-usage/no-labels-in-layers', { file, layers: wanted.map(({ name }) => name), known: withContent.map(({ name }) => name) });
  const placed = chosen.map(({ layer, placement }) => ({
    layer: onFace(layer, placement, file),
    coder: placement.coder ?? coder,
    isNamed: placement.coder !== undefined || placement.face !== undefined,
  }));
  const byFace = new Map<string, (typeof placed)[number][]>();
  for (const each of placed)
    for (const face of facesOf(each.layer)) {
      const key = JSON.stringify([each.coder, face]);
      byFace.set(key, [...(byFace.get(key) ?? []), each]);
    }
  for (const shared of byFace.values())
    if (shared.length > 1 && !shared.every(({ isNamed }) => isNamed))
      throw new StudioError('wrong-usage/layers-share-face', { file, coder: shared[0]?.coder ?? coder, layers: shared.map(({ layer }) => layer.name) });
  return placed.map(({ layer, coder: of }) => ({ layer, coder: of }));
}

/** The layer with the name, or the labels of the tier with the name; empty if there is none. */
function chosenBy(layers: readonly ReadLayer[], placement: LayerPlacement): { layer: ReadLayer; placement: LayerPlacement }[] {
  const layer = layers.find(({ name }) => name === placement.name);
  if (layer !== undefined) return [{ layer, placement }];
  const owner = layers.find(({ tiers }) => tiers.includes(placement.name));
  if (owner === undefined) return [];
  const { face } = parseTierName(tierOfPeaks(placement.name) ?? placement.name);
  const ofFace = (each: { readonly face: number }): boolean => each.face === face;
  return [{ layer: { ...owner, segments: owner.segments.filter(ofFace), peaks: owner.peaks.filter(ofFace) }, placement }];
}

function facesOf({ segments, peaks }: ReadLayer): Set<number> {
  const faces = new Set<number>();
  for (const { face } of segments) faces.add(face);
  for (const { face } of peaks) faces.add(face);
  return faces;
}

function onFace(layer: ReadLayer, { face }: LayerPlacement, file: string): ReadLayer {
  if (face === undefined) return layer;
  if (facesOf(layer).size > 1) throw new StudioError('wrong-usage/layer-has-faces', { file, layer: layer.name, tiers: [...layer.tiers] });
  return { ...layer, segments: layer.segments.map((each) => ({ ...each, face })), peaks: layer.peaks.map((each) => ({ ...each, face })) };
}

/**
 * Checks the times of a layer against its video. Labels that cross the start or the end are cut; labels outside, labels that end
 * before they start, and times that are no numbers become problems.
 * @param endS end of the video on its own clock, in seconds
 */
export function fitLayer(layer: ReadLayer, video: { readonly name: string; readonly endS: number }): ReadLayer {
  const problems: Notice[] = [...layer.problems];
  let cut = 0;
  const limited = (seconds: number): number => Math.min(Math.max(seconds, 0), video.endS);
  const count = (firstS: number, lastS: number): void => {
    if (firstS < -SAME_TIME_S || lastS > video.endS + SAME_TIME_S) cut += 1;
  };
  const segments = layer.segments.flatMap((segment): AnnotatedSegment[] => {
    const problem = problemWith(segment.label, segment.startS, segment.endS, layer.name, video);
    if (problem !== null) {
      problems.push(problem);
      return [];
    }
    count(segment.startS, segment.endS);
    return [{ ...segment, startS: limited(segment.startS), endS: limited(segment.endS) }];
  });
  const peaks = layer.peaks.flatMap((peak): AnnotatedPeak[] => {
    const problem = Number.isFinite(peak.onsetS + peak.offsetS)
      ? problemWith(peak.label, peak.apexS, peak.apexS, layer.name, video)
      : notice('import/no-time', { label: peak.label, layer: layer.name });
    if (problem !== null) {
      problems.push(problem);
      return [];
    }
    count(peak.onsetS, peak.offsetS);
    return [{ ...peak, onsetS: limited(peak.onsetS), apexS: limited(peak.apexS), offsetS: limited(peak.offsetS) }];
  });
  const notes = cut === 0 ? layer.notes : [...layer.notes, notice('import/cut', { count: cut, layer: layer.name, video: video.name })];
  return { ...layer, segments, peaks, problems, notes };
}

function problemWith(label: string, startS: number, endS: number, layer: string, video: { readonly name: string; readonly endS: number }): Notice | null {
  const at = roundMilliseconds(startS);
  if (!Number.isFinite(startS) || !Number.isFinite(endS)) return notice('import/no-time', { label, layer });
  if (endS < startS) return notice('import/ends-before-start', { label, layer, at, end: roundMilliseconds(endS) });
  if (startS >= video.endS && (endS > startS || startS > video.endS + SAME_TIME_S)) return notice('import/too-late', { label, at, video: video.name });
  return startS < 0 && endS <= 0 ? notice('import/before-start', { label, at, layer }) : null;
}

/** Finds labels and peaks that a coder already has, in a time that does not depend on their number. */
export class KnownTimes {
  readonly #byKey = new Map<string, number[][]>();

  /** @param times start and end, or onset, apex and offset, in seconds */
  add(face: number, label: string, times: number[]): void {
    const key = this.#keyOf(face, label, bucketOf(times[0]));
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, [times]);
    else known.push(times);
  }

  has(face: number, label: string, times: number[]): boolean {
    const bucket = bucketOf(times[0]);
    // Times within the tolerance are at most one bucket apart.
    return [bucket - 1, bucket, bucket + 1].some((each) =>
      this.#byKey.get(this.#keyOf(face, label, each))?.some((known) => known.every((at, i) => Math.abs(at - (times[i] ?? NaN)) < SAME_TIME_S)),
    );
  }

  #keyOf(face: number, label: string, bucket: number): string {
    return `${face} ${bucket} ${label}`;
  }
}

const bucketOf = (seconds = 0): number => Math.floor(seconds / SAME_TIME_S);
