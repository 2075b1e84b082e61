import type { ModelEvaluation, MomentErrors } from '../../shared/statistics/evaluation.ts';
import { UNITS_CAUTION } from '../../shared/domain/action-units.ts';
import { EXPRESSIONS } from '../../shared/domain/expressions.ts';
import { UNIT_LIMITS } from '../../shared/statistics/unit-figures.ts';
import { required } from '../../shared/basics/required.ts';
import { escapeHtml, htmlPage, shown } from './html-page.ts';
import type { Estimate } from '../../shared/statistics/recognition.ts';

/** An evaluation as a self-contained HTML page with SVG plots. */
export function evaluationPage(evaluation: ModelEvaluation): string {
  const { model, data, split, clips, warnings, sha256 } = evaluation;
  const body = `<h1>${escapeHtml(model)}</h1>
<p>${clips} clips of <code>${escapeHtml(data)}</code> (${escapeHtml(split)}). A proposal of a model is not an emotion: these figures say how often its first proposal agrees with the set's labels.</p>
${warnings.map((warning) => `<p class="warning">${escapeHtml(warning)}</p>`).join('\n')}
${clips === 0 ? '' : ofExpressions(evaluation)}
${unitsTable(evaluation)}
${groupsTable(evaluation)}
<footer>Model SHA-256 ${escapeHtml(sha256)}</footer>`;
  return htmlPage(`${model} on ${data}`, body);
}

function ofExpressions(evaluation: ModelEvaluation): string {
  return `${figures(evaluation)}
<section><h2>Recall by class</h2><p>Bars: share of each class's clips that were recognised. Lines: 95% bootstrap intervals over people (videos, where people are not known).</p>${recallPlot(evaluation)}</section>
<section><h2>Confusion</h2><p>Rows: label of the set. Columns: first proposal. Shade: share of the row.</p>${confusionTable(evaluation)}</section>
<section><h2>Calibration</h2><p>On the diagonal a confidence of 0.8 is right 8 times out of 10. Area of a point: clips.</p>${reliabilityPlot(evaluation)}</section>
${evaluation.budgets.length > 1 ? `<section><h2>Accuracy against token budget</h2><p>How much is lost when more tokens are dropped.</p>${budgetPlot(evaluation)}</section>` : ''}
${momentsTable(evaluation)}`;
}

function interval({ value, low, high }: Estimate, digits = 3): string {
  if (value === null) return '';
  return low === null ? 'interval not defined: only one participant or video' : `${shown(low, digits)} to ${shown(high, digits)}`;
}

function figures({ uar, war, ece, onset, apex, offset, peaksFound }: ModelEvaluation): string {
  const figure = (name: string, estimate: Estimate, unit = ''): string =>
    `<div class="figure"><span>${name}</span><b>${shown(estimate.value)}${unit}</b><span>${interval(estimate)}</span></div>`;
  const moments = (
    [
      ['onset', onset],
      ['apex', apex],
      ['offset', offset],
    ] as const
  ).flatMap(([name, errors]) => (errors === null ? [] : [figure(`median ${name} error`, errors.median, ' s')]));
  const found = peaksFound === null ? '' : `<div class="figure"><span>expressions with a peak</span><b>${shown(peaksFound)}</b></div>`;
  return `<div class="figures">${figure('UAR', uar)}${figure('WAR', war)}${figure('calibration error', ece)}${moments.join('')}${found}</div>`;
}

function recallPlot({ recall }: ModelEvaluation): string {
  const [left, width, row] = [100, 480, 34];
  const bars = EXPRESSIONS.map((name, i) => {
    const { value, low, high } = required(recall[name], `the recall of ${name}`);
    const y = i * row + 6;
    if (value === null) return `<text x="${left - 10}" y="${y + 16}" text-anchor="end">${name}</text><text x="${left + 6}" y="${y + 16}">no clip</text>`;
    const line =
      low === null || high === null
        ? ''
        : `<line x1="${left + low * width}" x2="${left + high * width}" y1="${y + 12}" y2="${y + 12}" stroke="var(--ink)" stroke-width="2"/>`;
    return `<text x="${left - 10}" y="${y + 16}" text-anchor="end">${name}</text><rect x="${left}" y="${y}" width="${value * width}" height="24" rx="4" fill="var(--accent)" opacity=".75"/>${line}<text x="${left + width + 10}" y="${y + 16}">${shown(value, 2)}</text>`;
  });
  return `<svg viewBox="0 0 640 ${EXPRESSIONS.length * row + 10}" width="640" role="img" aria-label="Recall by class">${bars.join('')}</svg>`;
}

function confusionTable({ confusion }: ModelEvaluation): string {
  const head = EXPRESSIONS.map((name) => `<th>${name}</th>`).join('');
  const rows = confusion.map((row, label) => {
    const total = row.reduce((a, b) => a + b, 0);
    const cells = row.map((count) => {
      const share = total === 0 ? 0 : count / total;
      return `<td style="background: color-mix(in srgb, var(--accent) ${Math.round(70 * share)}%, transparent)">${count}</td>`;
    });
    return `<tr><th>${EXPRESSIONS[label]}</th>${cells.join('')}</tr>`;
  });
  return `<table><tr><th></th>${head}</tr>${rows.join('')}</table>`;
}

