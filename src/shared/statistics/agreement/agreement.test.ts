import { describe, expect, test } from 'vitest';
import { bootstrapInterval } from './bootstrap.ts';
import { cohenKappa, f1ByCategory, percentAgreement } from './cohen-kappa.ts';
import { eventKappa, matchEvents } from './events.ts';
import { fleissKappa } from './fleiss-kappa.ts';
import { fQuantile, incompleteBeta } from './f-distribution.ts';
import { intraclass } from './intraclass.ts';
import { krippendorffAlpha } from './krippendorff-alpha.ts';
import { labelsInUnits, secondsOf, UNLABELLED } from './layers.ts';
import { jointCounts, usableInterval } from './tables.ts';
import { countUnits, measureUnits, totalCounts } from './units.ts';

describe('published examples', () => {
  test("Cohen's kappa: Fleiss, Cohen and Everitt 1969, table 1, unweighted and with their weights' order", () => {
    // Joint proportions of 200 patients in three diagnoses.
    const table = [
      [106, 10, 4],
      [22, 28, 10],
      [2, 12, 6],
    ];
    const { value, observed, expected, interval } = cohenKappa(table);
    expect([observed, expected]).toEqual([expect.closeTo(0.7, 10), expect.closeTo(0.475, 10)]);
    expect(value).toBeCloseTo(0.429, 3);
    // R 4.2.2, psych 2.2.9: cohen.kappa.
    expect([value, interval!.low, interval!.high]).toEqual([0.428571428571, 0.323299793454, 0.533843063688].map((each) => expect.closeTo(each, 10) as number));
    // Their standard error is 0.054.
    expect((interval!.high - value) / 1.96).toBeCloseTo(0.054, 3);
    expect(percentAgreement(table)).toBeCloseTo(0.7, 10);
  });

  test('linear and quadratic weights have no effect with two categories', () => {
    const table = [
      [20, 5],
      [10, 15],
    ];
    expect(cohenKappa(table).value).toBeCloseTo(0.4, 10);
    for (const weights of ['linear', 'quadratic'] as const) expect(cohenKappa(table, weights).value).toBeCloseTo(0.4, 10);
  });

  test("quadratically weighted kappa is Cohen 1968's with v = (i - j)²", () => {
    const table = [
      [11, 3, 1, 0],
      [1, 9, 0, 1],
      [0, 1, 10, 0],
      [1, 2, 0, 10],
    ];
    const total = 50;
    const rows = table.map((row) => row.reduce((a, b) => a + b, 0));
    const columns = rows.map((_, j) => table.reduce((a, row) => a + row[j]!, 0));
    let [seen, chance] = [0, 0];
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) {
        seen += ((i - j) ** 2 * table[i]![j]!) / total;
        chance += ((i - j) ** 2 * rows[i]! * columns[j]!) / total ** 2;
      }
    expect(cohenKappa(table, 'quadratic').value).toBeCloseTo(1 - seen / chance, 12);
  });

  test("Fleiss' kappa: Fleiss 1971, 30 patients, six psychiatrists, five diagnoses", () => {
    const rows =
      '00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006';
    const { value, units, raters } = fleissKappa(rows.split(' ').map((row) => [...row].map(Number)));
    expect([units, raters]).toEqual([30, 6]);
    expect(value).toBeCloseTo(0.43, 3);
  });

  test("Krippendorff's alpha: Krippendorff 2011, example C, four observers, twelve units, values missing", () => {
    const _ = null;
    const ratings = [
      [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
      [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
      [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
      [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ];
    expect(krippendorffAlpha(ratings, 'nominal').value).toBeCloseTo(0.743, 3);
    expect(krippendorffAlpha(ratings, 'ordinal').value).toBeCloseTo(0.815, 3);
    expect(krippendorffAlpha(ratings, 'interval').value).toBeCloseTo(0.849, 3);
    expect(krippendorffAlpha(ratings, 'nominal')).toMatchObject({ units: 11, pairable: 40 });
  });

  test('intraclass correlations: Shrout and Fleiss 1979, table 2, with the intervals of R psych', () => {
    const ratings = [
      [9, 2, 5, 8],
      [6, 1, 3, 2],
      [8, 4, 6, 8],
      [7, 1, 2, 6],
      [10, 5, 6, 9],
      [6, 2, 4, 7],
    ];
    // R 4.2.2, psych 2.2.9: ICC(x, lmer = FALSE).
    const printed = {
      'A,1': [0.289763779528, 0.0187865133747, 0.761084369649],
      'C,1': [0.714840714841, 0.3424647650339, 0.945858259955],
      'A,k': [0.620050547599, 0.0711368153025, 0.927232040168],
      'C,k': [0.909315542377, 0.6756747138163, 0.985891678169],
    } as const;
    for (const [form, [value, low, high]] of Object.entries(printed)) {
      const found = intraclass(ratings, form as keyof typeof printed);
      expect([found.value, found.interval.low, found.interval.high]).toEqual([value, low, high].map((each) => expect.closeTo(each, 8) as number));
    }
  });

  test('the F distribution: values of published tables', () => {
    expect(fQuantile(0.95, 1, 10)).toBeCloseTo(4.9646, 4);
    expect(fQuantile(0.99, 120, 60)).toBeCloseTo(1.7263, 4);
    // R's qf.
    expect(fQuantile(0.975, 5, 15)).toBeCloseTo(3.5764153492791, 10);
    expect(fQuantile(0.95, 3.7, 61.2)).toBeCloseTo(2.5816933960558, 10);
    expect(fQuantile(0.5, 200, 3)).toBeCloseTo(1.263651790002, 10);
    // I_x(a, b) of whole numbers is a binomial tail: 1 - sum of C(4, k) x^k (1-x)^(4-k), k < 2.
    expect(incompleteBeta(0.3, 2, 3)).toBeCloseTo(1 - 0.7 ** 4 - 4 * 0.3 * 0.7 ** 3, 12);
  });
});

describe('special cases of agreement', () => {
  test('kappa is undefined for two raters who use only one category', () => {
    expect(
      cohenKappa(
        jointCounts(
          [
            ['a', 'a'],
            ['a', 'a'],
          ],
          ['a', 'b'],
        ),
      ).value,
    ).toBeNaN();
    expect(
      krippendorffAlpha(
        [
          [1, 1],
          [1, 1],
        ],
        'nominal',
      ).value,
    ).toBeNaN();
  });

  test('F1 is null for a class that neither rater used', () => {
    expect(
      f1ByCategory([
        [3, 1, 0],
        [1, 5, 0],
        [0, 0, 0],
      ]),
    ).toEqual([0.75, 10 / 12, null]);
  });

  test('an unlisted category and a unit with another number of raters throw an error', () => {
    expect(() => jointCounts([['a', 'x']], ['a'])).toThrow(/'x' is none of a/);
    expect(() =>
      fleissKappa([
        [2, 0],
        [1, 0],
      ]),
    ).toThrow(/same number of raters/);
  });
});

describe('layers in units', () => {
  const spans = [
    { label: 'anger', startS: 0.5, endS: 1 },
    { label: 'fear', startS: 0.9, endS: 1.3 },
  ];

  test('a unit has the label at its middle, of overlapping labels the one that began last, or none', () => {
    expect(labelsInUnits(spans, 0, 1.6, 0.2)).toEqual([UNLABELLED, UNLABELLED, 'anger', 'anger', 'fear', 'fear', UNLABELLED, UNLABELLED]);
    expect(labelsInUnits(spans, 0.5, 1.3, 0.4)).toEqual(['anger', 'fear']);
    expect(labelsInUnits([], 0, 0.1, 0.2)).toEqual([]);
  });

  test('time that several labels cover counts once', () => {
    const twice = [
      { label: 'a', startS: 2, endS: 6 },
      { label: 'a', startS: 0, endS: 4 },
      { label: 'a', startS: 1, endS: 2 },
      { label: 'b', startS: 0, endS: 9 },
      { label: 'a', startS: 8, endS: 8 },
    ];
    expect(secondsOf(twice, 'a')).toBe(6);
  });
});

describe('events', () => {
  const span = (label: string, startS: number, endS: number): { label: string; startS: number; endS: number } => ({ label, startS, endS });

  test('match if they share enough of the longer one, the largest share first, each event at most once', () => {
    const first = [span('anger', 0.5, 1), span('fear', 0.9, 1.3)];
    const second = [span('anger', 0.55, 1), span('sadness', 0.5, 0.8), span('joy', 3, 4)];
    expect(matchEvents(first, second, 0.5)).toEqual([
      ['anger', 'anger'],
      ['fear', UNLABELLED],
      [UNLABELLED, 'sadness'],
      [UNLABELLED, 'joy'],
    ]);
    // 6 of 10 s: enough for 0.6 of the longer one, although the union of the second pair is 14 s.
    expect(matchEvents([span('a', 0, 10)], [span('b', 2, 8)], 0.6)).toEqual([['a', 'b']]);
    expect(matchEvents([span('a', 0, 10)], [span('b', 4, 14)], 0.6)).toEqual([['a', 'b']]);
    expect(matchEvents([span('a', 0, 10)], [span('b', 5, 15)], 0.6)).toHaveLength(2);
    expect(matchEvents([span('a', 0, 1)], [span('a', 1, 2)], 0)).toHaveLength(2);
  });

  test('events without length match at the same time', () => {
    const instants = [span('a', 1, 1), span('b', 5, 5)];
    expect(matchEvents(instants, [span('a', 1.0005, 1.0005), span('b', 5, 5)], 0.6)).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
    expect(matchEvents(instants, [span('a', 1.1, 1.1), span('b', 4, 6)], 0.6)).toHaveLength(4);
  });

  test('are matched alike in any order, long ones beside short ones', () => {
    const many = Array.from({ length: 300 }, (_, i) => span('a', i, i + 0.9));
    const long = span('long', 0, 1000);
    expect(matchEvents([...many, long].reverse(), [long, ...many], 0.6).every(([a, b]) => a === b)).toBe(true);
  });

  test('50,000 events of each rater are matched in time that grows with their number', () => {
    const many = Array.from({ length: 50_000 }, (_, i) => span('a', i, i + 0.5));
    expect(matchEvents(many, many, 0.6)).toHaveLength(50_000);
  });

  test("kappa is that of EasyDIAg: chance agreement from a table whose cell 'unlabelled by both' is empty", () => {
    const table = [
      [10, 2, 3],
      [1, 8, 2],
      [4, 1, 0],
    ];
    // Expected counts by 200,000 steps of iterative proportional fitting in Python; with Cohen's products of margins it is 0.3169.
    expect(eventKappa(table, 2)).toBeCloseTo(0.3580715851, 8);
    expect(cohenKappa(table).value).toBeCloseTo(0.3169, 4);
  });

  test('kappa with one label is 0 with unmatched events, because the margins then fix the whole table', () => {
    expect(
      eventKappa(
        [
          [5, 2],
          [1, 0],
        ],
        1,
      ),
    ).toBeCloseTo(0, 10);
  });
});

describe('intervals', () => {
  test('an interval that reaches beyond the possible values is not given', () => {
    const two = intraclass(
      [
        [1, 2],
        [2, 1.5],
      ],
      'A,1',
    );
    expect(usableInterval(two.interval, -1)).toBeNull();
    expect(usableInterval({ low: -0.2, high: 0.9 }, -1)).toEqual({ low: -0.2, high: 0.9 });
    expect(usableInterval({ low: NaN, high: 0.9 }, -1)).toBeNull();
  });

  test('the bootstrap over groups of a mean equals its normal interval, and needs three groups', () => {
    const values = Array.from({ length: 40 }, (_, i) => i % 2);
    const meanOf = (drawn: Float64Array): number => values.reduce((total, value, i) => total + drawn[i]! * value, 0) / 40;
    const { low, high, resamples } = bootstrapInterval(40, meanOf)!;
    // Mean 0.5, standard error 0.5 / sqrt(40) = 0.079.
    expect([low, high]).toEqual([expect.closeTo(0.345, 1), expect.closeTo(0.655, 1)]);
    expect(resamples).toBe(1000);
    expect(bootstrapInterval(2, meanOf)).toBeNull();
    expect(bootstrapInterval(40, () => NaN)).toBeNull();
  });

  test('the bootstrap over videos does not shrink with the unit of time, the formula does', () => {
    const coarse = [1, 2, 3, 4, 5, 6].map((video) =>
      Array.from({ length: 10 }, (_, i): [string, string] => (i < video ? ['a', 'a'] : i < 8 ? ['b', 'b'] : ['a', 'b'])),
    );
    const fine = coarse.map((units) => units.flatMap((unit) => Array.from({ length: 100 }, () => unit)));
    const widths = [coarse, fine].map((units) => {
      const counted = countUnits(units);
      const { interval } = measureUnits('kappa', counted.labels, totalCounts(counted));
      const bootstrap = bootstrapInterval(6, (drawn) => measureUnits('kappa', counted.labels, totalCounts(counted, drawn)).value);
      return { formula: interval!.high - interval!.low, bootstrap: bootstrap!.high - bootstrap!.low };
    });
    expect(widths[1]!.bootstrap).toBeCloseTo(widths[0]!.bootstrap, 10);
    expect(widths[1]!.formula).toBeLessThan(widths[0]!.formula / 9);
  });
});

test('statistics over counted units equal those over the units themselves', () => {
  const units: [string, string][] = [
    ['a', 'a'],
    ['a', 'b'],
    ['b', 'b'],
    ['b', 'b'],
    ['c', 'a'],
  ];
  const { labels, counts } = countUnits([units.slice(0, 2), units.slice(2)]);
  const total = totalCounts({ labels, counts });
  const table = jointCounts(units, ['a', 'b', 'c']);
  const codes = [0, 1].map((rater) => units.map((unit) => ['a', 'b', 'c'].indexOf(unit[rater]!)));
  expect(measureUnits('kappa', labels, total).value).toBeCloseTo(cohenKappa(table).value, 12);
  expect(measureUnits('alpha', labels, total).value).toBeCloseTo(krippendorffAlpha(codes, 'nominal').value, 12);
  expect(measureUnits('fleiss', labels, total).value).toBeCloseTo(
    fleissKappa(units.map((unit) => ['a', 'b', 'c'].map((name) => unit.filter((label) => label === name).length))).value,
    12,
  );
  // Kappa of b against the others: 4 of 5 units agree, by chance 0.4 * 0.6 + 0.6 * 0.4.
  expect(measureUnits('kappa', labels, total).byLabel!['b']).toBeCloseTo((0.8 - 0.48) / 0.52, 12);
});
