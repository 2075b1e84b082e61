import { step } from '../../../shared/annotation/steps.ts';
import { expect, test, vi } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../../testing/project.ts';
import { applyEdit } from '../../project/edits.ts';
import { STATISTICS } from '../../../shared/statistics/agreement/statistics.ts';
import { intraclass } from '../../../shared/statistics/agreement/intraclass.ts';
import type { AgreementRequest } from './agreement.ts';
import { measureAgreement, Ratings } from './agreement.ts';

const project = await makeProject();
const { ann, ben, annLayer, benLayer } = furnish(project);
const { db } = project;
/** Ann: 10 s happiness, 10 s anger. Ben: the same, except that 5 s of the anger are fear. The video has 60 s. */
function label(coderId: string, layer: string, ...spans: [string, number, number][]): void {
  const rows = spans.map(([name, start_s, end_s]) => ({
    table: 'segment' as const,
    kind: 'insert' as const,
    row: someSegment(layer, start_s, { label: name, end_s }),
  }));
  applyEdit(db, { coderId, step: step('other', { text: 'test' }), rows });
}
label(ann, annLayer, ['happiness', 0, 10], ['anger', 20, 30]);
label(ben, benLayer, ['happiness', 0, 10], ['anger', 20, 25], ['fear', 25, 30]);

const request: AgreementRequest = { statistic: 'kappa', raters: [], unitS: 0.5, overlap: 0.6, unlabelled: 'left out' };

test('kappa over units of time equals a value computed by hand', () => {
  // 40 units: 20 both happiness, 10 both anger, 10 anger and fear. Observed agreement 0.75, chance agreement 0.5 * 0.5 + 0.5 * 0.25.
  const found = measureAgreement(db, request);
  expect(found).toMatchObject({ units: 40, videos: 1, raters: ['Ann', 'Ben'], parameters: { unitS: 0.5, unlabelled: 'left out' } });
  expect(found.value).toBeCloseTo((0.75 - 0.375) / (1 - 0.375), 10);
});

test('unlabelled time counts only with the option for it', () => {
  expect(measureAgreement(db, { ...request, statistic: 'percent' })).toMatchObject({ units: 40, value: 0.75 });
  expect(measureAgreement(db, { ...request, statistic: 'percent', unlabelled: 'counted' })).toMatchObject({
    units: 120,
    value: expect.closeTo(110 / 120, 10) as number,
  });
});

test('events are matched in pairs, and one has no partner', () => {
  const found = measureAgreement(db, { ...request, statistic: 'event-kappa', overlap: 0.5 });
  expect(found.units).toBe(3);
  // The anger of 10 s and that of 5 s have 0.5 of the longer one in common.
  expect(measureAgreement(db, { ...request, statistic: 'event-kappa' }).units).toBe(4);
});

test('F1 counts a label of one rater as 0 in the mean, and names it', () => {
  const found = measureAgreement(db, { ...request, statistic: 'f1' });
  expect(found.byLabel).toEqual({ happiness: 1, anger: expect.closeTo(2 / 3, 10) as number, fear: 0 });
  expect(found.value).toBeCloseTo((1 + 2 / 3) / 3, 10);
  expect(found.notUsedByAll).toEqual(['fear']);
});

test('kappa of each label is that against all others', () => {
  // Anger: 10 of 20 units of Ann are also Ben's; 30 of 40 units agree; chance 0.5 * 0.25 + 0.5 * 0.75.
  expect(measureAgreement(db, request).byLabel!['anger']).toBeCloseTo((0.75 - 0.5) / 0.5, 10);
});

test('one video has no bootstrap interval, and the reason is given', () => {
  const { interval, bootstrap, reasons } = measureAgreement(db, request);
  expect(interval).not.toBeNull();
  expect(bootstrap).toBeNull();
  expect(reasons).toEqual({ value: null, interval: null, bootstrap: 'few-videos' });
  expect(measureAgreement(db, { ...request, statistic: 'alpha' }).reasons.interval).toBe('no-formula');
});

test("alpha and Fleiss' kappa of two raters are near Cohen's", () => {
  for (const statistic of ['alpha', 'fleiss'] as const) expect(measureAgreement(db, { ...request, statistic }).value).toBeCloseTo(0.6, 1);
});

test('ICC over the seconds of each label equals the result of intraclass()', () => {
  // Units: happiness 10 and 10 s, anger 10 and 5 s, fear 0 and 5 s.
  const ratings = [
    [10, 5],
    [0, 5],
    [10, 10],
  ];
  const found = measureAgreement(db, { ...request, statistic: 'icc' });
  expect(found).toMatchObject({ units: 3, raters: ['Ann', 'Ben'] });
  for (const form of ['A,1', 'C,1', 'A,k', 'C,k'] as const) expect(found.byForm![`ICC(${form})`]).toBeCloseTo(intraclass(ratings, form).value, 12);
  expect(found.value).toBe(found.byForm!['ICC(A,1)']);
  // One face only.
  expect(found.byLabel).toEqual({ anger: null, fear: null, happiness: null });
});