const FRAME = { left: 40, top: 10, side: 300 };

/** A square plot of 0..1 against 0..1. */
function plot(contents: string, across: string, up: string): string {
  const { left, top, side } = FRAME;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (t) =>
      `<text x="${left + t * side}" y="${top + side + 18}" text-anchor="middle">${t}</text><text x="${left - 8}" y="${top + (1 - t) * side + 4}" text-anchor="end">${t}</text>`,
  );
  return `<svg viewBox="0 0 380 370" width="380" role="img" aria-label="${up} against ${across}"><rect x="${left}" y="${top}" width="${side}" height="${side}" fill="none" stroke="var(--line)"/>${ticks.join('')}${contents}<text x="${left + side / 2}" y="${top + side + 40}" text-anchor="middle">${across}</text><text transform="translate(${left + 14} ${top + 16})">${up}</text></svg>`;
}

function at(x: number, y: number): { x: number; y: number } {
  return { x: FRAME.left + x * FRAME.side, y: FRAME.top + (1 - y) * FRAME.side };
}

function reliabilityPlot({ reliability, clips }: ModelEvaluation): string {
  const [from, to] = [at(0, 0), at(1, 1)];
  const points = reliability.map(({ confidence, accuracy, clips: count }) => {
    const { x, y } = at(confidence, accuracy);
    return `<circle cx="${x}" cy="${y}" r="${3 + 17 * Math.sqrt(count / clips)}" fill="var(--accent)" opacity=".7"/>`;
  });
  return plot(`<line x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke="var(--line)"/>${points.join('')}`, 'confidence', 'accuracy');
}

function budgetPlot({ budgets }: ModelEvaluation): string {
  const points = budgets.map(({ tokenBudget, uar }) => ({ uar, ...at(tokenBudget, uar) }));
  const line = `<polyline points="${points.map(({ x, y }) => `${x},${y}`).join(' ')}" fill="none" stroke="var(--accent)" stroke-width="2"/>`;
  const dots = points.map(
    ({ uar, x, y }) => `<circle cx="${x}" cy="${y}" r="4" fill="var(--accent)"/><text x="${x}" y="${y - 8}" text-anchor="middle">${shown(uar, 2)}</text>`,
  );
  return plot(line + dots.join(''), 'token budget', 'UAR');
}

function momentsTable({ onset, apex, offset }: ModelEvaluation): string {
  const rows = (
    [
      ['onset', onset],
      ['apex', apex],
      ['offset', offset],
    ] as const
  ).flatMap(([name, errors]: readonly [string, MomentErrors | null]) =>
    errors === null
      ? []
      : [
          `<tr><th>${name}</th><td>${shown(errors.median.value)} s</td><td>${interval(errors.median)}</td><td>${shown(errors.percentile90.value)} s</td><td>${interval(errors.percentile90)}</td></tr>`,
        ],
  );
  if (rows.length === 0) return '';
  return `<section><h2>Errors of the moments</h2><p>Distance between the true moment and that of the peak found for it.</p><table><tr><th></th><th>median</th><th>95% interval</th><th>90th percentile</th><th>95% interval</th></tr>${rows.join('')}</table></section>`;
}

function unitsTable({ units = null }: ModelEvaluation): string {
  if (units === null) return '';
  const rows = units.map(
    ({ unit, correlation, meanAbsoluteError, auc, presentShare }) =>
      `<tr><th>AU${unit}</th><td>${shown(correlation, 2)}</td><td>${shown(meanAbsoluteError, 2)}</td><td>${shown(auc, 2)}</td><td>${shown(100 * presentShare, 0)}%</td></tr>`,
  );
  return `<section><h2>Action units (${UNITS_CAUTION})</h2><p>In slots of 0.2 s. AUC: slots with a strength of at least ${UNIT_LIMITS.present} against those below ${UNIT_LIMITS.absent}.</p><table><tr><th></th><th>correlation</th><th>mean absolute error</th><th>AUC</th><th>present</th></tr>${rows.join('')}</table></section>`;
}

function groupsTable({ groups }: ModelEvaluation): string {
  if (groups.length === 0) return '';
  const rows = groups.map(
    ({ group, clips, uar, war }) =>
      `<tr><th>${escapeHtml(group)}</th><td>${clips}</td><td>${shown(uar.value)}</td><td>${interval(uar)}</td><td>${shown(war.value)}</td><td>${interval(war)}</td></tr>`,
  );
  return `<section><h2>By group</h2><table><tr><th></th><th>clips</th><th>UAR</th><th>95% interval</th><th>WAR</th><th>95% interval</th></tr>${rows.join('')}</table></section>`;
}
