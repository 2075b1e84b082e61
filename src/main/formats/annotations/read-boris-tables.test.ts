import { expect, test } from 'vitest';
import { randomDocument } from '../../../../testing/annotation-documents.ts';
import { writeBorisAggregated, writeBorisTabular } from './boris-tables.ts';
import { readEventsTsv, readLabelTable } from './read-label-tables.ts';

const TABULAR = [
  'Observation id\tObservation type\tSource\tTime offset (s)\tMedia duration (s)\tSubject\tBehavior\tModifier #1\tModifier #2\tBehavior type\tTime\tComment',
  'one\tMedia file(s)\tplayer #1:C:\\v\\a.mp4\t0\t20.000\tChild\tsmile\tleft\t\tSTART\t1.000\tsure',
  'one\tMedia file(s)\tplayer #1:C:\\v\\a.mp4\t0\t20.000\tChild\tsmile\t\tstrong\tSTART\t1.500\t',
  'one\tMedia file(s)\tplayer #1:C:\\v\\a.mp4\t0\t20.000\tChild\tsmile\tleft\t\tSTOP\t2.500\tlate',
  'one\tMedia file(s)\tplayer #1:C:\\v\\a.mp4\t0\t20.000\tNo focal subject\tblink\t\t\tPOINT\t2.600\t',
  'one\tMedia file(s)\tplayer #1:C:\\v\\a.mp4\t0\t20.000\tChild\tsmile\t\tstrong\tSTOP\t3.000\t',
].join('\r\n');

const AGGREGATED = [
  'Observation id,Source,Time offset (s),Media duration (s),Subject,Behavior,Behavior type,Start (s),Stop (s),Duration (s),Comment start,Comment stop',
  'two,player #1:/v/a.mp4;/v/b.mp4,10,5.000;4.000,Ann,smile,STATE,11.000,12.000,1.000,"a, b",',
  'two,player #1:/v/a.mp4;/v/b.mp4,10,5.000;4.000,Ann,smile,STATE,16.250,17.000,0.750,,',
  'two,player #1:/v/a.mp4;/v/b.mp4,10,5.000;4.000,Ann,blink,POINT,17.500,17.500,NA,,',
].join('\n');

test('tabular events of BORIS: states are paired by subject, behaviour and modifiers', () => {
  const { recordings } = readEventsTsv(TABULAR, 'events.tsv');
  expect(recordings).toMatchObject([{ name: '', media: ['C:\\v\\a.mp4', 'a.mp4'] }]);
  expect(recordings[0]!.layers).toMatchObject([
    {
      name: 'Child',
      segments: [
        { label: 'smile', startS: 1, endS: 2.5, comment: 'sure; late', modifiers: 'left' },
        { label: 'smile', startS: 1.5, endS: 3, modifiers: '|strong' },
      ],
      problems: [],
    },
    { name: '', peaks: [{ label: 'blink', apexS: 2.6 }] },
  ]);
});

test('aggregated events of BORIS: times count from the start of each media file', () => {
  const { recordings } = readLabelTable(AGGREGATED, 'events.csv');
  const lines = recordings.map(({ name, layers }) => [
    name,
    layers.map(({ segments, peaks }) => [segments.map(({ startS, endS }) => [startS, endS]), peaks.map(({ apexS }) => apexS)]),
  ]);
  expect(lines).toEqual([
    ['two (a.mp4)', [[[[1, 2]], []]]],
    ['two (b.mp4)', [[[[1.25, 2]], [2.5]]]],
  ]);
});

test('a state without a stop is a problem, and so is an event whose time is no number', () => {
  const { recordings } = readEventsTsv(TABULAR.split('\r\n').slice(0, 3).join('\n'), 'events.tsv');
  expect(recordings[0]!.layers[0]!.problems).toMatchObject([{ id: 'boris/no-stop' }, { id: 'boris/no-stop' }]);
  const noStop = AGGREGATED.replace('16.250,17.000,0.750', '16.250,NA,NA');
  expect(readLabelTable(noStop, 'events.csv').recordings[0]!.layers[0]!.problems).toMatchObject([
    { id: 'import/no-time', parameters: { label: 'smile', layer: 'Ann' } },
    { id: 'boris/no-stop' },
  ]);
});

test('the tables of 100 random documents come back, to the millisecond', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const document = randomDocument(seed);
    const line = (...cells: (string | number | null)[]): string => JSON.stringify(cells);
    const ms = (seconds: number): number => Math.round(1000 * seconds);
    const linesOf = (layers: ReturnType<typeof readEventsTsv>['recordings'][number]['layers'] | typeof document.layers): string[] =>
      layers
        .flatMap(({ name, segments, peaks }) => [
          ...segments.map((each) =>
            line(
              name,
              each.face,
              each.label,
              ms(each.startS),
              ms(Math.max(each.endS, each.startS + 0.001)),
              each.confidence,
              each.comment ?? '',
              each.modifiers ?? '',
            ),
          ),
          ...peaks.map((each) => line(name, each.face, each.label, ms(each.apexS), each.comment ?? '', each.modifiers ?? '')),
        ])
        .sort();
    for (const write of [writeBorisTabular, writeBorisAggregated]) {
      const layers = readEventsTsv(write(document).text, 'x.tsv').recordings.flatMap((each) => each.layers);
      expect(linesOf(layers)).toEqual(linesOf(document.layers));
      expect(layers.flatMap(({ problems }) => problems)).toEqual([]);
    }
  }
});
