/** Plots of two people of one video. */
import type { EChartsCoreOption } from 'echarts/core';
import type { DyadFigures } from '../../../../shared/contract/figures.ts';
import { categoryName } from '../../texts/i18n.ts';
import { decimal } from '../../texts/formats.ts';
import { axis, FONT, frame, heatmap, INK, nameOf, numbers } from './figures.ts';

export interface DyadTexts {
  readonly title: string;
  /** Method and sample, below the title. */
  readonly about: string;
  readonly x: string;
  readonly y: string;
}

const titles = ({ title, about }: DyadTexts): object[] => [
  { text: title, left: 12, top: 8, textStyle: { ...FONT, fontSize: 16, fontWeight: 600 } },
  { text: about, left: 12, top: 32, textStyle: { ...FONT, color: INK.quiet, fontSize: 12, fontWeight: 400, lineHeight: 16, width: 610, overflow: 'break' } },
];

/** The correlation at each lag, with the band in which 95% of the surrogates lie. Undefined without correlations. */
export function synchronyOption(
  { lags }: DyadFigures,
  texts: DyadTexts & { readonly name: string; readonly surrogates: string },
): EChartsCoreOption | undefined {
  if (lags.length < 2) return undefined;
  const at = lags.map(({ lagS }) => Math.round(1e3 * lagS) / 1e3);
  const band = { type: 'line', symbol: 'none', lineStyle: { opacity: 0 }, stack: 'surrogates', stackStrategy: 'all', silent: true };
  return {
    ...frame(texts),
    title: titles(texts),
    grid: { left: 76, right: 28, top: 102, bottom: 62 },
    legend: { top: 70, left: 72, textStyle: FONT, itemWidth: 32, data: [texts.name, texts.surrogates] },
    xAxis: { type: 'value', min: at[0], max: at.at(-1), ...axis, ...nameOf(texts.x, false), axisLabel: numbers },
    yAxis: { type: 'value', ...axis, ...nameOf(texts.y, true), axisLabel: numbers },
    series: [
      { ...band, data: lags.map(({ surrogateLow }, i) => [at[i], surrogateLow]) },
      {
        ...{ ...band, name: texts.surrogates, itemStyle: { color: INK.quiet }, areaStyle: { color: INK.quiet, opacity: 0.2 } },
        data: lags.map(({ surrogateLow, surrogateHigh }, i) => [at[i], surrogateHigh - surrogateLow]),
      },
      {
        ...{ type: 'line', name: texts.name, symbol: 'none', lineStyle: { width: 2.4, color: INK.accent }, itemStyle: { color: INK.accent } },
        data: lags.map(({ r }, i) => [at[i], Math.round(1e4 * r) / 1e4]),
      },
    ],
  };
}

/** Seconds in which both have given labels, and the ratio to those of independent people. Undefined without labels of both. */
export function coOccurrenceOption({ coOccurrences }: DyadFigures, texts: DyadTexts): EChartsCoreOption | undefined {
  if (coOccurrences.length === 0) return undefined;
  const rows = [...new Set(coOccurrences.map(({ first }) => first))];
  const columns = [...new Set(coOccurrences.map(({ second }) => second))];
  const cells = rows.map((first) => columns.map((second) => coOccurrences.find((each) => each.first === first && each.second === second)));
  const option = heatmap(
    rows.map(categoryName),
    columns.map(categoryName),
    cells.map((row) => row.map((cell) => cell?.seconds ?? 0)),
    texts,
    (i, j) => {
      const cell = cells[i]?.[j];
      if (cell === undefined) return '';
      return cell.ratio === null ? decimal(cell.seconds, 1) : `${decimal(cell.seconds, 1)}\n×${decimal(cell.ratio, 1)}`;
    },
  );
  return { ...option, title: titles(texts), grid: { left: 108, right: 28, top: 86, bottom: 62 } };
}
