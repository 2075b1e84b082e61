import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { randomStream } from '../../src/shared/basics/random.ts';
import { cohenKappa, f1ByCategory, percentAgreement } from '../../src/shared/statistics/agreement/cohen-kappa.ts';
import { fleissKappa } from '../../src/shared/statistics/agreement/fleiss-kappa.ts';
import { intraclass } from '../../src/shared/statistics/agreement/intraclass.ts';
import { krippendorffAlpha } from '../../src/shared/statistics/agreement/krippendorff-alpha.ts';
import type { InteropCheck, InteropRow } from './interop-check.ts';
import { compared } from './interop-check.ts';
import { commandOf, packageOfR, run, runScript, scriptAt } from './other-programs.ts';

const TABLES = 60;
/** Largest difference of two figures. */
const TOLERANCE = 1e-9;
const CATEGORIES = 7;

/** Ratings of categories with missing values, and measures without. */
interface RatingTable {
  /** [raters, units] */
  readonly ratings: readonly (readonly (number | null)[])[];
  /** [targets, raters] */
  readonly measures: readonly (readonly number[])[];
}
type Figures = Readonly<Record<string, number | null>>;

/** Figures of agreement on random rating tables, against packages of Python and R. */
export const AGREEMENT: InteropCheck = {
  python: ['krippendorff==0.9.0', 'statsmodels==0.15.0', 'scikit-learn==1.9.1', 'pingouin==0.7.0'],
  programs: [commandOf('Rscript', 'r-base-core'), packageOfR('psych')],
  async *rows(folder, python) {
    const tables = Array.from({ length: TABLES }, (_, i) => randomTable(i + 1));
    const ours = tables.map(figuresOf);
    writeFileSync(join(folder, 'tables.json'), JSON.stringify(tables));
    const packages = runScript(python, 'agreement.py', join(folder, 'tables.json'), join(folder, 'python.json')).trim();
    const theirs = JSON.parse(readFileSync(join(folder, 'python.json'), 'utf8')) as Figures[];
    for (const [format, name, reader] of GROUPS)
      yield figures(
        format,
        packages
          .split(', ')
          .filter((each) => reader.test(each))
          .join(', '),
        name,
        ours,
        theirs,
      );
    const { figuresOfR, psych } = inR(folder, tables);
    for (const [format, name] of [GROUPS[2], GROUPS[6]]) yield figures(`${format} with its interval`, psych, name, ours, figuresOfR);
  },
};

const GROUPS = [
  ["Krippendorff's alpha (nominal, ordinal, interval), values missing", /^alpha /, /krippendorff/],
  ["Fleiss' kappa", /^fleiss/, /statsmodels/],
  ["Cohen's kappa (plain, linear, quadratic)", /^kappa \w+(?: low| high)?$/, /statsmodels/],
  ["Cohen's kappa (plain, linear, quadratic)", /^kappa \w+ \(scikit-learn\)$/, /scikit-learn/],
  ['percent agreement', /^percent/, /scikit-learn/],
  ['F1 of each label', /^f1 /, /scikit-learn/],
  ['ICC(A,1), (C,1), (A,k), (C,k)', /^icc /, /pingouin/],
] as const;

function randomTable(seed: number): RatingTable {
  const random = randomStream(seed, 'agreement');
  const raters = 2 + (seed % 4);
  const units = 20 + Math.floor(200 * random());
  const agreement = 0.2 + 0.7 * random();
  const missing = 0.3 * random();
  const category = (): number => Math.floor(CATEGORIES * random() ** 1.5);
  const truths = Array.from({ length: units }, category);
  const ratings = Array.from({ length: raters }, () => truths.map((truth) => (random() < missing ? null : random() < agreement ? truth : category())));
  const measures = Array.from({ length: 8 + Math.floor(20 * random()) }, () => {
    const true_ = 100 * random();
    return Array.from({ length: raters }, (_, rater) => Math.round(1e6 * (true_ + 5 * rater + 60 * (random() - 0.5))) / 1e6);
  });
  return { ratings, measures };
}

