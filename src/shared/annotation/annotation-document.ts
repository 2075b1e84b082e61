import type { Notice } from '../app/facts.ts';
import type { ModifierSet } from './modifiers.ts';

/** One video with its layers, as exchanged with other annotation tools. Times are seconds, spans half-open. */
export interface AnnotationDocument {
  readonly video: { readonly path: string; readonly name: string; readonly durationS: number; readonly fps: number | null };
  /** Code of the person in the video; empty where it is not known. */
  readonly participant: string;
  readonly layers: readonly AnnotationLayer[];
  /** The labels of the coding scheme, in order. */
  readonly vocabulary: readonly VocabularyLabel[];
  /** Warnings for everybody who reads the labels. */
  readonly warnings: readonly string[];
  /** The model's time series, for tools that show curves. `fileName` has no extension. */
  readonly signals?: { readonly fileName: string; readonly table: () => SignalTable };
}

/** A label of the coding scheme. */
export interface VocabularyLabel {
  readonly name: string;
  readonly description: string;
  readonly modifiers?: readonly ModifierSet[];
}

/** Time series of a video: a first column of seconds, then one column for each series; '' for a missing value. */
export interface SignalTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | '')[])[];
}

export interface AnnotationLayer {
  /** 'model', a coder's name, 'adjudicated'. */
  readonly name: string;
  /** Person or model that made the layer, for example 'AdaTosk tiny (3fa2…)'. */
  readonly annotator: string;
  readonly segments: readonly AnnotatedSegment[];
  readonly peaks: readonly AnnotatedPeak[];
}

export interface AnnotatedSegment {
  readonly face: number;
  readonly label: string;
  readonly startS: number;
  readonly endS: number;
  readonly confidence: number | null;
  readonly comment?: string | null;
  /** See modifiers.ts: the values of all sets, separated by '|'. */
  readonly modifiers?: string | null;
}

export interface AnnotatedPeak {
  readonly face: number;
  readonly label: string;
  readonly onsetS: number;
  readonly apexS: number;
  readonly offsetS: number;
  readonly comment?: string | null;
  readonly modifiers?: string | null;
}

/** A file in another tool's format, and the parts of the document that the format cannot store. */
export interface WrittenAnnotations {
  readonly text: string;
  readonly losses: readonly Notice[];
}

/** The same for formats with several files per video, or with binary files. */
export interface WrittenFiles {
  /** `ending`: the end of the file name. */
  readonly files: readonly { readonly ending: string; readonly contents: string | Uint8Array }[];
  readonly losses: readonly Notice[];
}

/** What a reader found in another tool's file: one recording, or several where the format allows it. */
export interface ReadAnnotations {
  readonly recordings: readonly ReadRecording[];
}

/** The labels of one video in a file: an observation of BORIS, a task of Label Studio, the rows of a video in a table. */
export interface ReadRecording {
  /** Distinguishes the recordings of a file; '' if the format has only one. */
  readonly name: string;
  /** Names or paths of the video files that the file gives, and ids of videos of a project; often empty. */
  readonly media: readonly string[];
  readonly layers: readonly ReadLayer[];
}

/** A layer of a file: a tier of ELAN or Praat, a subject of BORIS, an annotator of Label Studio. */
export interface ReadLayer {
  readonly name: string;
  /** The tiers of the file that it was read from. */
  readonly tiers: readonly string[];
  readonly segments: readonly AnnotatedSegment[];
  readonly peaks: readonly AnnotatedPeak[];
  /** Labels that cannot be imported. They matter only if the layer is chosen. */
  readonly problems: readonly Notice[];
  /** What the reader changed. */
  readonly notes: readonly Notice[];
}

export const hasPeaks = ({ layers }: AnnotationDocument): boolean => layers.some(({ peaks }) => peaks.length > 0);

export const hasRemarks = ({ layers }: AnnotationDocument): boolean =>
  layers.some(({ segments, peaks }) => [...segments, ...peaks].some(({ comment, modifiers }) => (comment ?? '') !== '' || (modifiers ?? '') !== ''));

/** One row of labels in another tool: labels of one layer and one face that do not overlap. */
export interface AnnotationTier {
  /** 'Ann'; 'Ann face 2' if there are several faces; 'Ann face 2 lane 2' if labels overlap. */
  readonly name: string;
  readonly segments: readonly AnnotatedSegment[];
  readonly peaks: readonly AnnotatedPeak[];
}

/** Divides a layer by face and, because labels of one tier must not overlap in other tools, into lanes. */
export function tiersOf(layer: AnnotationLayer): AnnotationTier[] {
  const faces = [...new Set([...layer.segments, ...layer.peaks].map(({ face }) => face))].sort((a, b) => a - b);
  const tierFaces = faces.length === 0 ? [1] : faces;
  // A coder named 'Ann face 2' or 'Ann peaks' always gets the face suffix, so that the name is read back unchanged.
  const isPlain = tierFaces.length === 1 && tierFaces[0] === 1 && !/ (?:(?:face|lane) \d+|peaks|peaks span|confidence|comment|modifiers)$/.test(layer.name);
  return tierFaces.flatMap((face) => {
    const name = isPlain ? layer.name : `${layer.name} face ${face}`;
    const lanes = lanesOf(layer.segments.filter((segment) => segment.face === face));
    const peaks = layer.peaks.filter((peak) => peak.face === face).toSorted((a, b) => a.apexS - b.apexS);
    return (lanes.length === 0 ? [[]] : lanes).map((segments, lane) => ({
      name: lane === 0 ? name : `${name} lane ${lane + 1}`,
      segments,
      peaks: lane === 0 ? peaks : [],
    }));
  });
}

/** Puts each label into the first free lane. Labels of a lane do not overlap. */
export function lanesOf<T extends Pick<AnnotatedSegment, 'startS' | 'endS'>>(segments: readonly T[]): T[][] {
  const lanes: T[][] = [];
  for (const segment of segments.toSorted((a, b) => a.startS - b.startS || a.endS - b.endS)) {
    const free = lanes.find((lane) => (lane.at(-1)?.endS ?? -Infinity) <= segment.startS);
    if (free === undefined) lanes.push([segment]);
    else free.push(segment);
  }
  return lanes;
}

/**
 * Rows of peaks for other tools, which allow one point at a time in a row: 'Ann peaks', and 'Ann peaks lane 2' for peaks with
 * an apex in the same millisecond.
 */
export function peakTiersOf({ name, peaks }: AnnotationTier): { readonly name: string; readonly peaks: readonly AnnotatedPeak[] }[] {
  const lanes: AnnotatedPeak[][] = [];
  for (const peak of peaks) {
    const free = lanes.find((lane) => Math.round(1000 * (lane.at(-1)?.apexS ?? -1)) < Math.round(1000 * peak.apexS));
    if (free === undefined) lanes.push([peak]);
    else free.push(peak);
  }
  return lanes.map((lane, i) => ({ name: i === 0 ? `${name} peaks` : `${name} peaks lane ${i + 1}`, peaks: lane }));
}

/** The tier that a row of peaks belongs to; the inverse of the naming in `peakTiersOf`. Undefined for other names. */
export function tierOfPeaks(name: string): string | undefined {
  return /^(.+)[ _]peaks(?: lane \d+)?$/s.exec(name)?.[1];
}

/** The layer and the face in a tier's name; the inverse of the naming in `tiersOf`. */
export function parseTierName(name: string): { layer: string; face: number } {
  const [, layer = '', face = '1'] = /^(.*?)(?: face (\d+))?(?: lane \d+)?$/s.exec(name) ?? [];
  return { layer, face: Number(face) };
}
