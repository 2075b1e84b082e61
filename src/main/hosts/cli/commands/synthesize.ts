import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { Expression } from '../../../../shared/domain/expressions.ts';
import { EXPRESSIONS } from '../../../../shared/domain/expressions.ts';
import type { Condition, SynthesisKind } from '../../../services/settings/defaults.ts';
import { allThreads, CONDITIONS, SYNTHESIS_KINDS } from '../../../services/settings/defaults.ts';
import { numberBetween, wholeBetween } from '../terminal/options.ts';
import { duration, EXIT, Output, stopOnRequest } from '../terminal/output.ts';
import { TaskLine } from '../terminal/progress-line.ts';

interface SynthesizeOptions {
  kind: SynthesisKind;
  faceModel: string;
  portraits: string;
  out: string;
  train: number;
  validation: number;
  test: number;
  classes: readonly Expression[];
  condition: Condition;
  blended: number;
  toned: number;
  subdued: number;
  varied: number;
  lined: number;
  displays: number;
  seed: number;
  threads: number;
  json: boolean;
}

const KINDS = `
Kinds:
  faces        aligned crops with their truth, which train and evaluate read at once
  videos       every clip as a small video, with clips.csv
  samples      the sample videos of this program, on faces averaged from several people
  photographs  photographs of real people before a camera that moves a little, with clips.csv

The face model is ICT-FaceKit's, the portraits are the Face Research Lab's with their outlines (docs/developer/synthesis.md says
where they come from). Renderings of a recognisable person may teach a model; do not show them to anybody.`;

/** Accepts 'stills', the name of 'photographs' before version 0.2. */
function readKind(text: string): SynthesisKind {
  const kind = SYNTHESIS_KINDS.find((each) => each === (text === 'stills' ? 'photographs' : text));
  if (kind === undefined) throw new InvalidArgumentError(`Choose one of: ${SYNTHESIS_KINDS.join(', ')}.`);
  return kind;
}

export function addSynthesize(program: Command, done: (code: number) => void): void {
  const count = wholeBetween(0, 1_000_000);
  program
    .command('synthesize')
    .description('render faces with known expressions, to train and test models')
    .addOption(new Option('--kind <name>', 'kind of output (see below)').choices(SYNTHESIS_KINDS).argParser(readKind).default('faces'))
    .requiredOption('--face-model <folder>', 'clone of ICT-FaceKit, or its packed form')
    .requiredOption('--portraits <folder>', 'folder of the portrait sets')
    .requiredOption('--out <folder>', 'where the clips go')
    .option('--train <n>', 'number of training clips', count, 10010)
    .option('--validation <n>', 'number of validation clips', count, 1001)
    .option('--test <n>', 'number of test clips; nobody is in two splits', count, 1505)
    .addOption(new Option('--classes <name...>', 'only clips of these expressions (kind faces)').choices(EXPRESSIONS).default(EXPRESSIONS, 'all seven'))
    .addOption(
      new Option('--condition <name>', 'recording condition; lined: faces with lines and their own resting expression; displays: all displays are varied')
        .choices(CONDITIONS)
        .default('usual'),
    )
    .option('--blended <share>', 'chance that a training clip shows a face mixed from two people (kind faces)', numberBetween(0, 1), 0)
    .option('--toned <share>', 'chance that a training clip shows a skin darker than the photograph (kind faces)', numberBetween(0, 1), 0)
    .option('--subdued <share>', 'chance that a training clip shows a weak display (kind faces)', numberBetween(0, 1), 0)
    .option('--varied <share>', 'chance that the face of a training clip has a shape far from that of the photograph (kind faces)', numberBetween(0, 1), 0)
    .option('--lined <share>', 'chance that a training clip shows a face with lines and its own resting expression (kind faces)', numberBetween(0, 1), 0)
    .option('--displays <share>', 'chance that a training clip shows a varied display instead of a prototype (kind faces)', numberBetween(0, 1), 0)
    .option('--seed <n>', 'the same seed gives the same clips', wholeBetween(0, 2 ** 31 - 1), 1)
    .option('--threads <n>', 'processor threads', wholeBetween(1, 256), allThreads())
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .addHelpText('after', KINDS)
    .action(async (options: SynthesizeOptions) => done(await run(options)));
}

async function run(options: SynthesizeOptions): Promise<number> {
  const {
    kind,
    faceModel,
    portraits,
    out,
    train,
    validation,
    test,
    classes,
    condition,
    blended,
    toned,
    subdued,
    varied,
    lined,
    displays,
    seed,
    threads,
    json,
  } = options;
  const output = new Output(json);
  const line = new TaskLine();
  const { synthesize } = await import('../../../services/training/synthesize.ts');
  const outcome = await synthesize(
    {
      kind,
      place: { faceModel, portraits },
      out,
      seed,
      counts: { train, validation, test },
      classes,
      condition,
      mixing: { blended, toned, subdued, varied, lined, displays },
      threads,
    },
    (finished, total) => line.share('drawing clips', finished, total),
    stopOnRequest(),
  );
  line.clear();
  const { clips, seconds, framesPerSecond } = outcome;
  const speed = framesPerSecond === null ? '' : `, ${framesPerSecond.toFixed(0)} frames a second`;
  output.result({ ...outcome }, `${clips} clips in ${outcome.out} (${duration(seconds)}${speed}).`);
  return EXIT.done;
}
