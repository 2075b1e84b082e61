import type { Notice } from '../app/facts.ts';
import { notice } from '../app/notices.ts';

/** What leaves for other annotation tools, and comes back: one video with its layers, in seconds, half-open. */
export interface AnnotationDocument {
  readonly video: { readonly path: string; readonly name: string; readonly durationS: number; readonly fps: number | null };
  /** Code of the person in the video; empty where it is not known. */
  readonly participant: string;
  readonly layers: readonly AnnotationLayer[];
  /** The scheme's labels, in order. */
  readonly vocabulary: readonly { readonly name: string; readonly description: string }[];
  /** What everybody who reads the labels must know. */
  readonly warnings: readonly string[];
  /** What the model measured over time, for tools that show curves; and the name, without an ending, that files get. */
  readonly signals?: { readonly fileName: string; readonly table: () => SignalTable };
}

/** Curves over the video: a first column of seconds, a column for each series, '' where nothing is known. */
export interface SignalTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | '')[])[];
}

export interface AnnotationLayer {
  /** 'model', a coder's name, 'adjudicated'. */
  readonly name: string;
  /** Who or what made it, for example 'AdaTosk tiny (3fa2…)'. */
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
}

export interface AnnotatedPeak {
  readonly face: number;
  readonly label: string;
  readonly onsetS: number;
  readonly apexS: number;
  readonly offsetS: number;
}

/** A file in another tool's format, and what that format cannot hold of the document. */
export interface WrittenAnnotations {
  readonly text: string;
  readonly losses: readonly Notice[];
}

/** The same where a format is several files a video, or no text. */
export interface WrittenFiles {
  /** What a file's name ends with, and what is in it. */
  readonly files: readonly { readonly ending: string; readonly contents: string | Uint8Array }[];
  readonly losses: readonly Notice[];
}

/** What was read from another tool's file, and what could not be placed. */
export interface ReadAnnotations {
  readonly layers: readonly { readonly name: string; readonly segments: readonly AnnotatedSegment[] }[];
  readonly problems: readonly Notice[];
}

/** What formats without spans of points say of peaks; nothing where there are none. */
export function peaksByApex({ layers }: AnnotationDocument): Notice[] {
  return layers.some(({ peaks }) => peaks.length > 0) ? [notice('peaks/by-apex', {})] : [];
}

/** One row of labels in another tool: a layer's labels of one face that do not overlap. */
export interface AnnotationTier {
  /** 'Ann', 'Ann face 2' where there are several faces, 'Ann face 2 lane 2' where labels overlap. */
  readonly name: string;
  readonly segments: readonly AnnotatedSegment[];
  readonly peaks: readonly AnnotatedPeak[];
}

/** A layer by faces and, since other tools let no labels of a tier overlap, by lanes. */
export function tiersOf(layer: AnnotationLayer): AnnotationTier[] {
  const faces = [...new Set([...layer.segments, ...layer.peaks].map(({ face }) => face))].sort((a, b) => a - b);
  const shown = faces.length === 0 ? [1] : faces;
  // A coder called 'Ann face 2' always gets the face behind the name, so that it is read back as it was.
  const isPlain = shown.length === 1 && shown[0] === 1 && !/ (?:face|lane) \d+$/.test(layer.name);
  return shown.flatMap((face) => {
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

/** Each label in the first lane that is free: a row of labels that do not overlap. */
function lanesOf(segments: readonly AnnotatedSegment[]): AnnotatedSegment[][] {
  const lanes: AnnotatedSegment[][] = [];
  for (const segment of segments.toSorted((a, b) => a.startS - b.startS || a.endS - b.endS)) {
    const free = lanes.find((lane) => lane.at(-1)!.endS <= segment.startS);
    if (free === undefined) lanes.push([segment]);
    else free.push(segment);
  }
  return lanes;
}

/** A tier's name taken apart again. */
export function tierNamed(name: string): { layer: string; face: number } {
  const found = /^(.*?)(?: face (\d+))?(?: lane \d+)?$/s.exec(name)!;
  return { layer: found[1]!, face: Number(found[2] ?? 1) };
}
