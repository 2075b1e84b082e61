import { UNIT_COLUMNS } from '../../../../../shared/domain/action-units.ts';
import type { Expression } from '../../../../../shared/domain/expressions.ts';
import { EXPRESSIONS } from '../../../../../shared/domain/expressions.ts';
import type { FaceMaps } from '../../../../../shared/domain/mask-maps.ts';
import type { SeriesName, TimelineColumns } from '../../../../../shared/domain/timeline-columns.ts';
import { seriesOf } from '../../../../../shared/domain/timeline-columns.ts';
import type { Style } from '../../../ui/label-styles.ts';
import { styleAt } from '../../../ui/label-styles.ts';
import type { TrackName } from '../../../stores/tracks.ts';

/** The lanes that are charts of the model's series; the sound and the trials are drawn by components of their own. */
export type LaneName = Exclude<TrackName, 'sound' | 'thumbnails' | 'trials'>;

/** Similarities are part of the mask maps, not of the timeline columns. */
type SimilarityName = `similarity ${Expression}`;
export type LineColumn = SeriesName | SimilarityName;

export interface Line {
  readonly column: LineColumn;
  readonly style: Style;
}

/** A displayed lane. Its position follows from the order of the list. */
export interface ShownLane {
  readonly name: LaneName;
  readonly title: string;
  /** Factor of the default height. */
  readonly height: number;
}

/** Hues of their own: those of the classes belong to expressions. */
const MASK_STYLES = {
  agnostic: { light: '#6b6a00', dark: '#cfcf4a', dash: 'dashed' },
  semantic: { light: '#8a4b32', dark: '#d79a7c', dash: 'dotted' },
  final: { light: '#1b2126', dark: '#e8ecef', dash: 'solid' },
} as const satisfies Readonly<Record<string, Style>>;
const MASKS: readonly Line[] = [
  { column: 'mask_class_agnostic', style: MASK_STYLES.agnostic },
  { column: 'mask_class_semantic', style: MASK_STYLES.semantic },
  { column: 'mask_final', style: MASK_STYLES.final },
];

const POSE: readonly Line[] = (['yaw_deg', 'pitch_deg', 'roll_deg'] as const).map((column, i) => ({
  column,
  style: [MASK_STYLES.final, MASK_STYLES.semantic, MASK_STYLES.agnostic][i] ?? MASK_STYLES.final,
}));
const DOUBT: readonly Line[] = [
  { column: 'entropy', style: styleAt(1) },
  { column: 'unusual', style: styleAt(3) },
];

interface LaneKind {
  readonly lines: readonly Line[];
  /** Heights in pixels: preferred, and the least that can be read. */
  readonly height: number;
  readonly least: number;
  /** 'ribbons' are lines if the user chooses that; 'rows' are always ribbons, because so many lines cannot be told apart. */
  readonly drawing: 'ribbons' | 'rows' | 'lines' | 'area';
  /** Range of the values; 0 to 1 if it is absent. */
  readonly range?: Range;
}
export const LANES: Readonly<Record<LaneName, LaneKind>> = {
  probabilities: { lines: EXPRESSIONS.map((column, i) => ({ column, style: styleAt(i) })), height: 84, least: 70, drawing: 'ribbons' },
  masks: { lines: MASKS, height: 72, least: 56, drawing: 'lines' },
  intensity: { lines: [{ column: 'intensity', style: styleAt(1) }], height: 36, least: 24, drawing: 'area' },
  similarity: {
    lines: EXPRESSIONS.map((name, i) => ({ column: `similarity ${name}` as const, style: styleAt(i) })),
    height: 72,
    least: 56,
    drawing: 'lines',
  },
  confidence: { lines: [{ column: 'face_confidence', style: styleAt(2) }], height: 28, least: 22, drawing: 'lines' },
  units: { lines: UNIT_COLUMNS.map((column, i) => ({ column, style: styleAt(i) })), height: 138, least: 92, drawing: 'rows' },
  pose: { lines: POSE, height: 56, least: 44, drawing: 'lines', range: { min: -60, max: 60 } },
  doubt: { lines: DOUBT, height: 36, least: 26, drawing: 'area' },
};

