import { join } from 'node:path';
import type { LibraryVideo } from '../../../shared/contract/project.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { mean } from '../../../shared/basics/mean.ts';
import { sentenceOfFact } from '../../../shared/app/facts.ts';
import type { ConditionDifference, ConditionMean, ConditionValue } from '../../../shared/statistics/conditions.ts';
import { differencesWithin, meansByCondition } from '../../../shared/statistics/conditions.ts';
import { peopleOf } from '../../../shared/domain/people.ts';
import { DEFAULT_OVERLAP, DEFAULT_UNIT_S } from '../../../shared/statistics/agreement/statistics.ts';
import { figuresOf } from '../../../shared/statistics/summaries.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import { escapeHtml, htmlPage, shown } from '../../formats/html-page.ts';
import { listVideos } from '../../project/library.ts';
import { projectName } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { observedFaces } from '../analysis/observed-faces.ts';
import type { Agreement } from './agreement.ts';
import { codersWithLayers, DEFINITIONS, measureAgreement, Ratings, UNDEFINED_TEXTS } from './agreement.ts';
import type { WrittenExport } from './export-tables.ts';
import { methodsFacts, methodsText } from './methods.ts';

/** More pairs of coders would fill pages. */
const MOST_PAIRS = 15;

/** Writes report.html: the sample, its quality, time by expression and condition, agreement, and a methods paragraph. */
export async function writeReport(db: ProjectDatabase, videos: readonly string[], out: string): Promise<WrittenExport> {
  const file = join(out, 'report.html');
  const listed = listVideos(db).filter(({ id, name }) => videos.length === 0 || videos.includes(id) || videos.includes(name));
  const facts = methodsFacts(db);
  const body = [
    `<h1>${escapeHtml(projectName(db))}</h1>`,
    `<p>Report of ${facts.run.start.slice(0, 10)} (newest run). Values of the model are proposals about displays of the face, not measurements of emotions.</p>`,
    ...facts.run.warnings.map((warning) => `<p class="warning">${escapeHtml(warning)}</p>`),
    sampleSection(listed, facts.project?.participants ?? 0),
    qualitySection(listed),
    ...expressionSections(
      db,
      listed.map(({ id }) => id),
    ),
    agreementSection(db),
    `<section><h2>Methods</h2><p>${escapeHtml(methodsText(facts))}</p></section>`,
  ].join('\n');
  await writeAtomically(file, [htmlPage(projectName(db), body)]);
  return { files: [file], losses: [] };
}

function sampleSection(videos: readonly LibraryVideo[], participants: number): string {
  const seconds = videos.reduce((sum, { durationS }) => sum + (durationS ?? 0), 0);
  const count = (status: string): number => videos.filter(({ analysed }) => analysed?.status === status).length;
  return `<section><h2>Sample</h2><div class="figures">${[
    ['videos', videos.length],
    ['participants', participants],
    ['minutes', (seconds / 60).toFixed(1)],
    ['analysed', count('done')],
    ['failed', count('failed')],
    ['not analysed', videos.filter(({ analysed }) => analysed === null).length],
  ]
    .map(([name, value]) => `<div class="figure"><span>${name}</span><b>${value}</b></div>`)
    .join('')}</div></section>`;
}

function qualitySection(videos: readonly LibraryVideo[]): string {
  const rows = videos.map((video) => {
    const { name, durationS, analysed } = video;
    const remarks =
      analysed === null
        ? 'not analysed'
        : [...(analysed.failure === null ? [] : [analysed.failure]), ...analysed.warnings].map((fact) => sentenceOfFact(fact)).join(' ');
    const share = analysed?.faceShare ?? null;
    return `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(peopleOf(video).join(', '))}</td><td>${shown(durationS, 1)}</td><td>${analysed?.faces ?? '–'}</td><td>${share === null ? '–' : `${Math.round(100 * share)}%`}</td><td class="text">${escapeHtml(remarks)}</td></tr>`;
  });
  return `<section><h2>Quality</h2><p>Share of the time with a face, and what to know about each video.</p><table><tr><th>video</th><th>participants</th><th>seconds</th><th>faces</th><th>face time</th><th>remarks</th></tr>${rows.join('')}</table></section>`;
}

function expressionSections(db: ProjectDatabase, videos: readonly string[]): string[] {
  const expressions = EXPRESSIONS.filter((name) => name !== 'neutral');
  const values = new Map(expressions.map((name): [string, ConditionValue[]] => [name, []]));
  for (const face of observedFaces(db, { layer: 'model', videos }))
    for (const name of expressions) {
      const { share } = figuresOf(face, name);
      // A face without a participant stands for itself.
      const participant = face.participant || `${face.video}, face ${face.face}`;
      if (share !== null && face.missing !== 'not-a-participant') values.get(name)?.push({ participant, condition: face.condition, value: share });
    }
  const all = expressions.map((name) => ({ name, values: values.get(name) ?? [] })).filter((each) => each.values.length > 0);
  if (all.length === 0) return [];
  const overall = all.map((each) => ({
    name: each.name,
    value: mean(meansByCondition(each.values.map((value) => ({ ...value, condition: '' }))).map((found) => found.mean)),
  }));
  const conditions = all.flatMap((each) => meansByCondition(each.values).map((found) => ({ name: each.name, ...found })));
  const differences = all.flatMap((each) => differencesWithin(each.values).map((found) => ({ name: each.name, ...found })));
  const several = new Set(conditions.map(({ condition }) => condition)).size > 1;
  return [
    `<section><h2>Time by expression</h2><p>Share of the observed time (model proposals), mean over participants. A face without a participant stands for itself.</p>${bars(overall)}</section>`,
    ...(several ? [conditionSection(conditions, differences)] : []),
  ];
}

