import { init } from 'echarts/core';
import { expect, test } from 'vitest';
import { xmlProblem } from '../../../../../testing/xml-problem.ts';
import type { ProjectFigures } from '../../../../shared/contract/figures.ts';
import { coOccurrenceOption } from './dyad-plots.ts';
import { figureOption } from './figures.ts';
import { svgOf } from './svg-text.ts';

const texts = { title: 'Title', x: 'x', y: 'y', isCorrected: false, noCondition: 'none', groupName: () => '' };
const figures = (more: Partial<ProjectFigures>): ProjectFigures => ({
  ...{
    layer: 'model',
    labels: [],
    people: [],
    baselines: null,
    dyads: [],
    faces: 0,
    videos: [],
    participants: [],
    all: [],
    transitions: { labels: [], counts: [] },
    curves: [],
  },
  ...{ eventTypes: [], events: null, conditions: null, confusion: null },
  ...more,
});
interface Series {
  readonly name?: string;
  readonly data: unknown[];
  readonly lineStyle: { readonly opacity?: number };
}
const seriesOf = (name: 'events' | 'conditions', of: ProjectFigures): Series[] => (figureOption(name, of, 'all', texts) as { series: Series[] }).series;

test('a band around a mean course reaches from mean - error to mean + error, and is cut at 0', () => {
  const points = [
    { atS: 0, mean: 0.1, error: 0.3, participants: 3 },
    { atS: 0.2, mean: 0.5, error: 0.2, participants: 2 },
  ];
  const [lower, height, line] = seriesOf('events', figures({ events: { type: 'bell', courses: [{ label: 'fear', points }] } }));
  const rounded = ({ data }: Series): number[][] => (data as number[][]).map(([at, value]) => [at!, Math.round(1e6 * value!) / 1e6]);
  expect([rounded(lower!), rounded(height!), rounded(line!)]).toEqual([
    [
      [0, 0],
      [0.2, 0.3],
    ],
    [
      [0, 0.4],
      [0.2, 0.4],
    ],
    [
      [0, 0.1],
      [0.2, 0.5],
    ],
  ]);
  expect(line!.name).toBe('fear (3)');
});

test('conditions: a line for each participant and one for the mean; no line connects conditions of different people', () => {
  const means = ['', 'stress'].map((condition) => ({ condition, participants: 1, mean: 0.2, sd: null }));
  const of = (lines: { participant: string; values: (number | null)[] }[]): Series[] =>
    seriesOf('conditions', figures({ conditions: { conditions: ['', 'stress'], figures: [{ label: 'fear', means, lines }] } }));
  const [person, mean] = of([{ participant: 'P1', values: [0.1, 0.3] }]);
  expect([person!.name, person!.data, mean!.data, mean!.lineStyle.opacity]).toEqual(['P1', [0.1, 0.3], [0.2, 0.2], 1]);
  expect(of([]).map(({ lineStyle }) => lineStyle.opacity)).toEqual([0]);
  expect(figureOption('conditions', figures({}), 'all', texts)).toBeUndefined();
});

test('minus a baseline, a band is not cut at 0', () => {
  const points = [
    { atS: 0, mean: 0.1, error: 0.3, participants: 3 },
    { atS: 0.2, mean: -0.2, error: 0.1, participants: 3 },
  ];
  const events = { type: 'bell', courses: [{ label: 'fear', points }] };
  const option = figureOption('events', figures({ events }), 'all', { ...texts, isCorrected: true }) as { series: Series[]; yAxis: object };
  expect((option.series[0]!.data as number[][]).map(([, value]) => Math.round(1e6 * value!) / 1e6)).toEqual([-0.2, -0.3]);
  expect(option.yAxis).not.toHaveProperty('min');
});

test('co-occurrence: seconds and ratio in the cell of both labels, and nothing for pairs that do not occur', () => {
  const coOccurrences = [
    { first: 'fear', second: 'anger', seconds: 2, expectedS: 1, ratio: 2 },
    { first: 'happiness', second: 'happiness', seconds: 3, expectedS: 2, ratio: 1.5 },
  ];
  const option = coOccurrenceOption({ lags: [], togetherS: 20, coOccurrences }, { title: 'Title', about: '', x: 'B', y: 'A' });
  const [{ data }] = (option as { series: [{ data: { value: number[]; label: { formatter: string } }[] }] }).series;
  expect(data.map(({ value, label }) => [...value, label.formatter])).toEqual([
    [0, 0, 2, '2.0\n×2.0'],
    [1, 0, 0, ''],
    [0, 1, 0, ''],
    [1, 1, 3, '3.0\n×1.5'],
  ]);
});

test('names of people and conditions are text in plots that are saved, and in the boxes beside the pointer', () => {
  const hostile = `P1 <img src=x onerror=alert(1)></script>&amp;"']]>\u0001`;
  const figure = {
    label: 'fear',
    share: 0.5,
    seconds: 1,
    count: 1,
    peaksPerMinute: 1,
    meanIntensity: 0.5,
    meanDurationS: 1,
  } as unknown as ProjectFigures['all'][number];
  const group = { figures: [figure] } as unknown as ProjectFigures['participants'][number];
  const option = figureOption('time', figures({ labels: [hostile], participants: [group, group] }), 'participants', {
    ...texts,
    title: hostile,
    groupName: () => hostile,
  });
  const chart = init(null, undefined, { renderer: 'svg', ssr: true, width: 640, height: 400 });
  chart.setOption(option!);
  const svg = svgOf(chart);
  chart.dispose();
  expect(xmlProblem(svg)).toBeUndefined();
  expect(svg).not.toMatch(/<(?:img|\/script)/);
  expect(svg).toContain('&lt;img src=x onerror=alert(1)&gt;');
  // XML has no such character: the file could not be opened.
  expect(svg).not.toContain('\u0001');
});
