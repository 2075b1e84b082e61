import { BarChart, HeatmapChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import type { EChartsCoreOption } from 'echarts/core';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ProjectFigures } from '../../../../shared/contract/figures.ts';
import { categoryName, labelName } from '../../texts/i18n.ts';
import { decimal, number, percentage } from '../../ui/formats.ts';
import type { Style } from '../../ui/label-styles.ts';
import { styleAt, styleOf } from '../../ui/label-styles.ts';

use([BarChart, LineChart, HeatmapChart, GridComponent, LegendComponent, TitleComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);

/** Plots for publications: black on white in every colour theme; patterns and line styles in addition to colours. */
export const FIGURES = ['time', 'peaks', 'curves', 'transitions', 'confusion'] as const;
export type FigureName = (typeof FIGURES)[number];

/** Title and axis names. */
export interface FigureTexts {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Name of a participant, or of a face without one. */
  readonly groupName: (group: ProjectFigures['videos'][number]) => string;
}

const INK = { text: '#1b2126', quiet: '#55606a', line: '#c9d0d6' } as const;
const FONT = { fontFamily: 'Arial, Helvetica, sans-serif', color: INK.text } as const;

const styleFor = (label: string, i: number): Style => styleOf(label) ?? styleAt(i);

const axis = { axisLabel: { color: INK.text, fontSize: 13 }, axisLine: { lineStyle: { color: INK.quiet } }, splitLine: { lineStyle: { color: INK.line } } };
const numbers = { ...axis.axisLabel, formatter: (value: number) => number(value) };
const nameOf = (name: string, vertical: boolean): object => ({
  name,
  nameLocation: 'middle',
  nameGap: vertical ? 48 : 34,
  nameTextStyle: { ...FONT, fontSize: 14 },
});

function frame({ title }: FigureTexts): EChartsCoreOption {
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: FONT,
    title: { text: title, left: 12, top: 8, textStyle: { ...FONT, fontSize: 16, fontWeight: 600 } },
    grid: { left: 76, right: 28, top: 78, bottom: 62 },
    tooltip: { confine: true },
  };
}

/** @param by grouping of the bars @returns undefined if there is no data */
export function figureOption(
  name: FigureName,
  figures: ProjectFigures,
  by: 'all' | 'participants' | 'videos',
  texts: FigureTexts,
): EChartsCoreOption | undefined {
  return PLOTS[name](figures, by, texts);
}

type Plot = (figures: ProjectFigures, by: 'all' | 'participants' | 'videos', texts: FigureTexts) => EChartsCoreOption | undefined;

/** Bar chart of a value by label, with a colour and a pattern for each group. */
function bars(valueOf: (figure: ProjectFigures['all'][number]) => number | null, percent: boolean): Plot {
  return (figures, by, texts) => {
    const groups =
      by === 'all' ? [{ name: texts.title, figures: figures.all }] : figures[by].map((group) => ({ name: texts.groupName(group), figures: group.figures }));
    const labelIndices = figures.labels.map((_, i) => i).filter((i) => groups.some((group) => (valueOf(group.figures[i]!) ?? 0) > 0));
    if (labelIndices.length === 0) return undefined;
    return {
      ...frame(texts),
      legend: by === 'all' ? undefined : { top: 38, left: 72, right: 28, type: 'scroll', textStyle: FONT },
      xAxis: { type: 'category', data: labelIndices.map((i) => labelName(figures.labels[i]!)), ...axis, axisLabel: { ...axis.axisLabel, interval: 0 } },
      yAxis: {
        type: 'value',
        ...axis,
        ...nameOf(texts.y, true),
        axisLabel: { ...axis.axisLabel, formatter: (v: number) => (percent ? percentage(v) : number(v)) },
      },
      series: groups.map((group, g) => ({
        type: 'bar',
        name: group.name,
        barMaxWidth: 46,
        data: labelIndices.map((i) => ({
          value: valueOf(group.figures[i]!),
          itemStyle: {
            color: by === 'all' ? styleFor(figures.labels[i]!, i).light : styleAt(g).light,
            decal:
              g === 0
                ? undefined
                : { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2 + (g % 4), 4], rotation: (g * Math.PI) / 5, color: 'rgba(255,255,255,0.55)' },
          },
        })),
      })),
    };
  };
}

