import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TitleComponent, TooltipComponent } from 'echarts/components';
import type { EChartsCoreOption } from 'echarts/core';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { EXPRESSIONS } from '../../shared/expressions.ts';
import type { SeriesName, TimelineColumns } from '../../shared/timeline-columns.ts';
import { seriesOf } from '../../shared/timeline-columns.ts';
import { decimate } from './decimation.ts';

use([LineChart, GridComponent, LegendComponent, TooltipComponent, TitleComponent, MarkAreaComponent, MarkLineComponent, AriaComponent, CanvasRenderer]);

/** Okabe and Ito's colours, told apart by colour-blind eyes, and a line style each: colour is never alone. */
export const STYLES: readonly { readonly light: string; readonly dark: string; readonly dash: 'solid' | 'dashed' | 'dotted' }[] = [
  { light: '#b87a00', dark: '#e69f00', dash: 'solid' },
  { light: '#0072b2', dark: '#56b4e9', dash: 'solid' },
  { light: '#66707a', dark: '#aab4bd', dash: 'dashed' },
  { light: '#c04a00', dark: '#ff8a4a', dash: 'dashed' },
  { light: '#00805c', dark: '#2fc79a', dash: 'dotted' },
  { light: '#5b4a9e', dark: '#b3a4f2', dash: 'dotted' },
  { light: '#a8487e', dark: '#e697c2', dash: 'solid' },
];

export const MASKS = [
  { column: 'mask_class_agnostic', name: 'class-agnostic' },
  { column: 'mask_class_semantic', name: 'class-semantic' },
  { column: 'mask_final', name: 'final' },
] as const;

/** Pixels beside the plotting area, the same in every track. */
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

interface Track {
  readonly name: string;
  readonly column: SeriesName;
  /** Which of the three charts, and which style. */
  readonly grid: number;
  readonly style: number;
}
const TRACKS: readonly Track[] = [
  ...EXPRESSIONS.map((name, i): Track => ({ name, column: name, grid: 0, style: i })),
  { name: 'intensity', column: 'intensity', grid: 1, style: 1 },
  ...MASKS.map(({ column, name }, i): Track => ({ name, column, grid: 2, style: [0, 4, 6][i]! })),
];

/** Middles of the slots, ascending; worked out once for each face. */
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

/** Pixels that a peak's name needs; where peaks are closer, their lines stand without names. */
const PEAK_NAME_WIDTH = 64;

/** What changes when the view moves: the axes' ends, each track's points in it, decimated, and the peaks in it. */
export function seriesOption(columns: TimelineColumns, peaks: readonly PeakMark[], { from, to }: Span, width: number): { xAxis: object[]; series: object[] } {
  const x = middles(columns);
  const seen = peaks.filter(({ apexS }) => apexS >= from && apexS <= to);
  const isNamed = seen.length * PEAK_NAME_WIDTH < width;
  const marks = seen.map(({ label, apexS }) => ({ xAxis: apexS, label: { show: isNamed, formatter: label } }));
  return {
    xAxis: [0, 1, 2].map(() => ({ min: from, max: to })),
    series: TRACKS.map(({ name, column }) => ({
      ...{ name, data: decimate(x, seriesOf(columns, column), from, to, width) },
      ...(name === 'intensity' ? { markLine: { data: marks } } : {}),
    })),
  };
}

/** Spans in which the face was away, merged where they touch. */
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

/** Pixels that a chart's title takes, and the axis below the last one. */
const TITLE = 22;
const AXIS = 22;
const PEAK_LABELS = 14;

/** Where the three charts lie: probabilities take most of what the titles leave. */
function gridsFor(height: number): { left: number; right: number; top: number; height: number }[] {
  const shares = [0.58, 0.21, 0.21];
  // The labels of peaks stand above the second chart.
  const [gaps, peakLabels] = [TITLE + 8, PEAK_LABELS];
  const room = Math.max(90, height - 3 * gaps - peakLabels - AXIS);
  let top = 0;
  return shares.map((share, i) => {
    top += gaps + (i === 1 ? peakLabels : 0);
    const grid = { ...MARGIN, top, height: room * share };
    top += room * share;
    return grid;
  });
}

