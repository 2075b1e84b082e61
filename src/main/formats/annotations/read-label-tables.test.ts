import { expect, test } from 'vitest';
import { decodeText } from '../decode-text.ts';
import { readEventsTsv, readLabelTable } from './read-label-tables.ts';

const HEADER = 'label;start_s;end_s';
const labelsOf = (text: string): unknown[] =>
  readLabelTable(text, 'labels.csv').recordings.flatMap(({ layers }) =>
    layers.flatMap(({ segments }) => segments.map(({ label, startS, endS }) => [label, startS, endS])),
  );

test("Excel's separators, decimal commas, encodings and empty last rows are read", () => {
  const expected = [
    ['joy', 1.5, 2],
    ['fear; mild', 3, 4.25],
  ];
  expect(labelsOf(`sep=;\r\n${HEADER}\r\njoy;1,5;2\r\n"fear; mild";3;4,25\r\n;;\r\n;;\r\n`)).toEqual(expected);
  expect(labelsOf(`${HEADER}\njoy;1.5;2\n"fear; mild";3;4.25\n\n`)).toEqual(expected);
  expect(labelsOf('Label,Start_S,End_S\r\njoy,1.5,2\r\nfear; mild,3,4.25\r\n')).toEqual(expected);
  const unicode = `\uFEFF${HEADER.replaceAll(';', '\t')}\r\njoy\t1,5\t2\r\nfear; mild\t3\t4,25\r\n`;
  expect(labelsOf(decodeText(Buffer.from(unicode, 'utf16le')))).toEqual(expected);
});

test('a time that is no number is a problem with its line', () => {
  const { recordings } = readLabelTable('label,start_s,end_s\nx,1,2\ny,soon,3\nz,4,\n', 'labels.csv');
  expect(recordings[0]!.layers[0]).toMatchObject({
    segments: [{ label: 'x' }],
    problems: [
      { id: 'tables/no-time', parameters: { label: 'y', line: 3 } },
      { id: 'tables/no-time', parameters: { label: 'z', line: 4 } },
    ],
  });
});

test('two videos of one name are two recordings', () => {
  const rows = ['video,video_id,path,layer,label,start_s,end_s', 'smile.mp4,7,/a/smile.mp4,Ann,x,0,1', 'smile.mp4,8,/b/smile.mp4,Ann,y,0,1'];
  const { recordings } = readLabelTable(rows.join('\n'), 'labels.csv');
  expect(recordings.map(({ name, media }) => [name, media])).toEqual([
    ['smile.mp4', ['7', '/a/smile.mp4', 'smile.mp4']],
    ['smile.mp4 (2)', ['8', '/b/smile.mp4', 'smile.mp4']],
  ]);
});

test('events of other BIDS data sets are labels; without a duration, a moment', () => {
  const { recordings } = readEventsTsv('onset\tduration\ttrial_type\n1.2\t0.6\tgo\n2\tn/a\tstop\nn/a\t1\tlost\n', 'sub-01_events.tsv');
  expect(recordings[0]!.layers[0]).toMatchObject({
    segments: [
      { label: 'go', startS: 1.2, endS: 1.8 },
      { label: 'stop', startS: 2, endS: 2 },
    ],
    problems: [{ id: 'tables/no-time', parameters: { label: 'lost', line: 4 } }],
  });
});