test('excluded spans do not count', async () => {
  const made = await makeProject();
  const { ann: first, ben: second, annLayer: firstLayer, benLayer: secondLayer, video } = furnish(made);
  const segments = [
    { table: 'segment' as const, kind: 'insert' as const, row: someSegment(firstLayer, 0, { end_s: 10 }) },
    {
      table: 'trial' as const,
      kind: 'insert' as const,
      row: { id: 'break', video_id: video, name: 'break', type: 'excluded', item: '', condition: '', start_s: 5, end_s: 30 },
    },
  ];
  applyEdit(made.db, { coderId: first, step: step('other', { text: 'test' }), rows: segments });
  const row = someSegment(secondLayer, 0, { end_s: 20 });
  applyEdit(made.db, { coderId: second, step: step('other', { text: 'test' }), rows: [{ table: 'segment', kind: 'insert', row }] });
  expect(measureAgreement(made.db, { ...request, statistic: 'percent' })).toMatchObject({ units: 10, value: 1 });
  // 60 s of video, of which 25 are excluded.
  expect(measureAgreement(made.db, { ...request, statistic: 'percent', unlabelled: 'counted' }).units).toBe(70);
  expect(measureAgreement(made.db, { ...request, statistic: 'event-kappa' })).toMatchObject({ units: 1 });
});

test('too many raters, unknown raters and no video of all raters are errors', () => {
  expect(() => measureAgreement(db, { ...request, raters: ['Ann', 'Ben', 'model'] })).toThrow(/exactly two raters, but there are 3/);
  expect(() => measureAgreement(db, { ...request, raters: ['Ann', 'Cleo'] })).toThrow(/no video that all of these raters labelled: Ann, Cleo/);
});

test('labels without length are events, and never units of time', async () => {
  const made = await makeProject();
  const { db: other } = made;
  const rest = furnish(made);
  const points: [string, number, number][] = [
    ['happiness', 1, 1],
    ['neutral', 5, 5],
  ];
  for (const [coder, layer] of [
    [rest.ann, rest.annLayer],
    [rest.ben, rest.benLayer],
  ] as const) {
    const rows = points.map(([name, start_s, end_s]) => ({
      table: 'segment' as const,
      kind: 'insert' as const,
      row: someSegment(layer, start_s, { label: name, end_s }),
    }));
    applyEdit(other, { coderId: coder, step: step('other', { text: 'test' }), rows });
  }
  expect(measureAgreement(other, { ...request, statistic: 'event-kappa' })).toMatchObject({ value: 1, units: 2 });
  for (const statistic of ['kappa', 'alpha', 'fleiss', 'percent', 'f1'] as const)
    expect(measureAgreement(other, { ...request, statistic })).toMatchObject({ value: null, units: 0, reasons: { value: 'no-units' } });
  expect(measureAgreement(other, { ...request, statistic: 'icc' }).value).toBeNull();
});

test('100,000 labels of each coder are compared without a limit of the call stack', { timeout: 120_000 }, async () => {
  const made = await makeProject();
  const { db: other } = made;
  const rest = furnish(made);
  other.transaction(() => {
    for (const layer of [rest.annLayer, rest.benLayer])
      for (let i = 0; i < 100_000; i++) {
        const row = someSegment(layer, i / 10, { label: i % 3 === 0 ? 'happiness' : 'anger', end_s: (i + 1) / 10 });
        other.run(other.sql.insertInto('segment').values({ ...row, revision: 1 }));
      }
  });
  for (const statistic of STATISTICS) expect(measureAgreement(other, { ...request, statistic, unitS: 0.1 }).value, statistic).toBeCloseTo(1, 10);
});

test('several agreements that share ratings are those that each measures alone, and read the labels once', () => {
  const ratings = new Ratings(db);
  const of = (statistic: AgreementRequest['statistic']): AgreementRequest => ({ ...request, statistic, raters: ['Ann', 'Ben'] });
  expect(measureAgreement(db, of('kappa'), ratings)).toEqual(measureAgreement(db, of('kappa')));
  const reads = vi.spyOn(db, 'rows');
  const shared = measureAgreement(db, of('event-kappa'), ratings);
  expect(reads).not.toHaveBeenCalled();
  expect(shared).toEqual(measureAgreement(db, of('event-kappa')));
  expect(reads).toHaveBeenCalled();
  reads.mockRestore();
  expect(ratings.videosOf(['Ann', 'Nobody'])).toEqual([]);
});