/** Three charts over one time axis: probabilities, intensity with peaks, mask weights. */
export function timelineOption(
  columns: TimelineColumns,
  peaks: readonly PeakMark[],
  label: string,
  colours: ChartColours,
  view: Span,
  width: number,
  height: number,
): EChartsCoreOption {
  const tone = (i: number): string => (colours.dark ? STYLES[i]!.dark : STYLES[i]!.light);
  const away = {
    silent: true,
    itemStyle: { color: colours.line, opacity: 0.45, decal: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 } },
    label: { show: true, position: 'insideTop', color: colours.quiet, formatter: 'no face' },
    data: absences(columns).map(({ from, to }) => [{ xAxis: from }, { xAxis: to }]),
  };
  const points = seriesOption(columns, peaks, view, width).series as { data: unknown; markLine?: { data: unknown } }[];
  const lines = TRACKS.map(({ name, grid, style }, i) => ({
    ...{ name, type: 'line', xAxisIndex: grid, yAxisIndex: grid, showSymbol: false, data: points[i]!.data, animation: false },
    ...{ lineStyle: { width: 2, color: tone(style), type: STYLES[style]!.dash }, itemStyle: { color: tone(style) } },
    ...(i === 0 ? { markArea: away } : {}),
    ...(name === 'intensity'
      ? {
          markLine: {
            ...{ symbol: 'none', silent: true, animation: false, lineStyle: { color: colours.quiet }, label: { color: colours.text } },
            data: points[i]!.markLine?.data,
          },
        }
      : {}),
  }));
  const grids = gridsFor(height);
  const legend = { textStyle: { color: colours.quiet }, itemWidth: 28, itemHeight: 12 };
  const title = (text: string, top: string | number): object => ({ text, top, left: 12, textStyle: { fontSize: 13, fontWeight: 600, color: colours.text } });
  return {
    // ECharts writes this label onto its element whenever it draws.
    aria: { enabled: true, label: { description: label } },
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    title: [
      title('Probability of each expression (model proposal)', 4),
      title('Intensity and peaks', grids[1]!.top - TITLE - PEAK_LABELS),
      title('Mask weights', grids[2]!.top - TITLE),
    ],
    legend: [
      { data: [...EXPRESSIONS], top: 3, right: 24, ...legend },
      { data: MASKS.map(({ name }) => name), top: grids[2]!.top - TITLE, right: 24, ...legend },
    ],
    tooltip: { trigger: 'axis', confine: true, valueFormatter: (value: unknown) => (typeof value === 'number' ? value.toFixed(3) : 'no face') },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    grid: grids,
    xAxis: grids.map((_, i) => ({
      ...{ type: 'value', gridIndex: i, min: view.from, max: view.to },
      axisLabel: { show: i === 2, showMinLabel: false, showMaxLabel: false, color: colours.quiet, formatter: clockTime },
      ...{ axisLine: { lineStyle: { color: colours.line } }, splitLine: { lineStyle: { color: colours.line, opacity: 0.5 } } },
    })),
    yAxis: grids.map((_, i) => ({
      ...{ type: 'value', gridIndex: i, min: 0, max: 1, interval: i === 0 ? 0.25 : 0.5, axisLabel: { color: colours.quiet } },
      splitLine: { lineStyle: { color: colours.line, opacity: 0.5 } },
    })),
    series: lines,
  };
}

/** A moment for people: 12.3 s, 3:07, 1:02:09. */
export function clockTime(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds * 100) / 100} s`;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const fraction = seconds % 1 > 0.004 ? `.${String(Math.floor((seconds % 1) * 100)).padStart(2, '0')}` : '';
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}${fraction}`;
}
