import { UNLABELLED } from '../statistics/agreement/layers.ts';
import type { FaceSpan } from './decisions.ts';
import { SHORTEST_S } from './segment-edits.ts';

/** The labels of one layer of a video. */
export interface ComparedLayer {
  readonly name: string;
  readonly spans: readonly LabelledSpan[];
}

export interface LabelledSpan {
  readonly face: number;
  readonly label: string;
  readonly startS: number;
  readonly endS: number;
}

/** A span in which no layer changes its label. */
export interface ComparedSpan extends FaceSpan {
  /** Each layer's label, in the order of the layers; UNLABELLED if it has none. */
  readonly labels: readonly string[];
  readonly isAgreed: boolean;
}

/**
 * Divides the time at every label boundary of any layer. Spans without any label are left out. So are spans shorter than a frame,
 * because two coders never press a key at exactly the same moment.
 * @param shortestS shorter disagreements are left out as well
 */
export function compareLayers(layers: readonly ComparedLayer[], shortestS = SHORTEST_S): ComparedSpan[] {
  const faces = [...new Set(layers.flatMap(({ spans }) => spans.map(({ face }) => face)))].sort((a, b) => a - b);
  return faces.flatMap((face) => {
    const own = layers.map(({ spans }) => spans.filter((span) => span.face === face).toSorted((a, b) => a.startS - b.startS));
    const edges = [...new Set(own.flat().flatMap(({ startS, endS }) => [startS, endS]))].sort((a, b) => a - b);
    const labelsAt = own.map(labelFinder);
    const merged: ComparedSpan[] = [];
    for (const [i, endS] of edges.entries()) {
      const startS = edges[i - 1];
      if (startS === undefined) continue;
      const labels = labelsAt.map((labelAt) => labelAt((startS + endS) / 2));
      const last = merged.at(-1);
      const isSame = last !== undefined && last.endS === startS && last.labels.every((label, layer) => label === labels[layer]);
      if (isSame) merged[merged.length - 1] = { ...last, endS };
      else merged.push({ face, startS, endS, labels, isAgreed: new Set(labels).size === 1 });
    }
    return merged.filter(({ labels, startS, endS, isAgreed }) => {
      const length = endS - startS;
      return labels.some((label) => label !== UNLABELLED) && length >= SHORTEST_S && (isAgreed || length >= shortestS);
    });
  });
}

/**
 * Returns a function that finds the label at a moment. Its moments must ascend, so that each span is looked at once. If labels
 * overlap, the one with the latest start counts, as in the agreement statistics.
 * @param spans sorted by start
 */
function labelFinder(spans: readonly LabelledSpan[]): (at: number) => string {
  /** Spans that have begun, the latest on top. Those that ended are removed when they come to the top. */
  const begun: LabelledSpan[] = [];
  let next = 0;
  return (at) => {
    for (let span = spans[next]; span !== undefined && span.startS <= at; span = spans[++next]) begun.push(span);
    while ((begun.at(-1)?.endS ?? Infinity) <= at) begun.pop();
    return begun.at(-1)?.label ?? UNLABELLED;
  };
}

/** Share of a disagreement that labels or decisions must cover for it to count as resolved. */
const COVERED = 0.5;

/**
 * Whether a disagreement is resolved: adjudicated labels and decisions without a label cover at least half of it. Measured by
 * overlap, so that a small later change of an edge does not reopen it.
 */
export function isResolved({ face, startS, endS }: FaceSpan, adjudicated: readonly FaceSpan[], withoutLabel: readonly FaceSpan[]): boolean {
  const covered = [...adjudicated, ...withoutLabel]
    .filter((span) => span.face === face)
    .reduce((sum, span) => sum + Math.max(0, Math.min(endS, span.endS) - Math.max(startS, span.startS)), 0);
  return covered >= COVERED * (endS - startS);
}
