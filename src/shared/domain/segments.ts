import type { Expression } from './expressions.ts';
import { EXPRESSIONS } from './expressions.ts';
import { mean } from '../basics/mean.ts';
import { readableSpans } from './peaks.ts';
import type { Segment, TimelineRow } from './timeline.ts';

export interface SegmentOptions {
  /** The label changes only when the probability of another exceeds it by this much, so that two close classes do not alternate. */
  readonly lead: number;
  /** Shorter segments, in seconds, join the neighbour whose label has the higher probability there. */
  readonly minimumDuration: number;
}

export const DEFAULT_SEGMENT_OPTIONS: SegmentOptions = { lead: 0.05, minimumDuration: 0.4 };

interface Run {
  label: Expression;
  rows: TimelineRow[];
}

/** The model's segments for one face. They cover, without gaps or overlap, all the time with readings. */
export function findSegments(rows: readonly TimelineRow[], source: string, options: SegmentOptions = DEFAULT_SEGMENT_OPTIONS): Segment[] {
  const segments: Segment[] = [];
  for (const span of readableSpans(rows)) {
    for (const { label, rows: run } of joinShortRuns(labelRuns(span, options.lead), options.minimumDuration)) {
      const [first, last] = [run[0]!, run.at(-1)!];
      segments.push({
        faceId: first.faceId,
        segmentId: segments.length + 1,
        label,
        startS: first.startS,
        endS: last.endS,
        startFrame: first.startFrame,
        endFrame: last.endFrame,
        confidence: meanProbability(run, label),
        coder: 'model',
        source,
      });
    }
  }
  return segments;
}

function labelRuns(span: readonly TimelineRow[], lead: number): Run[] {
  const runs: Run[] = [];
  for (const row of span) {
    const { label, probabilities } = row.reading!;
    const current = runs.at(-1);
    const held = current === undefined ? 0 : probabilities[EXPRESSIONS.indexOf(current.label)]!;
    if (current !== undefined && probabilities[EXPRESSIONS.indexOf(label)]! < held + lead) current.rows.push(row);
    else runs.push({ label, rows: [row] });
  }
  return runs;
}

function joinShortRuns(runs: Run[], minimumDuration: number): Run[] {
  for (;;) {
    const short = runs.findIndex(({ rows }) => rows.at(-1)!.endS - rows[0]!.startS < minimumDuration - 1e-6);
    if (short < 0 || runs.length === 1) return runs;
    const [before, run, after] = [runs[short - 1], runs[short]!, runs[short + 1]];
    const likelier =
      after === undefined || (before !== undefined && meanProbability(run.rows, before.label) >= meanProbability(run.rows, after.label)) ? before! : after;
    const joined: Run = { label: likelier.label, rows: likelier === before ? [...before.rows, ...run.rows] : [...run.rows, ...likelier.rows] };
    runs.splice(likelier === before ? short - 1 : short, 2, joined);
    // The run on the other side may now have the same label.
    for (let i = runs.length - 1; i > 0; i--) {
      if (runs[i]!.label !== runs[i - 1]!.label) continue;
      runs.splice(i - 1, 2, { label: runs[i]!.label, rows: [...runs[i - 1]!.rows, ...runs[i]!.rows] });
    }
  }
}

function meanProbability(rows: readonly TimelineRow[], label: Expression): number {
  const index = EXPRESSIONS.indexOf(label);
  return mean(rows.map(({ reading }) => reading!.probabilities[index]!));
}
