import type { SegmentRow } from '../../../../../shared/annotation/segment-edits.ts';

/** An SVG path for each label, with a stroke for each of its segments. @param pixels of a moment in seconds on the time axis */
export function segmentStrokes(segments: readonly SegmentRow[], pixels: (seconds: number) => number): { readonly label: string; readonly path: string }[] {
  return [...Map.groupBy(segments, ({ label }) => label)].map(([label, own]) => ({
    label,
    path: own.map(({ start_s, end_s }) => `M${pixels(start_s)} 2H${pixels(end_s) + 1}V24H${pixels(start_s)}Z`).join(''),
  }));
}
