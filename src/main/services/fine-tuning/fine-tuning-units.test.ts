import { describe, expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../../testing/project.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { unitOfLabel } from '../../../shared/domain/action-units.ts';
import { fineTuningOptionsSchema } from '../../../shared/domain/fine-tuning.ts';
import { applyEdit } from '../../project/edits.ts';
import { chooseLabels } from './fine-tuning-labels.ts';
import { codedUnit, sampledUnits, spansOfUnits, unitsWithin } from './fine-tuning-units.ts';

const event = (label: string, startS: number, endS: number, modifiers: string | null = null, agrees = true) =>
  codedUnit({ ...someSegment('layer', startS, { label, end_s: endS, modifiers }), revision: 1 }, agrees)!;

test.each([
  ['AU12', 12],
  ['au 06', 6],
  ['AU1', 1],
  ['AU43', 45],
  ['AU99', null],
  ['AU12+25', null],
  ['happiness', null],
])('the action unit of the label %s is %s', (label, unit) => expect(unitOfLabel(label)).toBe(unit));

describe('coded action units', () => {
  test('have the strength of their intensity, also beside another modifier; without one, that of C', () => {
    expect(['A', 'E', 'left|B', null].map((modifiers) => event('AU4', 0, 1, modifiers).strength)).toEqual([20, 100, 40, 60]);
  });

  test('are sampled in the middle of each sample', () => {
    const units = unitsWithin([event('AU12', 1, 1.3, 'E'), event('AU12', 1.1, 1.2, 'A')], [4, 12], { startS: 0.9, endS: 1.5 });
    expect(sampledUnits(units, [4, 6, 12], 0.9, 6, 10)).toEqual([0, 100, 100, 100, 0, 0].map((strength) => [0, 0, strength]));
  });

  test('on which coders do not agree are unknown within a clip, and known in others', () => {
    const coded = [event('AU12', 0, 1), event('AU4', 0.5, 1, null, false)];
    expect(unitsWithin(coded, [4, 12], { startS: 0, endS: 2 })).toMatchObject({ known: [12], events: [{ unit: 12 }] });
    expect(unitsWithin(coded, [4, 12], { startS: 1, endS: 2 })).toEqual({ known: [4, 12], events: [] });
  });

  test('give spans with a second before and after, joined, within the video, none for units in a clip, long ones divided', () => {
    const bounds = { startS: 0, endS: 60 };
    expect(spansOfUnits([event('AU4', 0.5, 1), event('AU12', 2, 3), event('AU12', 58, 59.5)], [], bounds)).toEqual([
      { startS: 0, endS: 4 },
      { startS: 57, endS: 60 },
    ]);
    expect(spansOfUnits([event('AU4', 10, 11)], [{ startS: 9, endS: 12 }], bounds)).toEqual([]);
    expect(spansOfUnits([event('AU4', 10, 24)], [], bounds)).toEqual([
      { startS: 9, endS: 17 },
      { startS: 17, endS: 25 },
    ]);
  });
});

test('a layer gives clips of its expressions with action units, and clips of action units alone, only in the form that has them', async () => {
  const project = await makeProject();
  const { ann, annLayer } = furnish(project);
  const labels: [string, number, number][] = [
    ['happiness', 1, 4],
    ['AU12', 1.5, 3],
    ['AU6', 1.5, 2],
    ['AU4', 10, 11],
  ];
  const rows = labels.map(([label, start, end_s]) => ({
    table: 'segment' as const,
    kind: 'insert' as const,
    row: someSegment(annLayer, start, { label, end_s }),
  }));
  applyEdit(project.db, { coderId: ann, step: step('other', { text: 'test' }), rows });
  const options = (form: 'faces' | 'videomae') => fineTuningOptionsSchema.parse({ form, layer: 'Ann' });
  const { chosen, notes } = chooseLabels(project.db, options('faces'));
  expect(
    chosen.map(({ label, original, startS, endS, units }) => [label, original, startS, endS, units?.known, units?.events.map(({ unit }) => unit)]),
  ).toEqual([
    [0, 'happiness', 1, 4, [4, 6, 12], [12, 6]],
    [null, 'AU4', 9, 12, [4, 6, 12], [4]],
  ]);
  expect(notes).toMatchObject([{ id: 'set/units', parameters: { count: 3, units: ['AU4', 'AU6', 'AU12'] } }]);
  const others = chooseLabels(project.db, options('videomae'));
  expect(others.chosen.map(({ original, units }) => [original, units])).toEqual([['happiness', null]]);
  expect(others.notes.map(({ id }) => id)).toEqual(['set/no-class', 'set/no-class', 'set/no-class']);
});