/** Pairs of categories of the first two raters, where both have one. */
function pairsOf({ ratings: [first = [], second = []] }: RatingTable): [number, number][] {
  return first.flatMap((a, i): [number, number][] => {
    const b = second[i] ?? null;
    return a === null || b === null ? [] : [[a, b]];
  });
}

function figuresOf(table: RatingTable): Figures {
  const { ratings, measures } = table;
  const units = (ratings[0] ?? []).map((_, unit) => ratings.map((row) => row[unit] ?? null));
  const complete = units.filter((values) => values.every((value) => value !== null));
  const last = Math.max(...units.flat().map((value) => value ?? 0));
  const categories = Array.from({ length: last + 1 }, (_, i) => i);
  const pairs = pairsOf(table);
  const joint = categories.map((a) => categories.map((b) => pairs.filter(([first, second]) => first === a && second === b).length));
  const kappas = (['none', 'linear', 'quadratic'] as const).flatMap((weights): [string, number | null][] => {
    const { value, interval } = cohenKappa(joint, weights);
    const name = `kappa ${weights}`;
    return [
      [name, value],
      [`${name} (scikit-learn)`, value],
      [`${name} low`, interval?.low ?? null],
      [`${name} high`, interval?.high ?? null],
    ];
  });
  const icc = (['A,1', 'C,1', 'A,k', 'C,k'] as const).flatMap((form): [string, number | null][] => {
    const { value, interval } = intraclass(measures, form);
    return [
      [`icc ${form}`, value],
      [`icc ${form} low`, interval?.low ?? null],
      [`icc ${form} high`, interval?.high ?? null],
    ];
  });
  return Object.fromEntries([
    ...(['nominal', 'ordinal', 'interval'] as const).map((metric) => [`alpha ${metric}`, krippendorffAlpha(ratings, metric).value] as const),
    ['fleiss', fleissKappa(complete.map((values) => categories.map((each) => values.filter((value) => value === each).length))).value],
    ...kappas,
    ['percent', percentAgreement(joint)],
    ...f1ByCategory(joint).map((value, label) => [`f1 ${label}`, value] as const),
    ...icc,
  ]);
}

function inR(folder: string, tables: readonly RatingTable[]): { figuresOfR: Figures[]; psych: string } {
  const own = join(folder, 'r');
  mkdirSync(own);
  for (const [i, table] of tables.entries()) {
    const last = Math.max(...table.ratings.flat().map((value) => value ?? 0));
    writeFileSync(join(own, `${i}-pairs.csv`), ['first,second,categories', ...pairsOf(table).map((pair) => [...pair, last].join(','))].join('\n'));
    writeFileSync(
      join(own, `${i}-measures.csv`),
      [table.measures[0]?.map((_, k) => `r${k}`).join(','), ...table.measures.map((row) => row.join(','))].join('\n'),
    );
  }
  const { code, stdout, text } = run('Rscript', ['--vanilla', scriptAt('agreement.R'), own]);
  if (code !== 0) throw new Error(text.slice(-2000));
  const rows = parse(readFileSync(join(own, 'psych.csv')), { columns: true }) as unknown as { table: string; name: string; value: string }[];
  const figuresOfR = tables.map((_, i) => Object.fromEntries(rows.filter(({ table }) => Number(table) === i).map(({ name, value }) => [name, Number(value)])));
  return { figuresOfR, psych: stdout.trim() };
}

/** Compares the figures that the other program has, whose name matches. */
function figures(format: string, reader: string, name: RegExp, ours: readonly Figures[], theirs: readonly Figures[]): InteropRow {
  let [count, worst] = [0, 0];
  const differences = theirs.flatMap((table, i) =>
    Object.entries(table).flatMap(([key, value]) => {
      if (!name.test(key)) return [];
      count += 1;
      const own = ours[i]?.[key];
      if (value === null || own === null || own === undefined) return value === own ? [] : [`table ${i}: ${key} ${String(value)} for ${String(own)}`];
      worst = Math.max(worst, Math.abs(own - value));
      return Math.abs(own - value) <= TOLERANCE ? [] : [`table ${i}: ${key} ${value} for ${own}`];
    }),
  );
  return compared({ format, reader }, count, `figures, largest difference ${worst.toExponential(1)}`, differences);
}
