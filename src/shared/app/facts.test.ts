import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { StoredSummary } from '../domain/results.ts';
import { summaryOf, warningsOfRun } from '../domain/results.ts';
import { ERROR_CODES, fromFact, problemData, StudioError, toFact } from './errors.ts';
import { ERROR_TEXTS } from './error-texts.ts';
import { detailOf, factSchema, fill, linesOfFact, sentenceOfFact, textsOf } from './facts.ts';
import { NOTICE_TEXTS } from './notice-texts.ts';
import { joinedByFile, notice, problemList, noticeOf, readFact, sentencesOf } from './notices.ts';

describe('the text catalogues', () => {
  test('the id of every error begins with a category, the id of a notice never does', () => {
    const categories = new Set<string>(ERROR_CODES);
    for (const id of Object.keys(ERROR_TEXTS)) expect(categories).toContain(id.split('/')[0]);
    for (const id of Object.keys(NOTICE_TEXTS)) expect(categories).not.toContain(id.split('/')[0]);
  });

  test('no text names an option of the command line', () => {
    for (const { message, remedy } of Object.values(ERROR_TEXTS)) expect(message + remedy).not.toMatch(/(^|\s)--\w/);
    for (const text of Object.values(NOTICE_TEXTS)) expect(text).not.toMatch(/(^|\s)--\w/);
  });

  test("another program's message is at the end of a text; texts with two forms have a count", () => {
    for (const text of [...Object.values(ERROR_TEXTS).map(({ message }) => message), ...Object.values(NOTICE_TEXTS)])
      for (const form of text.split(' | ')) if (form.includes('{detail}')) expect(form.endsWith(' ({detail})')).toBe(true);
    for (const text of [...Object.values(ERROR_TEXTS).map(({ message }) => message), ...Object.values(NOTICE_TEXTS)])
      if (text.includes(' | ')) expect([text.split(' | ').length, text.includes('{count}')]).toEqual([2, true]);
    for (const { remedy } of Object.values(ERROR_TEXTS)) expect(remedy).not.toMatch(/\{detail\}| \| /);
  });
});

