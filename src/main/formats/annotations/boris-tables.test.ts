import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import type { AnnotationDocument } from '../../../shared/annotation/annotation-document.ts';
import { writeBorisAggregated, writeBorisTabular, writeBorisXlsx } from './boris-tables.ts';

const documentOf = (label: string, modifiers: string): AnnotationDocument => ({
  video: { path: '/v/a.mp4', name: 'a.mp4', durationS: 9, fps: 25 },
  participant: 'P 1',
  layers: [
    {
      name: 'Ann',
      annotator: 'Ann',
      segments: [1, 3].map((startS) => ({ face: 1, label, startS, endS: startS + 1, confidence: null, modifiers })),
      peaks: [],
    },
  ],
  vocabulary: [],
  warnings: [],
});

test('the sheet for BORIS names the columns that the import of BORIS changes', async () => {
  const misread = async (label: string, modifiers: string): Promise<unknown[]> => {
    const { losses } = await writeBorisXlsx(documentOf(label, modifiers));
    return losses.flatMap(({ id, parameters }) => (id === 'boris/misread' ? [parameters['column']] : []));
  };
  expect(await misread('none', 'left')).toEqual([]);
  expect(await misread('None', 'left')).toEqual(['code']);
  expect(await misread('fear', '2')).toEqual(['modifier']);
  expect(await misread('fear', '')).toEqual([]);
});

test('both tables have the participant where BORIS has independent variables, and the words of BORIS for media and categories', () => {
  const rowOf = (text: string): Record<string, string> => (parse(text, { delimiter: '\t', columns: true }) as Record<string, string>[])[0]!;
  const [tabular, aggregated] = [rowOf(writeBorisTabular(documentOf('fear', '')).text), rowOf(writeBorisAggregated(documentOf('fear', '')).text)];
  expect(tabular).toMatchObject({ participant: 'P 1', Subject: 'P 1 Ann', 'Observation type': 'Media file(s)', 'Behavioral category': '' });
  expect(aggregated).toMatchObject({ participant: 'P 1', Subject: 'P 1 Ann', 'Observation type': 'Media file', 'Behavioral category': 'Not defined' });
  for (const [row, before] of [
    [tabular, 'FPS'],
    [aggregated, 'FPS (frame/s)'],
  ] as const)
    expect(Object.keys(row).slice(Object.keys(row).indexOf(before)).slice(0, 3)).toEqual([before, 'participant', 'Subject']);
});
