import { LineChart } from 'echarts/charts';
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
} from 'echarts/components';
import type { EChartsCoreOption } from 'echarts/core';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { EXPRESSIONS } from '../../shared/expressions.ts';
import type { TableRow } from './stores/results.ts';

use([
  LineChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  TitleComponent,
  DataZoomComponent,
  MarkAreaComponent,
  MarkLineComponent,
  AriaComponent,
  CanvasRenderer,
]);

/** Okabe and Ito's colours, told apart by colour-blind eyes, and a line style each: colour is never alone. */
const STYLES: readonly { readonly light: string; readonly dark: string; readonly dash: 'solid' | 'dashed' | 'dotted' }[] = [
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

export interface ChartColours {
  readonly dark: boolean;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
}

/** Points of one column at the middle of each slot; null where the face was away breaks the line. */
function series(rows: readonly TableRow[], column: string): [number, number | null][] {
  return rows.map((row) => [(Number(row['start_s']) + Number(row['end_s'])) / 2, row[column] === '' ? null : Number(row[column])]);
}

function absences(rows: readonly TableRow[]): [{ xAxis: number }, { xAxis: number }][] {
  const spans: [{ xAxis: number }, { xAxis: number }][] = [];
  for (const row of rows) {
    if (row['status'] !== 'no_face') continue;
    const last = spans.at(-1);
    if (last !== undefined && last[1].xAxis === Number(row['start_s'])) last[1] = { xAxis: Number(row['end_s']) };
    else spans.push([{ xAxis: Number(row['start_s']) }, { xAxis: Number(row['end_s']) }]);
  }
  return spans;
}

/** Three charts over one time axis: probabilities, intensity with peaks, mask weights. */
export function timelineOption(rows: readonly TableRow[], peaks: readonly TableRow[], label: string, colours: ChartColours): EChartsCoreOption {
  const tone = (i: number): string => (colours.dark ? STYLES[i]!.dark : STYLES[i]!.light);
  const away = {
    silent: true,
    itemStyle: { color: colours.line, opacity: 0.45 },
    label: { show: true, position: 'insideTop', color: colours.quiet, formatter: 'no face' },
    data: absences(rows),
  };
  const line = (name: string, grid: number, column: string, style: number): object => ({
    ...{ name, type: 'line', xAxisIndex: grid, yAxisIndex: grid, showSymbol: false, sampling: 'lttb', data: series(rows, column), animation: false },
    ...{ lineStyle: { width: 2, color: tone(style), type: STYLES[style]!.dash }, itemStyle: { color: tone(style) } },
  });
  const apexes = peaks.map((peak) => ({ xAxis: Number(peak['apex_s']), label: { formatter: peak['label'], color: colours.text } }));
  const grids = [
    { top: 64, height: '32%' },
    { top: '49%', height: '15%' },
    { top: '73%', height: '15%' },
  ].map((grid) => ({ left: 64, right: 24, ...grid }));
  const title = (text: string, top: string | number): object => ({ text, top, left: 12, textStyle: { fontSize: 13, fontWeight: 600, color: colours.text } });
  return {
    // ECharts writes this label onto its element whenever it draws.
    aria: { enabled: true, label: { description: label } },
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    title: [title('Probability of each expression (model proposal)', 8), title('Intensity and peaks', '44%'), title('Mask weights', '68%')],
    legend: [
      { data: [...EXPRESSIONS], top: 32, left: 56, textStyle: { color: colours.quiet }, itemWidth: 28 },
      { data: MASKS.map(({ name }) => name), top: '68%', right: 24, textStyle: { color: colours.quiet }, itemWidth: 28 },
    ],
    tooltip: { trigger: 'axis', valueFormatter: (value: unknown) => (typeof value === 'number' ? value.toFixed(3) : 'no face') },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    grid: grids,
    xAxis: grids.map((_, i) => ({
      ...{
        type: 'value',
        gridIndex: i,
        min: 'dataMin',
        max: 'dataMax',
        axisLabel: { show: i === 2, color: colours.quiet, formatter: (value: number) => `${Math.round(value * 100) / 100} s` },
      },
      ...{ axisLine: { lineStyle: { color: colours.line } }, splitLine: { lineStyle: { color: colours.line, opacity: 0.5 } } },
    })),
    yAxis: grids.map((_, i) => ({
      type: 'value',
      gridIndex: i,
      min: 0,
      max: 1,
      interval: i === 0 ? 0.25 : 0.5,
      axisLabel: { color: colours.quiet },
      splitLine: { lineStyle: { color: colours.line, opacity: 0.5 } },
    })),
    dataZoom: [
      { type: 'inside', xAxisIndex: [0, 1, 2] },
      { type: 'slider', xAxisIndex: [0, 1, 2], bottom: 6, height: 20, textStyle: { color: colours.quiet } },
    ],
    series: [
      ...EXPRESSIONS.map((name, i) => ({ ...line(name, 0, name, i), ...(i === 0 ? { markArea: away } : {}) })),
      { ...line('intensity', 1, 'intensity', 1), markLine: { symbol: 'none', lineStyle: { color: colours.quiet }, data: apexes } },
      ...MASKS.map(({ column, name }, i) => line(name, 2, column, [0, 4, 6][i]!)),
    ],
  };
}