test('every StudioError in the source code is created with an id of the catalogue', async () => {
  const root = new URL('../../..', import.meta.url);
  const texts = await Promise.all(globSync('src/**/*.{ts,vue}', { cwd: root }).map((file) => readFile(new URL(file, root), 'utf8')));
  const ids = texts.flatMap((text) => [...text.matchAll(/new StudioError\(\s*['"`]([^'"`]*)['"`]/g)].map(([, id]) => id!));
  expect(ids.length).toBeGreaterThan(100);
  for (const id of ids) expect(Object.keys(ERROR_TEXTS)).toContain(id);
});

describe('a text', () => {
  test('is filled once: placeholders in values are not filled', () => {
    expect(fill('{a} and {b}', { a: '{b}', b: 'a | b' })).toBe('{b} and a | b');
    expect(fill('{a}', {})).toBe('{a}');
    expect(fill('{constructor}', {})).toBe('{constructor}');
  });

  test('has a singular and a plural', () => {
    const text = 'one | {count} of them';
    expect([0, 1, 2].map((count) => fill(text, { count }))).toEqual(['0 of them', 'one', '2 of them']);
  });

  test('joins lists: strings with commas, facts as sentences', () => {
    expect(fill('Choose {known}.', { known: ['a', 'b'] })).toBe('Choose a, b.');
    const problems = [notice('clip/no-path', { from: 'x' }), toFact(new StudioError('file-empty', { file: 'b.mp4' }))];
    expect(fill('{problems}', { problems })).toBe(
      'x: the path is missing. b.mp4 is empty (0 bytes). Copy it again from its source. The copy was probably interrupted.',
    );
    expect(fill('No clip. {notes}', { notes: [] })).toBe('No clip.');
  });

  test("contains another program's message only if requested", () => {
    const fact = toFact(new StudioError('cannot-write', { path: '/x', detail: 'EIO' }));
    expect(textsOf(fact).message).toBe('/x could not be written. (EIO)');
    expect(textsOf(fact, undefined, false).message).toBe('/x could not be written.');
    expect(detailOf(toFact(new StudioError('cannot-write/daily-backup', { problem: fact })))).toBe('EIO');
  });

  test('that is unknown is replaced by its id', () => {
    expect(sentenceOfFact({ id: 'file-missing/of-tomorrow', parameters: {} })).toBe('file-missing/of-tomorrow');
    expect(sentenceOfFact({ id: 'toString', parameters: {} })).toBe('toString');
  });
});

describe('an error', () => {
  const error = new StudioError('project-missing', { folder: '/nowhere' }, new Error('ENOENT'));

  test('has a category, English texts and the message of its cause', () => {
    expect(error).toMatchObject({ code: 'project-missing', message: 'There is no project in /nowhere.', detail: 'ENOENT' });
    expect(new StudioError('wrong-usage/no-run', {}).code).toBe('wrong-usage');
    expect(problemData(error)).toEqual({ code: 'project-missing', id: 'project-missing', parameters: { folder: '/nowhere' }, detail: 'ENOENT' });
  });

  test('can be sent to another process and restored', () => {
    const back = fromFact(factSchema.parse(JSON.parse(JSON.stringify(toFact(error)))));
    expect(back).toBeInstanceOf(StudioError);
    expect(back).toMatchObject({ code: error.code, id: error.id, message: error.message, remedy: error.remedy });
  });

  test('of another type becomes program-failed with its own message as detail', () => {
    expect(toFact(new TypeError('x is not a function'))).toEqual({ id: 'program-failed/unexpected', parameters: { detail: 'x is not a function' } });
    expect(fromFact({ id: 'of another version', parameters: {} }).code).toBe('program-failed');
  });
});

describe('data of older versions', () => {
  const summary = { video: 'a.mp4' } as Partial<StoredSummary>;

  test('the error text in a summary becomes the failure of a failed video, or a warning of a finished one', () => {
    const text = 'a.mp4 is cut off.';
    const old = { id: 'earlier-version', parameters: { text } };
    expect(summaryOf({ ...summary, status: 'failed', error: text } as StoredSummary)).toEqual({ video: 'a.mp4', status: 'failed', failure: old, warnings: [] });
    expect(summaryOf({ ...summary, status: 'done', error: text } as StoredSummary)).toMatchObject({ failure: null, warnings: [old] });
    expect(summaryOf({ ...summary, status: 'done', error: '' } as StoredSummary)).toMatchObject({ failure: null, warnings: [] });
    expect(sentenceOfFact(old)).toBe(text);
  });

  test('a summary of this version is not changed', () => {
    const today = { ...summary, status: 'failed', failure: notice('more', { count: 1 }), warnings: [] } as unknown as StoredSummary;
    expect(summaryOf(today)).toEqual(today);
  });

  test('in a summary that is damaged, it is kept as text', () => {
    const damaged = { ...summary, status: 'done', failure: null, warnings: ['text', { id: 7 }] } as unknown as StoredSummary;
    expect(summaryOf(damaged).warnings).toEqual(['text', '{"id":7}'].map((text) => ({ id: 'earlier-version', parameters: { text } })));
  });

  test('a stored text of a job that is not a fact is shown unchanged', () => {
    expect(readFact('')).toBeNull();
    expect(readFact(JSON.stringify(notice('more', { count: 2 })))).toEqual(notice('more', { count: 2 }));
    for (const text of ['It failed.', '{"id": 3}', '{', '"x"', '['.repeat(100_000)])
      expect(readFact(text)).toEqual({ id: 'earlier-version', parameters: { text } });
  });

  test('warnings of a run or a model that are plain text are shown unchanged', () => {
    expect(warningsOfRun({ warnings: ['old'] })).toEqual([{ id: 'verbatim', parameters: { text: 'old' } }]);
    expect(warningsOfRun({ warnings: ['untrained'], warningCodes: [notice('model/untrained', {})] })).toEqual([notice('model/untrained', {})]);
    expect(sentenceOfFact(noticeOf('by somebody else'))).toBe('by somebody else');
  });
});

test('notices that say the same of several files become one, which names at most three of them', () => {
  const inFile = (file: string, inner = notice('peaks/times-only', {})) => notice('in-file', { file, notice: inner });
  const other = notice('verbatim', { text: 'other' });
  const said = sentencesOf(joinedByFile([inFile('a.mp4'), notice('export/columns', {}), inFile('b.mp4', other), inFile('b.mp4'), inFile('b.mp4')]));
  const timesOnly = sentencesOf([notice('peaks/times-only', {})])[0]!;
  expect(said).toEqual([`In 2 videos (a.mp4, b.mp4): ${timesOnly}`, sentencesOf([notice('export/columns', {})])[0], 'b.mp4: other']);
  const names = Array.from({ length: 13 }, (_, i) => `${i + 1}.mp4`);
  expect(sentencesOf(joinedByFile(names.map((name) => inFile(name))))).toEqual([`In 13 videos (1.mp4, 2.mp4, 3.mp4 and 10 more): ${timesOnly}`]);
  expect(sentencesOf(joinedByFile(names.slice(0, 4).map((name) => inFile(name))))).toEqual([`In 4 videos (1.mp4, 2.mp4, 3.mp4, 4.mp4): ${timesOnly}`]);
});

describe('problems with rows of a table', () => {
  const at = (line: number, file = 'a.csv') => notice('trials/no-video', { from: notice('place/line', { file, line }) });
  const whole = notice('trials/no-column', { file: 'a.csv', column: 'x', meaning: 'item' });

  test('are in the order of the lines, file by file; the rest is counted', () => {
    const lines = (most: number) => problemList([at(9), at(2, 'b.csv'), at(3), at(1, 'b.csv')], most).map(({ parameters: { from, count } }) => from ?? count);
    const place = (line: number, file: string) => notice('place/line', { file, line });
    expect(lines(10)).toEqual([place(3, 'a.csv'), place(9, 'a.csv'), place(1, 'b.csv'), place(2, 'b.csv')]);
    expect(lines(2)).toEqual([place(3, 'a.csv'), place(9, 'a.csv'), 2]);
    expect(problemList([at(4), whole], 10)).toEqual([at(4), whole]);
  });

  test('are one line each on the terminal, between the message and the remedy', () => {
    const error = new StudioError('data-set-invalid/trials', { file: 'a.csv', problems: [at(2), at(3)] });
    expect(linesOfFact(error)).toEqual([
      'a.csv cannot be used.',
      `  ${sentenceOfFact(at(2))}`,
      `  ${sentenceOfFact(at(3))}`,
      'Correct these rows. Nothing was changed.',
    ]);
    expect(sentenceOfFact(at(2))).toMatch(/^a\.csv, line 2/);
    const plain = new StudioError('wrong-usage/no-run', {});
    expect(linesOfFact(plain)).toEqual([plain.sentence]);
  });
});
