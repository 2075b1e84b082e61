import type { TrialSpan } from './trials.ts';
import { visibleSeconds } from './trials.ts';
import type { ObservedFace, ObservedSlots } from './summaries.ts';

/** The parts of a span that are outside some others. @param excluded in order of time, without overlaps */
export function partsOutside(span: TrialSpan, excluded: readonly TrialSpan[]): TrialSpan[] {
  const parts: TrialSpan[] = [];
  let from = span.startS;
  for (const { startS, endS } of excluded) {
    if (endS <= from || startS >= span.endS) continue;
    if (startS > from) parts.push({ startS: from, endS: startS });
    from = Math.max(from, endS);
  }
  // A span without length that lies outside stays.
  if (from < span.endS || (span.startS === span.endS && !excluded.some(({ startS, endS }) => startS <= span.startS && span.startS < endS)))
    parts.push({ startS: from, endS: span.endS });
  return parts;
}

/** Spans in order of time; those that touch or overlap are joined. */
export function joinedSpans(spans: readonly TrialSpan[]): TrialSpan[] {
  const joined: TrialSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.startS - b.startS)) {
    const last = joined.at(-1);
    if (last !== undefined && span.startS <= last.endS) joined[joined.length - 1] = { startS: last.startS, endS: Math.max(last.endS, span.endS) };
    else joined.push(span);
  }
  return joined;
}

/** Total length of spans. */
export const totalSeconds = (spans: readonly TrialSpan[]): number => spans.reduce((sum, { startS, endS }) => sum + endS - startS, 0);

/** A face without the excluded spans of its video (breaks, briefings): they are not observed, and nothing in them counts. */
export function faceOutside(face: ObservedFace, excluded: readonly TrialSpan[]): ObservedFace {
  if (excluded.length === 0) return face;
  const visible = face.visible === null ? null : slotsOutside(face.visible, excluded);
  const bounds = { startS: face.startS, endS: face.endS };
  return {
    ...face,
    observedS: visible === null ? totalSeconds(partsOutside(bounds, excluded)) : visibleSeconds(visible),
    segments: face.segments.flatMap((segment) =>
      partsOutside(segment, excluded).map((part, i) => ({ ...segment, ...part, ...(i > 0 ? { isContinued: true } : {}) })),
    ),
    peaks: face.peaks.filter(({ apexS }) => !excluded.some(({ startS, endS }) => startS <= apexS && apexS < endS)),
    slots: face.slots === null ? null : slotsOutside(face.slots, excluded),
    visible,
  };
}

function slotsOutside({ times, shares }: ObservedSlots, excluded: readonly TrialSpan[]): ObservedSlots {
  const count = times.length / 2;
  const pieces = Array.from({ length: count }, (_, i) =>
    partsOutside({ startS: times[i]!, endS: times[count + i]! }, excluded).map((part) => ({ part, i })),
  ).flat();
  const cut = Float64Array.from([...pieces.map(({ part }) => part.startS), ...pieces.map(({ part }) => part.endS)]);
  return { times: cut, shares: Object.fromEntries(Object.entries(shares).map(([label, values]) => [label, Float32Array.from(pieces, ({ i }) => values[i]!)])) };
}
