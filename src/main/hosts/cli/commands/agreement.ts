import type { Command } from 'commander';
import { Option } from 'commander';
import type { Statistic, UndefinedReason } from '../../../../shared/statistics/agreement/statistics.ts';
import { DEFAULT_OVERLAP, DEFAULT_UNIT_S, STATISTICS } from '../../../../shared/statistics/agreement/statistics.ts';
import type { Agreement } from '../../../services/exchange/agreement.ts';
import { DEFINITIONS, UNDEFINED_TEXTS } from '../../../services/exchange/agreement.ts';
import { agreementIn } from '../../../services/studio/project-overview.ts';
import { numberBetween } from '../terminal/options.ts';
import { counted, EXIT, Output } from '../terminal/output.ts';

interface AgreementOptions {
  project: string;
  statistic: Statistic;
  raters: string[];
  unit: number;
  overlap: number;
  countUnlabelled: boolean;
  json: boolean;
}

export function addAgreement(program: Command, done: (code: number) => void): void {
  program
    .command('agreement')
    .description('agreement of coders, the model and adjudicated labels over the videos that all of them labelled')
    .requiredOption('--project <folder>', 'the project')
    .addOption(new Option('--statistic <name>', 'which number').choices(STATISTICS).default('kappa'))
    .option('--raters <name...>', "names of coders, 'model' or 'adjudicated'; for f1 the first is the truth (default: all coders)", [])
    .option('--unit <s>', 'length of a unit of time', numberBetween(0.001, 60), DEFAULT_UNIT_S)
    .option('--overlap <share>', 'events: smallest share of the longer span that two spans have in common', numberBetween(0, 1), DEFAULT_OVERLAP)
    .option('--count-unlabelled', 'count time that no rater labelled as agreement (default: leave it out)', false)
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .addHelpText(
      'after',
      `\nStatistics:\n${Object.entries(DEFINITIONS)
        .map(([name, about]) => `  ${name.padEnd(13)}${about}`)
        .join('\n')}`,
    )
    .action(async ({ project, statistic, raters, unit, overlap, countUnlabelled, json }: AgreementOptions) => {
      const found = await agreementIn(project, {
        statistic,
        raters,
        unitS: unit,
        overlap,
        unlabelled: countUnlabelled ? 'counted' : 'left out',
      });
      new Output(json).result({ ...found }, described(found));
      done(EXIT.done);
    });
}

function described({
  statistic,
  definition,
  value,
  interval,
  bootstrap,
  reasons,
  units,
  videos,
  raters,
  parameters,
  byLabel,
  byForm,
  notUsedByAll,
}: Agreement): string {
  const rangeOf = (given: { low: number; high: number } | null, reason: UndefinedReason | null): string =>
    given === null ? `not defined (${reason === null ? '' : UNDEFINED_TEXTS[reason]})` : `${given.low.toFixed(3)} to ${given.high.toFixed(3)}`;
  const valuesOf = (values: Agreement['byLabel']): string[] =>
    Object.entries(values ?? {}).map(([name, each]) => `  ${name}: ${each === null ? 'not defined' : each.toFixed(3)}`);
  const how = Object.entries(parameters).map(([name, what]) => `${name} ${what}`);
  return [
    `${statistic} ${value === null ? `is not defined: ${reasons.value === null ? '' : UNDEFINED_TEXTS[reasons.value]}` : value.toFixed(3)}`,
    `  95% interval by bootstrap over videos: ${rangeOf(bootstrap, reasons.bootstrap)}`,
    `  95% interval by formula, for independent units: ${rangeOf(interval, reasons.interval)}`,
    ...valuesOf(byForm),
    ...valuesOf(byLabel),
    ...(notUsedByAll.length === 0
      ? []
      : [`  not used by all raters: ${notUsedByAll.join(', ')}${statistic === 'f1' ? ' (their F1 is 0 and counts in the mean)' : ''}`]),
    `${definition}; ${raters.join(' and ')}; ${how.join(', ')}; ${counted(units, 'unit')} of ${counted(videos, 'video')}`,
  ].join('\n');
}
