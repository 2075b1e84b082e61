import { ORPCError } from '@orpc/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ACTION_TEXTS } from '../../../shared/app/action-texts.ts';
import { problemData, StudioError, toFact } from '../../../shared/app/errors.ts';
import { ERROR_TEXTS } from '../../../shared/app/error-texts.ts';
import type { ErrorId } from '../../../shared/app/error-texts.ts';
import { sentenceOfFact } from '../../../shared/app/facts.ts';
import { NOTICE_TEXTS } from '../../../shared/app/notice-texts.ts';
import type { NoticeId } from '../../../shared/app/notice-texts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { DE_ERRORS } from './de-errors.ts';
import { DE_NOTICES } from './de-notices.ts';
import { wordsOf } from './facts.ts';
import { i18n, labelName } from './i18n.ts';

const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!))].sort();
const forms = (text: string): number => text.split(' | ').length;

describe('the German catalogues', () => {
  test('have the ids of the English ones, and the same parameters', () => {
    expect(Object.keys(DE_ERRORS).sort()).toEqual(Object.keys(ERROR_TEXTS).sort());
    expect(Object.keys(DE_NOTICES).sort()).toEqual(Object.keys(NOTICE_TEXTS).sort());
    for (const id of Object.keys(ERROR_TEXTS) as ErrorId[]) {
      const [en, de] = [ERROR_TEXTS[id], DE_ERRORS[id]];
      expect([id, placeholders(de.message), placeholders(de.remedy)]).toEqual([id, placeholders(en.message), placeholders(en.remedy)]);
      expect([id, forms(de.message), de.remedy === '']).toEqual([id, forms(en.message), (en.remedy as string) === '']);
      expect(de.message.includes('{detail}') && !de.message.endsWith(' ({detail})')).toBe(false);
    }
    for (const id of Object.keys(NOTICE_TEXTS) as NoticeId[]) {
      expect([id, placeholders(DE_NOTICES[id]), forms(DE_NOTICES[id])]).toEqual([id, placeholders(NOTICE_TEXTS[id]), forms(NOTICE_TEXTS[id])]);
      expect(DE_NOTICES[id].includes('{detail}') && !DE_NOTICES[id].endsWith(' ({detail})')).toBe(false);
    }
    expect(Object.keys(ACTION_TEXTS.de).sort()).toEqual(Object.keys(ACTION_TEXTS.en).sort());
  });
});

describe('in a German window', () => {
  beforeAll(() => {
    i18n.global.locale.value = 'de';
  });
  afterAll(() => {
    i18n.global.locale.value = 'en';
  });

  test('a name of a file is shown as it is, whatever is in it', () => {
    const folder = '/x/@:common.close | {folder} %{a}';
    expect(wordsOf(toFact(new StudioError('project-missing', { folder })))).toBe(
      `In ${folder} ist kein Projekt. Wählen Sie einen anderen Ordner, oder legen Sie dort ein neues Projekt an.`,
    );
  });

  test('numbers have a comma, classes their German names, and lists are in German throughout', () => {
    expect(wordsOf(notice('set/confidence', { count: 2, limit: 0.5 }))).toBe('2 Labels wurden ausgelassen: die Sicherheit liegt unter 0,5.');
    expect(wordsOf(notice('set/missing-classes', { labels: ['anger', 'contempt'] }))).toBe('Es gibt keinen Clip zum Trainieren für Ärger, contempt.');
    const problems = [
      notice('clip/no-face', { from: notice('place/line', { file: 'set.csv', line: 3 }) }),
      notice('clip/video', { from: 'b.mp4', problem: toFact(new StudioError('file-empty', { file: 'b.mp4' })) }),
      notice('more', { count: 4 }),
    ];
    expect(wordsOf(toFact(new StudioError('data-set-invalid/videos', { set: 'set.csv', problems })))).toBe(
      [
        'set.csv kann nicht verwendet werden. set.csv, Zeile 3: es wurde kein Gesicht gefunden.',
        'b.mp4: b.mp4 ist leer (0 Bytes). Kopieren Sie die Datei erneut von ihrer Quelle. Vermutlich wurde das Kopieren unterbrochen.',
        'Und 4 weitere Angaben. Entfernen Sie diese Zeilen aus dem Satz, oder berichtigen Sie ihre Zeiten.',
      ].join(' '),
    );
    expect([labelName('happiness'), labelName('contempt')]).toEqual(['Freude', 'contempt']);
  });

  test("another program's words are not in the sentence", () => {
    const fact = toFact(new StudioError('cannot-write', { path: '/x', detail: 'EIO: i/o error' }));
    expect(wordsOf(fact)).toBe('/x konnte nicht geschrieben werden. Wählen Sie einen anderen Ordner.');
    expect(sentenceOfFact(fact)).toBe('/x could not be written. (EIO: i/o error) Choose another folder.');
  });

  test('an error of a call is shown in the language of the window, also after it was changed', async () => {
    vi.stubGlobal('window', {});
    vi.stubGlobal('location', { origin: 'http://localhost' });
    const { problemOf } = await import('../api/api.ts');
    const data = JSON.parse(JSON.stringify(problemData(new StudioError('cannot-write', { path: '/x', detail: 'EIO' })))) as unknown;
    const problem = problemOf(new ORPCError('STUDIO', { data }));
    expect(problem).toMatchObject({
      code: 'cannot-write',
      message: '/x konnte nicht geschrieben werden.',
      remedy: 'Wählen Sie einen anderen Ordner.',
      detail: 'EIO',
    });
    i18n.global.locale.value = 'en';
    expect(problem.message).toBe('/x could not be written.');
    i18n.global.locale.value = 'de';
    expect(problemOf(new TypeError('fetch failed')).message).toBe('Das Programm antwortet nicht.');
    expect(problemOf(new Error('Internal server error'))).toMatchObject({ code: null, detail: 'Internal server error' });
    vi.unstubAllGlobals();
  });
});
