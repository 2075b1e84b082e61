import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { sentencesOf } from '../../../../shared/app/notices.ts';
import type { FineTuningForm } from '../../../../shared/domain/fine-tuning.ts';
import { FINE_TUNING_FORMS, fineTuningOptionsSchema } from '../../../../shared/domain/fine-tuning.ts';
import { startChildProcessEngine } from '../../../services/studio/processes.ts';
import { TRAINING_HINTS } from '../../../services/fine-tuning/fine-tuning-set.ts';
import { fineTuningSetOf } from '../../../services/studio/project-overview.ts';
import { numberBetween, readMapping, wholeBetween } from '../terminal/options.ts';
import { EXIT, Output, stopOnRequest } from '../terminal/output.ts';
import { TaskLine } from '../terminal/progress-line.ts';

interface SetOptions {
  project: string;
  layer: string;
  form: FineTuningForm;
  out: string;
  minConfidence: number;
  minAgreement: number;
  map: readonly string[];
  window: 'segment' | number;
  shares: [number, number, number];
  anonymise: boolean;
  seed: number;
  json: boolean;
}

const ABOUT = `
Forms:
  references   clips.csv: spans in the videos themselves, no pictures; adatosk train reads it
  faces        aligned faces that adatosk train reads at once
  videomae     clips of aligned faces (224 px, 25 a second) with train.csv, val.csv, test.csv
  frames       folders of aligned frames with lists of «folder label» (MAE-DFER); rawframes_*.csv have the number of frames, too
  dfew         folders of 16 frames, five folds, labels from 1
  videofolder  Hugging Face, with metadata.csv for each part and a data card
Each has provenance.csv, report.json and README.md beside it.`;

export function addFineTuningSet(program: Command, done: (code: number) => void): void {
  program
    .command('fine-tuning-set')
    .description('export a fine-tuning set from the labels of a project: participants are kept apart, classes are in the same proportions')
    .requiredOption('--project <folder>', 'the project')
    .requiredOption('--layer <name>', "whose labels: 'adjudicated', a coder's name, or 'model'")
    .addOption(new Option('--form <name>', 'kind of output (see below)').choices(FINE_TUNING_FORMS).default('references'))
    .requiredOption('--out <folder>', 'an empty folder for the set')
    .option('--min-confidence <share>', "ignore the model's labels with a lower confidence", numberBetween(0, 1), 0)
    .option('--min-agreement <share>', 'smallest share of the other coders with the same label', numberBetween(0, 1), 0)
    .option('--map <label=class...>', "classes for other labels; 'label=' skips one", [])
    .option('--window <seconds>', "seconds around the apex, or 'segment'", (text) => (text === 'segment' ? text : numberBetween(0.3, 60)(text)), 'segment')
    .option('--shares <train,validation,test>', 'shares of the clips', threeShares, [0.7, 0.15, 0.15])
    .option('--anonymise', 'replace names of participants, coders and videos with numbers (faces stay visible)', false)
    .option('--seed <n>', 'seed of the assignment of participants to splits', wholeBetween(0, 2 ** 31 - 1), 1)
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .addHelpText('after', ABOUT)
    .action(async (options: SetOptions) => done(await run(options)));
}

function threeShares(text: string): [number, number, number] {
  const values = text.split(',').map(Number);
  if (values.length !== 3 || values.some((value) => !(value >= 0)) || Math.abs(values.reduce((a, b) => a + b, 0) - 1) > 1e-6)
    throw new InvalidArgumentError('It must be three numbers that add up to 1.');
  return values as [number, number, number];
}

async function run({ project, out, map, json, ...rest }: SetOptions): Promise<number> {
  const output = new Output(json);
  const line = new TaskLine();
  const options = fineTuningOptionsSchema.parse({ ...rest, mapping: readMapping(map) });
  const stop = stopOnRequest();
  const { report, ...made } = await fineTuningSetOf(
    project,
    options,
    out,
    startChildProcessEngine,
    { onProgress: (n, total) => line.share('writing clips', n, total) },
    stop,
  );
  line.clear();
  const notes = sentencesOf(report.notes);
  for (const note of notes) output.line(`note: ${note}`);
  for (const { label, train, validation, test } of report.balance)
    output.line(`${label.padEnd(10)} ${String(train).padStart(5)} train ${String(validation).padStart(5)} validation ${String(test).padStart(5)} test`);
  output.result({ ...made, ...report, notes }, `${report.clips} clips in ${made.out}. ${TRAINING_HINTS[options.form].replaceAll('DIR', made.out)}`);
  return EXIT.done;
}
