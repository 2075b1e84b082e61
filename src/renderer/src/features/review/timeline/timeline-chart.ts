import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TitleComponent, TooltipComponent } from 'echarts/components';
import type { EChartsCoreOption } from 'echarts/core';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { Expression } from '../../../../../shared/domain/expressions.ts';
import { EXPRESSIONS } from '../../../../../shared/domain/expressions.ts';
import type { FaceMaps } from '../../../../../shared/domain/mask-maps.ts';
import type { SeriesName, TimelineColumns } from '../../../../../shared/domain/timeline-columns.ts';
import { seriesOf } from '../../../../../shared/domain/timeline-columns.ts';
import { styleAt } from '../../../ui/label-styles.ts';
import { clockTime, decimal } from '../../../ui/formats.ts';
import { decimate } from './decimation.ts';
import type { TrackName } from '../../../stores/tracks.ts';

use([LineChart, GridComponent, LegendComponent, TooltipComponent, TitleComponent, MarkAreaComponent, MarkLineComponent, AriaComponent, CanvasRenderer]);

/** Pixels left and right of the plotting area, the same in every track. */
export const MARGIN = { left: 64, right: 24 } as const;

export interface ChartColours {
  readonly dark: boolean;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
}

export interface PeakMark {
  readonly label: string;
  readonly apexS: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Tracks that are charts; the sound and the trials are drawn by components of their own. */
export type ChartTrack = Exclude<TrackName, 'sound' | 'trials'>;

/** Similarities are part of the mask maps, not of the timeline columns. */
type SimilarityName = `similarity ${Expression}`;

export type LineColumn = SeriesName | SimilarityName;

interface Line {
  readonly column: LineColumn;
  /** Index of a label style, whose colour and dash the line has. */
  readonly style: number;
}
const MASKS: readonly Line[] = [
  { column: 'mask_class_agnostic', style: 0 },
  { column: 'mask_class_semantic', style: 4 },
  { column: 'mask_final', style: 6 },
];
interface TrackKind {
  /** Relative height. */
  readonly weight: number;
  readonly interval: number;
  readonly lines: readonly Line[];
}
const KINDS: Readonly<Record<ChartTrack, TrackKind>> = {
  probabilities: { weight: 0.58, interval: 0.25, lines: EXPRESSIONS.map((column, i) => ({ column, style: i })) },
  intensity: { weight: 0.21, interval: 0.5, lines: [{ column: 'intensity', style: 1 }] },
  masks: { weight: 0.21, interval: 0.5, lines: MASKS },
  similarity: { weight: 0.32, interval: 0.5, lines: EXPRESSIONS.map((name, i) => ({ column: `similarity ${name}` as const, style: i })) },
  confidence: { weight: 0.16, interval: 0.5, lines: [{ column: 'face_confidence', style: 2 }] },
};

/** A displayed track. Its position follows from the order of the list. */
export interface ShownTrack {
  readonly name: ChartTrack;
  readonly title: string;
  readonly height: number;
}

/** Index of the track with the peaks: intensity, or the first track if intensity is hidden. */
const peakTrack = (tracks: readonly ShownTrack[]): number =>
  Math.max(
    0,
    tracks.findIndex(({ name }) => name === 'intensity'),
  );

/** Midpoints of the slots in seconds, ascending; cached for each face. */
const middlesOf = new WeakMap<TimelineColumns, Float64Array>();
function middles(columns: TimelineColumns): Float64Array {
  let middle = middlesOf.get(columns);
  if (middle === undefined) {
    const { slots, times } = columns;
    middle = Float64Array.from(slots, (_, i) => (times[i]! + times[slots.length + i]!) / 2);
    middlesOf.set(columns, middle);
  }
  return middle;
}

/** Width of a peak's name in pixels. If there are too many peaks for it, their lines have no names. */
const PEAK_NAME_WIDTH = 64;

/** Flattens points to [x, y, x, y, …], which ECharts reads without an object for each point. */
function flat(points: readonly (readonly [number, number | null])[]): Float64Array {
  const values = new Float64Array(2 * points.length);
  points.forEach(([px, py], i) => {
    values[2 * i] = px;
    values[2 * i + 1] = py ?? NaN;
  });
  return values;
}

/** Line width, which is also the resolution of the decimation. */
const LINE_PIXELS = 2;

/** The options that change with the view: axis limits, decimated points, and visible peaks. */
export function seriesOption(
  columns: TimelineColumns,
  peaks: readonly PeakMark[],
  tracks: readonly ShownTrack[],
  texts: ChartTexts,
  { from, to }: Span,
  width: number,
  maps: FaceMaps | null,
): { xAxis: object[]; series: object[] } {
  const x = middles(columns);
  const seen = peaks.filter(({ apexS }) => apexS >= from && apexS <= to);
  const isNamed = seen.length * PEAK_NAME_WIDTH < width;
  const marks = seen.map(({ label, apexS }) => ({ xAxis: apexS, label: { show: isNamed, formatter: texts.labelOf(label) } }));
  const withPeaks = peakTrack(tracks);
  return {
    xAxis: tracks.map(() => ({ min: from, max: to })),
    series: tracks.flatMap((track, grid) =>
      KINDS[track.name].lines.map(({ column }, i) => ({
        name: texts.nameOf(column),
        dimensions: ['x', 'y'],
        data: flat(decimate(x, valuesOf(columns, column, maps), from, to, width / LINE_PIXELS)),
        ...(grid === withPeaks && i === 0 ? { markLine: { data: marks } } : {}),
      })),
    ),
  };
}

/** A line's values, one per slot; NaN for missing values. Similarities are assigned to the slots once and cached. */
const similarities = new WeakMap<FaceMaps, Map<string, Float32Array>>();
function valuesOf(columns: TimelineColumns, column: LineColumn, maps: FaceMaps | null): Float32Array {
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

/** Spans without the face; adjacent spans are merged. */
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

/** Heights in pixels: title of a chart, axis below the last chart, names of peaks. */
const TITLE = 22;
const AXIS = 22;
const PEAK_LABELS = 14;

/** Positions of the charts, by their weight and the height factor in the settings. */
function gridsFor(tracks: readonly ShownTrack[], height: number): { left: number; right: number; top: number; height: number }[] {
  const weights = tracks.map((track) => KINDS[track.name].weight * track.height);
  const all = weights.reduce((a, b) => a + b, 0);
  const gap = TITLE + 8;
  const available = Math.max(30 * tracks.length, height - tracks.length * gap - PEAK_LABELS - AXIS);
  const withPeaks = peakTrack(tracks);
  let top = 0;
  return weights.map((weight, i) => {
    // The names of peaks are above their chart.
    top += gap + (i === withPeaks ? PEAK_LABELS : 0);
    const grid = { ...MARGIN, top, height: (available * weight) / all };
    top += grid.height;
    return grid;
  });
}

/** Range of the y axis: 0 to 1. For mask weights and similarities, which vary little, the range of this face's values. */
function rangeOf(columns: TimelineColumns, name: ChartTrack, maps: FaceMaps | null): { min: number; max: number; interval: number } {
  if (name !== 'masks' && name !== 'similarity') return { min: 0, max: 1, interval: KINDS[name].interval };
  let [low, high] = [Infinity, -Infinity];
  for (const { column } of KINDS[name].lines)
    for (const value of valuesOf(columns, column, maps)) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  const [min, max] = [Math.floor(10 * low) / 10, Math.ceil(10 * high) / 10];
  return high < low ? { min: 0, max: 1, interval: 0.5 } : { min, max, interval: Math.max(0.1, (max - min) / 2) };
}

export interface ChartTexts {
  readonly label: string;
  readonly noFace: string;
  /** Translates the name of a line, and the label of a peak. */
  readonly nameOf: (column: LineColumn) => string;
  readonly labelOf: (label: string) => string;
}

/** The complete ECharts option for all tracks. */
export function timelineOption(
  columns: TimelineColumns,
  peaks: readonly PeakMark[],
  tracks: readonly ShownTrack[],
  texts: ChartTexts,
  colours: ChartColours,
  view: Span,
  width: number,
  height: number,
  maps: FaceMaps | null,
): EChartsCoreOption {
  const tone = (i: number): string => (colours.dark ? styleAt(i).dark : styleAt(i).light);
  const absence = {
    silent: true,
    itemStyle: { color: colours.line, opacity: 0.45, decal: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 } },
    label: { show: true, position: 'insideTop', color: colours.quiet, formatter: texts.noFace },
    data: absences(columns).map(({ from, to }) => [{ xAxis: from }, { xAxis: to }]),
  };
  const points = seriesOption(columns, peaks, tracks, texts, view, width, maps).series as { data: unknown; markLine?: { data: unknown } }[];
  const allLines = tracks.flatMap((track, grid) => KINDS[track.name].lines.map((line, n) => ({ ...line, grid, isFirst: n === 0 })));
  const lines = allLines.map(({ column, grid, style, isFirst }, i) => ({
    name: texts.nameOf(column),
    type: 'line',
    xAxisIndex: grid,
    yAxisIndex: grid,
    showSymbol: false,
    dimensions: ['x', 'y'],
    data: points[i]?.data,
    animation: false,
    lineStyle: { width: LINE_PIXELS, color: tone(style), type: styleAt(style).dash },
    itemStyle: { color: tone(style) },
    ...(grid === 0 && isFirst ? { markArea: absence } : {}),
    ...(points[i]?.markLine === undefined
      ? {}
      : {
          markLine: {
            symbol: 'none',
            silent: true,
            animation: false,
            lineStyle: { color: colours.quiet },
            label: { color: colours.text },
            data: points[i].markLine.data,
          },
        }),
  }));
  const grids = gridsFor(tracks, height);
  const legend = { textStyle: { color: colours.quiet }, itemWidth: 28, itemHeight: 12 };
  const titleTops = grids.map(({ top }, i) => top - TITLE - (i === peakTrack(tracks) ? PEAK_LABELS : 0));
  return {
    // ECharts sets this aria-label on its element at every draw.
    aria: { enabled: true, label: { description: texts.label } },
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    title: tracks.map(({ title }, i) => ({ text: title, top: titleTops[i], left: 12, textStyle: { fontSize: 13, fontWeight: 600, color: colours.text } })),
    legend: tracks.flatMap(({ name }, i) =>
      KINDS[name].lines.length < 2 ? [] : [{ data: KINDS[name].lines.map(({ column }) => texts.nameOf(column)), top: titleTops[i], right: 24, ...legend }],
    ),
    tooltip: { trigger: 'axis', confine: true, valueFormatter: (value: unknown) => (typeof value === 'number' ? decimal(value, 3) : texts.noFace) },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    grid: grids,
    xAxis: grids.map((_, i) => ({
      type: 'value',
      gridIndex: i,
      min: view.from,
      max: view.to,
      axisLabel: { show: i === grids.length - 1, showMinLabel: false, showMaxLabel: false, color: colours.quiet, formatter: clockTime },
      axisLine: { lineStyle: { color: colours.line } },
      splitLine: { lineStyle: { color: colours.line, opacity: 0.5 } },
    })),
    yAxis: tracks.map(({ name }, i) => ({
      type: 'value',
      gridIndex: i,
      ...rangeOf(columns, name, maps),
      axisLabel: { color: colours.quiet, formatter: (value: number) => decimal(value, Number.isInteger(value) ? 0 : Number.isInteger(10 * value) ? 1 : 2) },
      splitLine: { lineStyle: { color: colours.line, opacity: 0.5 } },
    })),
    series: lines,
  };
}