const PLOTS: Readonly<Record<FigureName, Plot>> = {
  time: bars(({ share }) => share, true),
  peaks: bars(({ peaksPerMinute }) => peaksPerMinute, false),
  curves: (figures, _by, texts) => {
    const drawn = figures.curves.filter(({ points }) => points.length > 1);
    if (drawn.length === 0) return undefined;
    const maxPeaks = (points: (typeof drawn)[number]['points']): number => Math.max(...points.map(({ peaks }) => peaks));
    return {
      ...frame(texts),
      legend: {
        top: 38,
        left: 72,
        right: 28,
        textStyle: FONT,
        itemWidth: 32,
        data: drawn.map(({ label, points }) => `${labelName(label)} (${maxPeaks(points)})`),
      },
      xAxis: { type: 'value', min: -2, max: 2, ...axis, ...nameOf(texts.x, false), axisLabel: numbers },
      yAxis: { type: 'value', min: 0, max: 1, ...axis, ...nameOf(texts.y, true), axisLabel: numbers },
      series: drawn.flatMap(({ label, points }, i) => {
        const { light, dash } = styleFor(label, i);
        const at = points.map(({ atS }) => Math.round(100 * atS) / 100);
        const band = { type: 'line', symbol: 'none', lineStyle: { opacity: 0 }, stack: label, silent: true, tooltip: { show: false } };
        return [
          { ...band, data: points.map(({ mean, error }, n) => [at[n]!, mean - (error ?? 0)]) },
          { ...band, areaStyle: { color: light, opacity: 0.16 }, data: points.map(({ error }, n) => [at[n]!, 2 * (error ?? 0)]) },
          {
            type: 'line',
            name: `${labelName(label)} (${maxPeaks(points)})`,
            symbol: 'none',
            lineStyle: { width: 2.4, color: light, type: dash },
            itemStyle: { color: light },
            data: points.map(({ mean }, n) => [at[n]!, Math.round(1e4 * mean) / 1e4]),
          },
        ];
      }),
    };
  },
  transitions: ({ transitions: { labels, counts } }, _by, texts) =>
    counts.flat().some((count) => count > 0) ? heatmap(labels.map(labelName), labels.map(labelName), counts, texts) : undefined,
  confusion: ({ confusion }, _by, texts) => {
    if (confusion === null) return undefined;
    const { labels, counts, unitS } = confusion;
    const used = labels.map((_, i) => i).filter((i) => counts[i]!.some((n) => n > 0) || counts.some((row) => row[i]! > 0));
    if (used.length === 0) return undefined;
    const names = used.map((i) => categoryName(labels[i]!));
    const seconds = used.map((i) => used.map((j) => Math.round(10 * unitS * counts[i]![j]!) / 10));
    return heatmap(names, names, seconds, texts);
  },
};

/** Heat map with a number in every cell; rows from top to bottom. */
function heatmap(rows: readonly string[], columns: readonly string[], values: readonly (readonly number[])[], texts: FigureTexts): EChartsCoreOption {
  const max = Math.max(1, ...values.flat());
  return {
    ...frame(texts),
    grid: { left: 108, right: 28, top: 52, bottom: 62 },
    xAxis: { type: 'category', data: [...columns], ...axis, ...nameOf(texts.x, false), axisLabel: { ...axis.axisLabel, interval: 0 } },
    yAxis: { type: 'category', data: [...rows], inverse: true, ...axis, ...nameOf(texts.y, true), nameGap: 86 },
    visualMap: { show: false, min: 0, max, inRange: { color: ['#ffffff', '#9cc3dc', '#0b5f8a'] } },
    series: [
      {
        type: 'heatmap',
        itemStyle: { borderColor: INK.line, borderWidth: 1 },
        label: { show: true, fontSize: 13 },
        data: values.flatMap((row, i) =>
          row.map((value, j) => ({
            value: [j, i, value],
            label: { color: value > 0.55 * max ? '#ffffff' : INK.text, formatter: value === 0 ? '' : decimal(value, Number.isInteger(value) ? 0 : 1) },
          })),
        ),
      },
    ],
  };
}
