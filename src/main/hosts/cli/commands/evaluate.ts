import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { join, resolve } from 'node:path';
import type { BaselineEvaluation, ModelEvaluation } from '../../../../shared/statistics/evaluation.ts';
import type { Device } from '../../../services/settings/defaults.ts';
import { startChildProcessEngine } from '../../../services/studio/processes.ts';
import { defaultThreads, DEVICES } from '../../../services/settings/defaults.ts';
import type { EvaluateRequest } from '../../../services/training/evaluate-model.ts';
import { UNITS_CAUTION } from '../../../../shared/domain/action-units.ts';
import { numberBetween, wholeBetween } from '../terminal/options.ts';
import { EXIT, Output, stopOnRequest } from '../terminal/output.ts';
import { TaskLine } from '../terminal/progress-line.ts';

interface EvaluateOptions {
  data: string;
  fold?: number;
  split?: EvaluateRequest['split'];
  budgets: number[];
  baseline: boolean;
  out?: string;
  device: Device;
  threads: number;
  faces?: string;
  cacheLimit: number;
  json: boolean;
}

export function addEvaluate(program: Command, done: (code: number) => void): void {
  program
    .command('evaluate')
    .description('evaluate a model on labelled clips: UAR, WAR, calibration, errors of onset, apex and offset')
    .argument('<model>', 'id or folder of the model')
    .requiredOption('--data <set>', 'the clip set (see: adatosk train --help)')
    .option('--fold <n>', 'of a public set: the fold that tests', wholeBetween(1, 100))
    .addOption(
      new Option('--split <name>', 'split to evaluate (default: test if there is one, else all clips)').choices(['train', 'validation', 'test', 'all']),
    )
    .option('--budgets <list>', 'more token budgets to evaluate, for example 1,0.6,0.2', readBudgets, [])
    .option('--baseline', 'also evaluate the expression network of face-api on the same clips (developers: it is a development dependency)', false)
    .option('--out <folder>', 'folder for evaluation.json and evaluation.html')
    .addOption(new Option('--device <name>', 'what computes').choices(DEVICES).default('auto'))
    .option('--threads <n>', 'processor threads for the network', wholeBetween(1, 256), defaultThreads())
    .option('--faces <folder>', 'keep the aligned faces in this folder (default: they are deleted at the end)')
    .option('--cache-limit <GB>', 'limit of the disk space for aligned faces', numberBetween(0.01, 100000), 20)
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .action(async (model: string, options: EvaluateOptions) => done(await evaluate(model, options)));
}

function readBudgets(text: string): number[] {
  const budgets = text.split(',').map(Number);
  if (budgets.some((each) => !(each >= 0.01 && each <= 1))) throw new InvalidArgumentError('It must be numbers from 0.01 to 1, with commas between.');
  return budgets;
}

async function evaluate(model: string, options: EvaluateOptions): Promise<number> {
  const output = new Output(options.json);
  const line = new TaskLine();
  // Imported on demand: it loads an image library that other commands do not need.
  const { evaluateModel } = await import('../../../services/training/evaluate-model.ts');
  const evaluation = await evaluateModel(
    { ...options, model, split: options.split ?? null, out: options.out ?? null, faces: options.faces ?? null, cacheLimit: options.cacheLimit * 1e9 },
    startChildProcessEngine,
    {
      onPrepare: (finished, total, name) => line.update('finding faces', `${finished + 1}/${total}  ${name}`),
      onProgress: (finished, total) => line.share('evaluating clips', finished, total),
    },
    stopOnRequest(),
  );
  line.clear();
  for (const text of describe(evaluation)) output.line(text);
  output.result(
    objectOf(evaluation),
    options.out === undefined ? '--out DIR writes a page with plots.' : `plots in ${join(resolve(options.out), 'evaluation.html')}`,
  );
  return EXIT.done;
}

/** The JSON output. Its names are documented (docs/developer/exchange-formats.md) and must not change; new ones may be added. */
function objectOf(evaluation: ModelEvaluation): Record<string, unknown> {
  const { uar, war, ece, recall, onset, apex, offset, peaksFound, masks, units, groups, budgets, baseline, model, sha256, trained, warnings, split } =
    evaluation;
  return {
    ...scoresOf(evaluation),
    onsetErrorMedian: onset?.median.value ?? null,
    apexErrorMedian: apex?.median.value ?? null,
    offsetErrorMedian: offset?.median.value ?? null,
    peaksFound,
    baseline: baseline === null ? null : scoresOf(baseline),
    masks,
    units: units ?? null,
    intervals: { uar, war, ece, recall, onset, apex, offset },
    groups,
    budgets,
    model,
    sha256,
    trained,
    warnings,
    split,
  };
}

