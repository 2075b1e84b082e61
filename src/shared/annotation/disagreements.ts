import { UNLABELLED } from '../statistics/agreement/layers.ts';
import type { Stretch } from './decisions.ts';
import { SHORTEST_S } from './segment-edits.ts';

/** What one coder, or the model, says of a video. */
export interface Voice {
  readonly name: string;
  readonly spans: readonly VoicedSpan[];
}

export interface VoicedSpan {
  readonly face: number;
  readonly label: string;
  readonly startS: number;
  readonly endS: number;
}

/** A stretch of time over which nobody changes their mind. */
export interface ComparedStretch extends Stretch {
  /** What each voice says, in their order; UNLABELLED where one says nothing. */
  readonly labels: readonly string[];
  readonly isAgreed: boolean;
}

/**
 * A video cut wherever one of the voices begins or ends a label. Stretches that nobody labelled are left out, and so are
 * those shorter than a frame: two people never press a key at the same moment.
 * @param shortestS shorter stretches of disagreement are left out too
 */
export function compareVoices(voices: readonly Voice[], shortestS = SHORTEST_S): ComparedStretch[] {
  const faces = [...new Set(voices.flatMap(({ spans }) => spans.map(({ face }) => face)))].sort((a, b) => a - b);
  return faces.flatMap((face) => {
    const own = voices.map(({ spans }) => spans.filter((span) => span.face === face).toSorted((a, b) => a.startS - b.startS));
    const edges = [...new Set(own.flat().flatMap(({ startS, endS }) => [startS, endS]))].sort((a, b) => a - b);
    const merged: ComparedStretch[] = [];
    for (let i = 0; i + 1 < edges.length; i++) {
      const [startS, endS] = [edges[i]!, edges[i + 1]!];
      const labels = own.map((spans) => labelAt(spans, (startS + endS) / 2));
      const last = merged.at(-1);
      const isSame = last !== undefined && last.endS === startS && last.labels.every((label, voice) => label === labels[voice]);
      if (isSame) merged[merged.length - 1] = { ...last, endS };
      else merged.push({ face, startS, endS, labels, isAgreed: new Set(labels).size === 1 });
    }
    return merged.filter(({ labels, startS, endS, isAgreed }) => {
      const length = endS - startS;
      return labels.some((label) => label !== UNLABELLED) && length >= SHORTEST_S && (isAgreed || length >= shortestS);
    });
  });
}

/** Where labels overlap the one that began last counts, as in the agreement's units. */
function labelAt(spans: readonly VoicedSpan[], at: number): string {
  return spans.findLast(({ startS, endS }) => startS <= at && at < endS)?.label ?? UNLABELLED;
}

/** Whether labels cover most of a stretch: whoever adjudicates has decided it. */
export function isDecided({ face, startS, endS }: Stretch, decided: readonly VoicedSpan[]): boolean {
  const covered = decided
    .filter((span) => span.face === face)
    .reduce((sum, span) => sum + Math.max(0, Math.min(endS, span.endS) - Math.max(startS, span.startS)), 0);
  return covered >= 0.5 * (endS - startS);
}