function bars(values: readonly { readonly name: string; readonly value: number }[]): string {
  const [left, width, row] = [100, 420, 34];
  const most = values.reduce((max, { value }) => Math.max(max, value), 0.01);
  const drawn = values.map(({ name, value }, i) => {
    const y = i * row + 6;
    return `<text x="${left - 10}" y="${y + 16}" text-anchor="end">${name}</text><rect x="${left}" y="${y}" width="${(value / most) * width}" height="24" rx="4" fill="var(--accent)" opacity=".75"/><text x="${left + (value / most) * width + 8}" y="${y + 16}">${(100 * value).toFixed(1)}%</text>`;
  });
  return `<svg viewBox="0 0 640 ${values.length * row + 10}" width="640" role="img" aria-label="Time by expression">${drawn.join('')}</svg>`;
}

function conditionSection(means: readonly (ConditionMean & { name: string })[], differences: readonly (ConditionDifference & { name: string })[]): string {
  const percent = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(1)}%`);
  const points = (value: number): string => (100 * value).toFixed(1);
  const rows = means.map(
    ({ name, condition, participants, mean: value, sd }) =>
      `<tr><th>${name}</th><td class="text">${escapeHtml(condition || '(none)')}</td><td>${participants}</td><td>${percent(value)}</td><td>${percent(sd)}</td></tr>`,
  );
  const within = differences.map(
    ({ name, from, to, participants, mean: value, interval }) =>
      `<tr><th>${name}</th><td class="text">${escapeHtml(to || '(none)')} − ${escapeHtml(from || '(none)')}</td><td>${participants}</td><td>${points(value)}</td><td>${interval === null ? 'too few participants' : `${points(interval.low)} to ${points(interval.high)}`}</td></tr>`,
  );
  const table = `<table><tr><th>expression</th><th>condition</th><th>participants</th><th>mean share</th><th>sd</th></tr>${rows.join('')}</table>`;
  const compared =
    within.length === 0
      ? '<p>No participant has more than one condition.</p>'
      : `<h2>Within participants</h2><p>Differences of participants who have both conditions, with 95% bootstrap intervals over participants.</p><table><tr><th>expression</th><th>conditions</th><th>participants</th><th>difference (points)</th><th>95% interval</th></tr>${within.join('')}</table>`;
  return `<section><h2>By condition</h2>${table}${compared}</section>`;
}

function agreementSection(db: ProjectDatabase): string {
  const coders = codersWithLayers(db);
  const ratings = new Ratings(db);
  const pairs = coders.flatMap((first, i) => coders.slice(i + 1).map((second) => [first, second] as const)).slice(0, MOST_PAIRS);
  const measured = pairs.flatMap(([first, second]): Agreement[] => {
    try {
      return (['kappa', 'event-kappa'] as const).map((statistic) =>
        measureAgreement(db, { statistic, raters: [first, second], unitS: DEFAULT_UNIT_S, overlap: DEFAULT_OVERLAP, unlabelled: 'left out' }, ratings),
      );
    } catch {
      // No video that both labelled.
      return [];
    }
  });
  if (measured.length === 0) return '<section><h2>Agreement</h2><p>No video was labelled by two coders.</p></section>';
  const rows = measured.map(
    ({ statistic, raters, value, bootstrap, reasons, units, videos }) =>
      `<tr><th>${escapeHtml(raters.join(', '))}</th><td class="text">${statistic}</td><td>${shown(value, 2)}</td><td>${bootstrap === null ? `not defined: ${reasons.bootstrap === null ? '' : UNDEFINED_TEXTS[reasons.bootstrap]}` : `${shown(bootstrap.low, 2)} to ${shown(bootstrap.high, 2)}`}</td><td>${units}</td><td>${videos}</td></tr>`,
  );
  return `<section><h2>Agreement</h2><p>kappa: ${escapeHtml(DEFINITIONS.kappa)} of ${DEFAULT_UNIT_S} s; time that no rater labelled is left out. event-kappa: ${escapeHtml(DEFINITIONS['event-kappa'])}. Intervals: bootstrap over videos.</p><table><tr><th>coders</th><th>statistic</th><th>value</th><th>95% interval</th><th>units</th><th>videos</th></tr>${rows.join('')}</table></section>`;
}
