import { createHash } from 'node:crypto';
import type {
  AnnotatedPeak,
  AnnotatedSegment,
  AnnotationDocument,
  AnnotationLayer,
  WrittenAnnotations,
  WrittenFiles,
} from '../../../shared/annotation/annotation-document.ts';
import { hasPeaks } from '../../../shared/annotation/annotation-document.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { Element } from './xml.ts';
import { xmlElement } from './xml.ts';

/**
 * Video timeline of Label Studio: frames from 1, both ends included. The layer of the model is a prediction, all others are
 * annotations. Label Studio assumes a constant rate, so the times of a video with a variable rate are rounded to its frames; the
 * notes of each region keep the exact seconds, the layer and the face. A second file is the labelling configuration.
 */
export const CONTROLS = { segments: 'videoLabels', peaks: 'peaks' } as const;
export const REGION_TYPE = 'timelinelabels';
/** The default rate of Label Studio. */
export const DEFAULT_RATE = 24;

export function writeLabelStudio(document: AnnotationDocument): WrittenAnnotations {
  const fps = document.video.fps ?? DEFAULT_RATE;
  const isModel = ({ name }: AnnotationLayer): boolean => name === 'model';
  const predictions = document.layers.filter(isModel).map((layer) => ({ model_version: layer.annotator, result: resultsOf(layer, fps) }));
  // Without completed_by: Label Studio rejects annotators who are not members of the project. The import belongs to who makes it.
  const annotations = document.layers.filter((layer) => !isModel(layer)).map((layer) => ({ result: resultsOf(layer, fps) }));
  const data = { video: document.video.path, fps, participant: document.participant, warnings: document.warnings };
  return {
    text: `${JSON.stringify([{ data, predictions, annotations }], null, 2)}\n`,
    losses: [notice('label-studio/rate', { fps }), ...(hasPeaks(document) ? [notice('peaks/times-only', {})] : [])],
  };
}

/**
 * The labelling configuration for the project in Label Studio: the controls, the labels, and the rate from the task. Label Studio rejects
 * a configuration with an XML declaration.
 */
export function labelStudioConfiguration({ vocabulary, layers }: AnnotationDocument): WrittenFiles['files'] {
  const used = (of: (layer: AnnotationLayer) => readonly { readonly label: string }[]): Element[] => {
    const names = new Set([...vocabulary.map(({ name }) => name), ...layers.flatMap((layer) => of(layer).map(({ label }) => label))]);
    return Array.from(names, (value): Element => ({ name: 'Label', attributes: { value } }));
  };
  const control = (name: string, children: Element[]): Element => ({ name: 'TimelineLabels', attributes: { name, toName: 'video' }, children });
  const root: Element = {
    name: 'View',
    children: [
      { name: 'Video', attributes: { name: 'video', value: '$video', frameRate: '$fps' } },
      control(
        CONTROLS.segments,
        used(({ segments }) => segments),
      ),
      control(
        CONTROLS.peaks,
        used(({ peaks }) => peaks),
      ),
    ],
  };
  return [{ ending: '.label-studio-config.xml', contents: xmlElement(root) }];
}

function resultsOf(layer: AnnotationLayer, fps: number): object[] {
  const region = (control: string, label: string, { start, end }: FrameRange, texts: string[], i: number): object => ({
    id: createHash('sha256').update(`${layer.name} ${control} ${i} ${start}`).digest('hex').slice(0, 10),
    from_name: control,
    to_name: 'video',
    type: REGION_TYPE,
    value: { ranges: [{ start, end }], timelinelabels: [label] },
    meta: { text: [...texts, `layer ${layer.name}`] },
  });
  return [
    ...layer.segments.map((segment, i) => ({
      ...region(CONTROLS.segments, segment.label, framesOf(segment.startS, segment.endS, fps), notesOf(segment), i),
      ...(segment.confidence === null ? {} : { score: segment.confidence }),
    })),
    ...layer.peaks.map((peak, i) => region(CONTROLS.peaks, peak.label, framesOf(peak.onsetS, peak.offsetS, fps), notesOf(peak), i)),
  ];
}

export interface FrameRange {
  readonly start: number;
  readonly end: number;
}

/** [start, end) in frames from 0 is start + 1 .. end from 1. At least one frame. */
export function framesOf(startS: number, endS: number, fps: number): FrameRange {
  const start = Math.round(startS * fps) + 1;
  return { start, end: Math.max(start, Math.round(endS * fps)) };
}

/** The notes of a region: what the frames do not hold. */
function notesOf(each: AnnotatedSegment | AnnotatedPeak): string[] {
  const seconds = 'apexS' in each ? [each.onsetS, each.apexS, each.offsetS] : [each.startS, each.endS];
  const note = (word: string, text: string | null | undefined): string[] => (text === null || text === undefined ? [] : [`${word} ${text}`]);
  return [`face ${each.face}`, `seconds ${seconds.join(' ')}`, ...note('comment', each.comment), ...note('modifiers', each.modifiers)];
}
