import { BarChart, HeatmapChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import type { EChartsCoreOption } from 'echarts/core';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ProjectFigures } from '../../../../shared/contract/figures.ts';
import { EVENT_WINDOW } from '../../../../shared/statistics/trials.ts';
import { categoryName, labelName } from '../../texts/i18n.ts';
import { decimal, number, percentage } from '../../texts/formats.ts';
import type { Style } from '../../ui/label-styles.ts';
import { styleAt, styleOf } from '../../ui/label-styles.ts';

use([BarChart, LineChart, HeatmapChart, GridComponent, LegendComponent, TitleComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);

/** Plots for publications: black on white in every colour theme; patterns and line styles in addition to colours. */
export const FIGURES = ['time', 'conditions', 'peaks', 'intensity', 'curves', 'events', 'transitions', 'confusion'] as const;
export type FigureName = (typeof FIGURES)[number];

/** Texts of a plot. */
export interface FigureTexts {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Whether probabilities are shown minus the participants' own baselines. */
  readonly isCorrected: boolean;
  /** Shown for '' as the name of a condition. */
  readonly noCondition: string;
  /** Name of a participant, or of a face without one. */
  readonly groupName: (group: ProjectFigures['videos'][number]) => string;
}

export const INK = { text: '#1b2126', quiet: '#55606a', line: '#c9d0d6', accent: '#0b5f8a' } as const;
export const FONT = { fontFamily: 'Arial, Helvetica, sans-serif', color: INK.text } as const;

const styleFor = (label: string, i: number): Style => styleOf(label) ?? styleAt(i);

export const axis = {
  axisLabel: { color: INK.text, fontSize: 13 },
  axisLine: { lineStyle: { color: INK.quiet } },
  splitLine: { lineStyle: { color: INK.line } },
};
export const numbers = { ...axis.axisLabel, formatter: (value: number): string => number(value) };
/** The name of an axis. */
export const nameOf = (name: string, vertical: boolean): object => ({
  name,
  nameLocation: 'middle',
  nameGap: vertical ? 48 : 34,
  nameTextStyle: { ...FONT, fontSize: 14 },
});

export function frame({ title }: Pick<FigureTexts, 'title'>): EChartsCoreOption {
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
    const labelIndices = figures.labels.map((_, i) => i).filter((i) => groups.some((group) => (valueOf(group.figures[i]!) ?? 0) !== 0));
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
  intensity: bars(({ meanIntensity }) => meanIntensity, false),
  curves: ({ curves }, _by, texts) =>
    courses(
      curves.map(({ label, points }) => ({ label, points: points.map(({ atS, mean, error, peaks }) => ({ atS, mean, error, n: peaks })) })),
      { min: -2, max: 2 },
      texts,
    ),
  events: ({ events }, _by, texts) =>
    courses(
      (events?.courses ?? []).map(({ label, points }) => ({
        label,
        points: points.map(({ atS, mean, error, participants }) => ({ atS, mean, error, n: participants })),
      })),
      { min: EVENT_WINDOW.fromS, max: EVENT_WINDOW.toS },
      texts,
    ),
  conditions: ({ conditions }, _by, texts) => (conditions === null ? undefined : conditionPanels(conditions, texts)),
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

/** A mean course with its standard error; `n` is the number of peaks or participants. */
interface Course {
  readonly label: string;
  readonly points: readonly { readonly atS: number; readonly mean: number; readonly error: number | null; readonly n: number }[];
}

/** Lines of mean courses, with bands of one standard error. Undefined without a course of several moments. */
function courses(all: readonly Course[], range: { readonly min: number; readonly max: number }, texts: FigureTexts): EChartsCoreOption | undefined {
  const drawn = all.filter(({ points }) => points.length > 1);
  if (drawn.length === 0) return undefined;
  // A probability is not negative; its difference from a baseline can be.
  const lowest = texts.isCorrected ? -1 : 0;
  const lowerOf = ({ mean, error }: Course['points'][number]): number => Math.max(lowest, mean - (error ?? 0));
  const nameOfCourse = ({ label, points }: Course): string => `${labelName(label)} (${Math.max(...points.map(({ n }) => n))})`;
  return {
    ...frame(texts),
    legend: { top: 38, left: 72, right: 28, textStyle: FONT, itemWidth: 32, data: drawn.map(nameOfCourse) },
    xAxis: { type: 'value', ...range, ...axis, ...nameOf(texts.x, false), axisLabel: numbers },
    yAxis: { type: 'value', ...(texts.isCorrected ? {} : { min: 0 }), max: 1, ...axis, ...nameOf(texts.y, true), axisLabel: numbers },
    series: drawn.flatMap((course, i) => {
      const { label, points } = course;
      const { light, dash } = styleFor(label, i);
      const at = points.map(({ atS }) => Math.round(100 * atS) / 100);
      const band = { type: 'line', symbol: 'none', lineStyle: { opacity: 0 }, stack: label, stackStrategy: 'all', silent: true, tooltip: { show: false } };
      return [
        { ...band, data: points.map((point, n) => [at[n]!, lowerOf(point)]) },
        { ...band, areaStyle: { color: light, opacity: 0.16 }, data: points.map((point, n) => [at[n]!, point.mean + (point.error ?? 0) - lowerOf(point)]) },
        {
          type: 'line',
          name: nameOfCourse(course),
          symbol: 'none',
          lineStyle: { width: 2.4, color: light, type: dash },
          itemStyle: { color: light },
          data: points.map(({ mean }, n) => [at[n]!, Math.round(1e4 * mean) / 1e4]),
        },
      ];
    }),
  };
}

/** Places of the panels: more labels would make them too small to read. */
const PANELS = { columns: 3, rows: 2, width: 176, height: 112, left: 62, top: 76, gapX: 18, gapY: 52 } as const;

/** A panel for each of the most frequent labels: a thin line for each participant with several conditions, and their mean. */
function conditionPanels({ conditions, figures }: NonNullable<ProjectFigures['conditions']>, texts: FigureTexts): EChartsCoreOption | undefined {
  const most = ({ means }: (typeof figures)[number]): number => Math.max(0, ...means.map(({ mean }) => mean));
  const drawn = figures
    .filter((figure) => most(figure) > 0)
    .toSorted((a, b) => most(b) - most(a))
    .slice(0, PANELS.columns * PANELS.rows);
  if (drawn.length === 0) return undefined;
  const values = drawn.flatMap(({ means, lines }) => [...means.map(({ mean }) => mean), ...lines.flatMap((line) => line.values.map((value) => value ?? 0))]);
  const max = Math.ceil(10 * Math.max(...values)) / 10;
  const names = conditions.map((name) => name || texts.noCondition);
  const place = (i: number): { left: number; top: number } => ({
    left: PANELS.left + (i % PANELS.columns) * (PANELS.width + PANELS.gapX),
    top: PANELS.top + Math.floor(i / PANELS.columns) * (PANELS.height + PANELS.gapY),
  });
  const small = { ...axis.axisLabel, fontSize: 11 };
  return {
    ...frame(texts),
    title: [
      { text: texts.title, left: 12, top: 8, textStyle: { ...FONT, fontSize: 16, fontWeight: 600 } },
      { text: texts.y, left: 12, top: 32, textStyle: { ...FONT, fontSize: 12, fontWeight: 400 } },
      ...drawn.map(({ label }, i) => ({
        text: labelName(label),
        left: place(i).left,
        top: place(i).top - 22,
        padding: 0,
        textStyle: { ...FONT, fontSize: 13, fontWeight: 600 },
      })),
    ],
    grid: drawn.map((_, i) => ({ ...place(i), width: PANELS.width, height: PANELS.height })),
    xAxis: drawn.map((_, i) => ({
      type: 'category',
      gridIndex: i,
      data: names,
      ...axis,
      axisLabel: { ...small, width: 56, overflow: 'truncate', interval: 0 },
    })),
    yAxis: drawn.map((_, i) => ({
      ...{ type: 'value', gridIndex: i, min: 0, max, interval: max / 2, ...axis },
      axisLabel: { ...small, show: i % PANELS.columns === 0, formatter: (v: number) => percentage(v) },
    })),
    series: drawn.flatMap(({ label, means, lines }, i) => {
      const { light } = styleFor(label, i);
      const own = { type: 'line', xAxisIndex: i, yAxisIndex: i };
      const meanOf = (condition: string): number | null => means.find((each) => each.condition === condition)?.mean ?? null;
      return [
        ...lines.map((line) => ({
          ...{ ...own, name: line.participant, data: [...line.values], connectNulls: true, symbol: 'circle', symbolSize: 4 },
          lineStyle: { width: 1, color: INK.quiet, opacity: 0.6 },
          itemStyle: { color: INK.quiet },
        })),
        {
          ...{ ...own, name: labelName(label), data: conditions.map(meanOf), connectNulls: true, symbol: 'rect', symbolSize: 8 },
          // Without a participant in several conditions, a line would look like a comparison within participants.
          lineStyle: { width: 2.6, color: light, opacity: lines.length === 0 ? 0 : 1 },
          itemStyle: { color: light },
        },
      ];
    }),
  };
}

/** Heat map with a text in every cell, by default the number; rows from top to bottom. */
export function heatmap(
  rows: readonly string[],
  columns: readonly string[],
  values: readonly (readonly number[])[],
  texts: Pick<FigureTexts, 'title' | 'x' | 'y'>,
  textOf = (i: number, j: number): string => numberText(values[i]?.[j] ?? 0),
): EChartsCoreOption {
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
        label: { show: true, fontSize: 13, lineHeight: 17 },
        data: values.flatMap((row, i) =>
          row.map((value, j) => ({
            value: [j, i, value],
            label: { color: value > 0.55 * max ? '#ffffff' : INK.text, formatter: textOf(i, j) },
          })),
        ),
      },
    ],
  };
}

const numberText = (value: number): string => (value === 0 ? '' : decimal(value, Number.isInteger(value) ? 0 : 1));
