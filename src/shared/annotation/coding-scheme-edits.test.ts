import { describe, expect, test } from 'vitest';
import type { LabelRow } from './coding-scheme-edits.ts';
import { ACTION_UNIT_NAMES, SCHEME_TEMPLATES, withTemplate, draftOf, draftProblem, isModelClass, labelEdits, newDraft } from './coding-scheme-edits.ts';

const row = (name: string, key: string, position: number, more: Partial<LabelRow> = {}): LabelRow => ({
  id: `scheme/${name}`,
  scheme_id: 'scheme',
  name,
  colour: '#000000',
  key,
  description: '',
  position,
  maps_to: null,
  revision: 3,
  ...more,
});
const anger = row('anger', '1', 0, { maps_to: 'anger' });
const smirk = row('smirk', '8', 1, { maps_to: 'happiness', colour: '#882255' });
const noAction = (): boolean => false;

describe('editing the labels of a coding scheme', () => {
  test('makes exactly the row edits that are needed', () => {
    const drafts = [draftOf(anger), { ...draftOf(smirk), description: ' one-sided ' }, { ...newDraft([draftOf(anger), draftOf(smirk)]), name: ' contempt ' }];
    expect(labelEdits('scheme', [anger, smirk], drafts, () => 'new')).toEqual([
      { table: 'label', kind: 'update', id: 'scheme/smirk', revision: 3, set: { description: 'one-sided' } },
      {
        table: 'label',
        kind: 'insert',
        row: {
          id: 'new',
          scheme_id: 'scheme',
          name: 'contempt',
          key: '9',
          colour: '#44AA99',
          description: '',
          maps_to: null,
          grouping: '',
          modifiers: '',
          position: 2,
        },
      },
    ]);
    expect(labelEdits('scheme', [anger, smirk], [draftOf(anger), draftOf(smirk)], () => 'new')).toEqual([]);
    expect(labelEdits('scheme', [anger, smirk], [draftOf(anger), { ...draftOf(smirk), name: 'sneer ' }], () => 'new')).toEqual([
      { table: 'label', kind: 'update', id: 'scheme/smirk', revision: 3, set: { name: 'sneer' } },
    ]);
    // The label before it was deleted, so the next one moves up.
    expect(labelEdits('scheme', [anger, smirk], [draftOf(smirk)], () => 'new')).toEqual([
      { table: 'label', kind: 'delete', id: 'scheme/anger', revision: 3 },
      { table: 'label', kind: 'update', id: 'scheme/smirk', revision: 3, set: { position: 0 } },
    ]);
  });

  test.each([
    ['no name', [{ ...newDraft([]), name: ' ' }], { kind: 'unnamed' }],
    ['a name that exists in another case', [draftOf(anger), { ...newDraft([]), name: 'Anger' }], { kind: 'name', text: 'Anger' }],
    ['a key of another label', [draftOf(anger), { ...draftOf(smirk), key: '1' }], { kind: 'key', text: '1' }],
    ['two labels without a key', [draftOf(anger), { ...draftOf(smirk), key: '' }, { ...newDraft([]), name: 'contempt', key: '' }], null],
  ])('%s', (_, drafts, problem) => {
    expect(draftProblem(drafts, noAction)).toEqual(problem);
  });

  test('a key of an action is rejected, except for the label that already has it', () => {
    expect(draftProblem([{ ...draftOf(smirk), key: 'A' }], (key) => key === 'A')).toEqual({ kind: 'action', text: 'A' });
    const long = 'x'.repeat(101);
    expect(draftProblem([{ ...draftOf(smirk), name: ` ${long} ` }], noAction)).toEqual({ kind: 'long', text: long });
    expect(draftProblem([{ ...draftOf(smirk), name: long.slice(1) }], noAction)).toBeNull();
    expect(draftProblem([draftOf(row('smirk', 'A', 0))], (key) => key === 'A')).toBeNull();
  });

  test('a model class has the name of the class that it maps to', () => {
    expect([anger, smirk, row('anger', '', 0)].map(isModelClass)).toEqual([true, false, false]);
  });
});

test('a template adds its labels with groups once, with unused keys as far as there are any', () => {
  const drafts = withTemplate(
    [draftOf(anger)],
    [
      { name: 'Anger', description: '', grouping: 'x', modifiers: '' },
      { name: 'AU12', description: 'Lip corner puller', grouping: '', modifiers: '' },
      { name: 'smile', description: '', grouping: 'positive', modifiers: '' },
      { name: 'frown', description: '', grouping: 'negative', modifiers: '' },
    ],
  );
  expect(drafts.map(({ name, key, grouping }) => [name, key, grouping])).toEqual([
    ['anger', '1', ''],
    ['AU12', '8', ''],
    ['smile', '9', 'positive'],
    ['frown', '', 'negative'],
  ]);
  expect(SCHEME_TEMPLATES.facs.every((name) => ACTION_UNIT_NAMES[name] !== undefined)).toBe(true);
});

test('modifiers are part of a draft; text that labels could not store is a problem', () => {
  const unit = row('AU12', '', 0);
  const draft = { ...draftOf(unit), modifiers: ' intensity: A, B ' };
  expect(labelEdits('scheme', [unit], [draft], () => 'new')).toEqual([
    { table: 'label', kind: 'update', id: unit.id, revision: unit.revision, set: { modifiers: 'intensity: A, B' } },
  ]);
  expect(draftProblem([{ ...draft, modifiers: 'side: left|right' }], () => false)).toEqual({ kind: 'modifiers', text: 'side: left|right' });
  expect(labelEdits('scheme', [unit], [draftOf(unit)], () => 'new')).toEqual([]);
});
