import type { EChartsType } from 'echarts/core';
import { clean } from '../../../../shared/basics/xml-text.ts';

/** A plot as an SVG document. ECharts escapes the names in it, but keeps control characters, with which no program opens the file. */
export function svgOf(chart: EChartsType): string {
  return clean((chart as unknown as { renderToSVGString: () => string }).renderToSVGString());
}
