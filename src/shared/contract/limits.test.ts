import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { editSchema } from '../annotation/editable-rows.ts';
import { limitedList, limitedRecord } from '../basics/limited-input.ts';
import { idSchema } from './base.ts';
import { contract } from './index.ts';

interface Definition {
  readonly type: string;
  readonly [part: string]: unknown;
}

/** The kinds of all schemas within a schema. */
function kindsIn(schema: unknown, seen = new Set<unknown>()): string[] {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return [];
  seen.add(schema);
  const { def } = schema as { def?: Definition };
  if (def === undefined) return Object.values(schema).flatMap((part) => kindsIn(part, seen));
  return [def.type, ...Object.entries(def).flatMap(([name, part]) => (name === 'type' ? [] : kindsIn(part, seen)))];
}

/** What the walk below must find. */
const contractList = z.object({ list: z.array(z.string()).default([]) });

describe('what a window sends is limited', () => {
  const inputs = Object.entries(contract).flatMap(([group, procedures]) =>
    Object.entries(procedures).map(
      ([name, procedure]) => [`${group}.${name}`, (procedure as { '~orpc': { inputSchema?: z.ZodType } })['~orpc'].inputSchema] as const,
    ),
  );

  test('every list and record of every input has a limit and reports one problem', () => {
    expect(inputs.filter(([, schema]) => schema !== undefined).length).toBeGreaterThan(40);
    expect(kindsIn(contractList)).toContain('array');
    const open = inputs.filter(([, schema]) => kindsIn(schema).some((kind) => ['array', 'record', 'map', 'set', 'any', 'lazy'].includes(kind)));
    expect(open.map(([name, schema]) => [name, kindsIn(schema)])).toEqual([]);
  });

  test('5 MB of wrong rows give one short problem, in less than a second', () => {
    const rows = Array.from({ length: 100_000 }, () => ({ table: 'segment', kind: 'insert', row: { a: 1 } }));
    const begun = performance.now();
    const { error } = editSchema.safeParse({ coderId: 'ann', step: { kind: 'other', parameters: { text: 'x' } }, rows });
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(error!.issues).toHaveLength(1);
    expect(error!.issues[0]).toMatchObject({ path: ['rows', 0, 'row', 'id'] });
  });

  test('a list that is too long or too short is not checked element by element', () => {
    const list = limitedList(idSchema, 3, 1);
    const problems = (value: unknown): string[] => list.safeParse(value).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
    expect(list.parse(['a', 'b'])).toEqual(['a', 'b']);
    expect(problems(Array.from({ length: 1e6 }, () => ''))).toEqual([': expected a list of 1 to 3 elements']);
    expect(problems([])).toHaveLength(1);
    expect(problems('abc')).toHaveLength(1);
    expect(problems(['a', 7, 8])).toEqual([expect.stringMatching(/^1: /)]);
  });

  test('a record has a limited number of keys, and none of them changes the prototype', () => {
    const record = limitedRecord(idSchema, 2);
    expect(record.parse({ a: 'x' })).toEqual({ a: 'x' });
    expect(record.safeParse({ a: 'x', b: 'y', c: 'z' }).success).toBe(false);
    expect(record.safeParse({ a: '', b: '' }).error!.issues).toHaveLength(1);
    const odd = record.parse(JSON.parse('{"__proto__": "x"}'));
    expect(Object.getPrototypeOf(odd)).toBe(Object.prototype);
  });
});