/** Starts, ends and midpoints of the slots in seconds, ascending; cached for each face. */
export interface SlotTimes {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly middles: Float64Array;
}
const timesOf = new WeakMap<TimelineColumns, SlotTimes>();
export function slotTimes(columns: TimelineColumns): SlotTimes {
  let known = timesOf.get(columns);
  if (known === undefined) {
    const { slots, times } = columns;
    const [starts, ends] = [times.subarray(0, slots.length), times.subarray(slots.length)];
    known = { starts, ends, middles: starts.map((start, i) => (start + ends[i]!) / 2) };
    timesOf.set(columns, known);
  }
  return known;
}

/** A line's values, one per slot; NaN for missing values. Similarities are assigned to the slots once and cached. */
const similarities = new WeakMap<FaceMaps, Map<string, Float32Array>>();
export function valuesOf(columns: TimelineColumns, column: LineColumn, maps: FaceMaps | null): Float32Array {
  if (!isSimilarity(column)) return seriesOf(columns, column);
  if (maps === null) return new Float32Array(columns.slots.length).fill(NaN);
  let known = similarities.get(maps);
  if (known === undefined) similarities.set(maps, (known = new Map()));
  let values = known.get(column);
  if (values === undefined) {
    const bySlot = new Float32Array(columns.slots.length).fill(NaN);
    const label = EXPRESSIONS.findIndex((name) => column === `similarity ${name}`);
    const indexOfSlot = new Map(Array.from(columns.slots, (slot, i) => [slot, i]));
    maps.slots.forEach((slot, i) => (bySlot[indexOfSlot.get(slot) ?? -1] = maps.similarity[i * EXPRESSIONS.length + label]!));
    values = bySlot;
    known.set(column, values);
  }
  return values;
}
const isSimilarity = (column: string): column is SimilarityName => column.startsWith('similarity ');

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Spans without the face, in seconds; adjacent spans are merged. */
export function absences({ slots, times, values }: TimelineColumns): Span[] {
  const spans: { from: number; to: number }[] = [];
  for (let i = 0; i < slots.length; i++) {
    if (!Number.isNaN(values[i]!)) continue;
    const [from, to] = [times[i]!, times[slots.length + i]!];
    const last = spans.at(-1);
    if (last !== undefined && Math.abs(last.to - from) < 1e-6) last.to = to;
    else spans.push({ from, to });
  }
  return spans;
}

/** Range of the values: that of the lane. For mask weights and similarities, which vary little, the range of this face's values. */
export function rangeOf(columns: TimelineColumns, name: LaneName, maps: FaceMaps | null): Range {
  if (name !== 'masks' && name !== 'similarity') return LANES[name].range ?? { min: 0, max: 1 };
  const owner = name === 'masks' ? columns : maps;
  if (owner === null) return { min: 0, max: 1 };
  let range = ranges.get(owner);
  if (range === undefined) ranges.set(owner, (range = measuredRange(columns, name, maps)));
  return range;
}

interface Range {
  readonly min: number;
  readonly max: number;
}
/** Ranges of masks by columns, and of similarities by maps: lanes need them in every frame. */
const ranges = new WeakMap<object, Range>();

function measuredRange(columns: TimelineColumns, name: LaneName, maps: FaceMaps | null): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const { column } of LANES[name].lines)
    for (const value of valuesOf(columns, column, maps)) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  if (high < low) return { min: 0, max: 1 };
  const min = Math.floor(10 * low) / 10;
  // All values can be equal.
  return { min, max: Math.max(min + 0.1, Math.ceil(10 * high) / 10) };
}

/** Space between two lanes in pixels. */
export const LANE_GAP = 6;

/** Top and height of each lane in pixels: its preferred height, or a share of what there is, but never less than it needs to be read. */
export function placesOf(lanes: readonly ShownLane[], available: number): { top: number; height: number }[] {
  const preferred = lanes.map(({ name, height }) => LANES[name].height * height);
  const least = lanes.map(({ name }, i) => Math.min(LANES[name].least, preferred[i]!));
  const gaps = LANE_GAP * Math.max(0, lanes.length - 1);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  // What exceeds the least heights is shared in proportion to the preferred ones.
  const rest = Math.max(0, available - gaps - sum(least));
  let top = 0;
  return lanes.map((_, i) => {
    const height = Math.floor(least[i]! + (rest * preferred[i]!) / Math.max(1, sum(preferred)));
    const place = { top, height };
    top += height + LANE_GAP;
    return place;
  });
}

/** The least height in pixels in which the lanes can be read. */
export function leastHeight(lanes: readonly ShownLane[]): number {
  const places = placesOf(lanes, 0);
  const last = places.at(-1);
  return last === undefined ? 0 : last.top + last.height;
}