/** What is measured of the model and of the baseline alike. */
function scoresOf({ clips, uar, war, ece, auc, recall, confusion }: BaselineEvaluation): Record<string, unknown> {
  return { clips, uar: uar.value, war: war.value, ece: ece.value, auc: auc.value, recall: valuesOf(recall), confusion };
}

function valuesOf(estimates: ModelEvaluation['recall']): Record<string, number | null> {
  return Object.fromEntries(Object.entries(estimates).map(([name, { value }]) => [name, value]));
}

/** An interval over one participant, or one video where participants are not known, is not defined. */
const NO_INTERVAL = 'not defined: only one participant or video';

function describe({
  clips,
  split,
  model,
  warnings,
  uar,
  war,
  ece,
  recall,
  onset,
  apex,
  offset,
  peaksFound,
  masks,
  units,
  groups,
  budgets,
  auc,
  baseline,
}: ModelEvaluation): string[] {
  const show = ({ value, low, high }: ModelEvaluation['uar'], unit = ''): string =>
    value === null ? '–' : `${value.toFixed(3)}${unit}  (95%: ${low === null || high === null ? NO_INTERVAL : `${low.toFixed(3)} to ${high.toFixed(3)}`})`;
  const moments = (
    [
      ['onset', onset],
      ['apex', apex],
      ['offset', offset],
    ] as const
  ).flatMap(([name, errors]) =>
    errors === null ? [] : [`${name.padEnd(12)} median error ${show(errors.median, ' s')}, 90th percentile ${show(errors.percentile90, ' s')}`],
  );
  return [
    `${model} on ${clips} clips (${split})`,
    ...warnings.map((warning) => `  warning: ${warning}`),
    `UAR          ${show(uar)}`,
    `WAR          ${show(war)}`,
    `ECE          ${show(ece)}`,
    ...(auc.value === null ? [] : [`AUC          ${show(auc)}`]),
    ...Object.entries(recall).map(([name, estimate]) => `  ${name.padEnd(10)} ${show(estimate)}`),
    ...moments,
    ...(peaksFound === null ? [] : [`expressions with a peak: ${(100 * peaksFound).toFixed(0)}%`]),
    ...[
      { name: 'class-agnostic weight, onset and offset against held', effect: masks.classAgnostic },
      { name: 'class-semantic weight, near the apex against far', effect: masks.classSemantic },
    ].flatMap(({ name, effect }) =>
      effect === null
        ? []
        : [
            `${name}: ${effect.here.toFixed(3)} and ${effect.there.toFixed(3)}, d ${show(effect.effect)}, larger in ${(100 * effect.share).toFixed(0)}% of ${effect.clips} clips`,
          ],
    ),
    ...unitLines(units ?? []),
    ...(baseline === null
      ? []
      : [
          `baseline     UAR ${show(baseline.uar)}, WAR ${show(baseline.war)}${baseline.auc.value === null ? '' : `, AUC ${show(baseline.auc)}`}`,
          ...Object.entries(baseline.recall).map(([name, estimate]) => `  ${name.padEnd(10)} ${show(estimate)}`),
        ]),
    ...groups.map((each) => `group ${each.group} (${each.clips} clips): UAR ${show(each.uar)}`),
    ...(budgets.length < 2 ? [] : [`UAR by token budget: ${budgets.map((each) => `${each.tokenBudget}: ${each.uar.toFixed(3)}`).join(', ')}`]),
  ];
}

function unitLines(units: NonNullable<ModelEvaluation['units']>): string[] {
  if (units.length === 0) return [];
  const shown = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
  return [
    `action units (${UNITS_CAUTION}), in slots:`,
    ...units.map(
      ({ unit, correlation, meanAbsoluteError, auc, presentShare }) =>
        `  AU${String(unit).padEnd(3)} correlation ${shown(correlation)}, mean absolute error ${shown(meanAbsoluteError)}, AUC ${shown(auc)}, present in ${(100 * presentShare).toFixed(0)}%`,
    ),
  ];
}
