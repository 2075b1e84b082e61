import type { Command } from 'commander';
import { Option } from 'commander';
import type { Statistic } from '../../../../shared/statistics/agreement/statistics.ts';
import { STATISTICS } from '../../../../shared/statistics/agreement/statistics.ts';
import { DEFINITIONS } from '../../../services/exchange/agreement.ts';
import { agreementIn } from '../../../services/studio/project-overview.ts';
import { numberBetween } from '../terminal/options.ts';
import { EXIT, Output } from '../terminal/output.ts';

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
    .option('--unit <s>', 'length of a unit of time', numberBetween(0.001, 60), 0.2)
    .option('--overlap <share>', 'smallest intersection over union of two spans that count as the same event', numberBetween(0, 1), 0.5)
    .option('--count-unlabelled', 'count time that nobody labelled as agreement (default: leave it out)', false)
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
      const { value, interval, units, videos, parameters, byLabel, definition } = found;
      const range = interval === null ? '' : ` (95%: ${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`;
      const labels =
        byLabel === undefined
          ? ''
          : `\n${Object.entries(byLabel)
              .map(([label, f1]) => `  ${label}: ${f1 === null ? '–' : f1.toFixed(3)}`)
              .join('\n')}`;
      const how = Object.entries(parameters)
        .map(([name, what]) => `${name} ${what}`)
        .join(', ');
      new Output(json).result(
        { ...found },
        `${statistic} ${value === null ? 'is not defined: nothing varies' : value.toFixed(3)}${range}${labels}\n${definition}; ${found.raters.join(' and ')}; ${how}; ${units} units of ${videos} videos`,
      );
      done(EXIT.done);
    });
}
