import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { userInfo } from 'node:os';
import { StudioError } from '../../../../shared/app/errors.ts';
import { sentencesOf } from '../../../../shared/app/notices.ts';
import type { AddedSignals } from '../../../services/study/signals.ts';
import { addSignalsIn, moveSignalsIn, removeSignalsIn, signalsIn } from '../../../services/study/signals.ts';
import { numberBetween } from '../terminal/options.ts';
import { counted, EXIT, Output } from '../terminal/output.ts';

/** `adatosk project signals`. */
export function addSignalCommands(project: Command, json: readonly [string, string, boolean], done: (code: number) => void): void {
  project
    .command('signals <folder>')
    .description('list the signals of the videos; add those of a file, move or remove them')
    .option('--add <file>', 'a table with time series (CSV, TSV), or the output of OpenFace, FaceReader or Py-Feat')
    .option('--video <name>', 'the video to which they belong')
    .option('--time <column>', 'column with the times in seconds, milliseconds or hh:mm:ss.mmm')
    .addOption(new Option('--time-unit <unit>', 'unit of the times (default: ms if the name of the column says so, else s)').choices(['s', 'ms']))
    .option('--rate <hz>', 'samples per second of a table without times', numberBetween(1e-6, 1e6))
    .option('--columns <name...>', 'columns with signals (default: those that the program measures, or all with numbers)', [])
    .option('--unit <name=unit...>', 'units of signals', [])
    .option('--face <id>', 'the face, if the table has several')
    .option('--offset <s>', 'moment of the video at which the clock of the file begins; with --move, the new offset', secondsOption)
    .option('--move <id...>', 'move signals to --offset', [])
    .option('--remove <id...>', 'remove signals', [])
    .option('--as <coder>', 'who makes the change, for the history', userInfo().username)
    .option(...json)
    .action(async (folder: string, options: SignalsOptions) => done(await signals(folder, options)));
}

interface SignalsOptions {
  add?: string;
  video?: string;
  time?: string;
  timeUnit?: 's' | 'ms';
  rate?: number;
  columns: string[];
  unit: string[];
  face?: string;
  offset?: number;
  move: string[];
  remove: string[];
  as: string;
  json: boolean;
}

function secondsOption(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number of seconds.');
  return value;
}

async function signals(folder: string, options: SignalsOptions): Promise<number> {
  const { add, move, remove, offset, as } = options;
  const output = new Output(options.json);
  if ([add !== undefined, move.length > 0, remove.length > 0].filter(Boolean).length > 1)
    throw new StudioError('wrong-usage/one-of', { options: ['--add', '--move', '--remove'] });
  const added = add === undefined ? null : await addFile(folder, add, options);
  if (move.length > 0) {
    if (offset === undefined) throw new StudioError('wrong-usage/needs', { option: '--move', needed: '--offset' });
    await moveSignalsIn(folder, move, offset, as);
  }
  const removed = remove.length > 0 ? await removeSignalsIn(folder, remove) : [];
  const all = await signalsIn(folder);
  for (const { id, video, name, unit, source, samples, interval_s, start_s, end_s, offset_s } of all) {
    const rate = interval_s > 0 ? `, ${Number((1 / interval_s).toPrecision(4))} Hz` : '';
    output.line(
      `${id}  ${video}: ${name}${unit === '' || name.includes(unit) ? '' : ` (${unit})`} of ${source}, ${counted(samples, 'sample')}${rate}, ${start_s} to ${end_s} s, offset ${offset_s} s`,
    );
  }
  const notices = sentencesOf(added?.notices ?? []);
  for (const each of notices) output.line(`note: ${each}`);
  const summary = added !== null ? `added: ${added.signals.length}` : removed.length > 0 ? `removed: ${removed.length}` : `signals: ${all.length}`;
  output.result({ signals: all, added: added?.signals.map(({ id }) => id) ?? [], removed: removed.map(({ id }) => id), notes: notices }, summary);
  return EXIT.done;
}

function addFile(folder: string, file: string, { video, time, timeUnit, rate, columns, unit, face, offset = 0 }: SignalsOptions): Promise<AddedSignals> {
  if (video === undefined) throw new StudioError('wrong-usage/needs', { option: '--add', needed: '--video' });
  if (time !== undefined && rate !== undefined) throw new StudioError('wrong-usage/one-of', { options: ['--time', '--rate'] });
  const units = Object.fromEntries(
    unit.map((each) => {
      const at = each.lastIndexOf('=');
      if (at < 1) throw new StudioError('wrong-usage/unit', { given: each });
      return [each.slice(0, at), each.slice(at + 1)];
    }),
  );
  return addSignalsIn(folder, file, {
    ...{ video, time: time ?? null, timeUnit: timeUnit ?? null, rateHz: rate ?? null, columns, units, face: face ?? null, offsetS: offset },
  });
}
