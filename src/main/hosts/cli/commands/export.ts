import { relative } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { LanguageCode } from '../../../../shared/app/action-texts.ts';
import { LANGUAGES } from '../../../../shared/app/action-texts.ts';
import { StudioError } from '../../../../shared/app/errors.ts';
import { sentencesOf } from '../../../../shared/app/notices.ts';
import type { ExportFormat, HidingStyle, SoundChoice, VideoNaming } from '../../../../shared/domain/export-formats.ts';
import {
  CSV_FORMATS,
  deidentificationSchema,
  EXPORT_FORMATS,
  HIDING_STYLES,
  isCsvFormat,
  isProjectFormat,
  isVideoFormat,
  SOUND_CHOICES,
  VIDEO_FORMATS,
  VIDEO_NAMINGS,
} from '../../../../shared/domain/export-formats.ts';
import type { ReadableFormatName } from '../../../services/settings/defaults.ts';
import { READABLE_FORMATS } from '../../../services/settings/defaults.ts';
import { exportAnnotations } from '../../../services/exchange/exchange-annotations.ts';
import { ExportProgress } from '../../../services/exchange/export-tables.ts';
import { startChildProcessEngine } from '../../../services/studio/processes.ts';
import { deidentifiedOf } from '../../../services/studio/project-overview.ts';
import { exportProject } from '../../../services/exchange/export-project.ts';
import { importIntoProject } from '../../../services/exchange/import-labels.ts';
import type { LayerTarget } from '../terminal/options.ts';
import { numberBetween, readLayerTarget, readMapping, repeated } from '../terminal/options.ts';
import { counted, EXIT, Output, stopOnRequest } from '../terminal/output.ts';
import { TaskLine } from '../terminal/progress-line.ts';

interface ExportOptions {
  project: string;
  format: ExportFormat;
  run?: string;
  layers: string[];
  videos: string[];
  out: string;
  forExcel?: LanguageCode | true;
  style?: HidingStyle;
  sound?: SoundChoice;
  fileNames?: VideoNaming;
  showMissed?: true;
  json: boolean;
}

interface ImportOptions {
  project: string;
  video: string;
  as: string;
  format?: ReadableFormatName;
  recording?: string;
  fps?: number;
  layer: string[];
  to: LayerTarget[];
  map: string[];
  partly: boolean;
  json: boolean;
}

export function addExport(program: Command, done: (code: number) => void): void {
  program
    .command('export')
    .description('export results of a project: tables, labels, statistics, a report, everything as JSON, labels for another tool, or de-identified videos')
    .requiredOption('--project <folder>', 'the project')
    .addOption(new Option('--format <name>', 'what to write').choices(EXPORT_FORMATS).default('tables'))
    .option('--run <id>', 'run for tables and logs (see: adatosk project runs; default: the newest of each video)')
    .option('--layers <name...>', "names of coders, 'model' or 'adjudicated' (default: all)", [])
    .option('--videos <name...>', 'videos by name or id (default: all)', [])
    .addOption(
      new Option(
        '--for-excel [language]',
        'CSV tables as Excel opens them: UTF-8 with a byte order mark, with the separator and the decimal mark of a language',
      ).choices(LANGUAGES),
    )
    .addOption(new Option('--style <name>', 'deidentified: how faces are hidden (default: cover, the safest)').choices(HIDING_STYLES))
    .addOption(
      new Option('--sound <name>', 'deidentified: what becomes of the sound (default: muted, because a voice identifies a person)').choices(SOUND_CHOICES),
    )
    .addOption(new Option('--file-names <name>', 'deidentified: names of the new videos (default: numbers)').choices(VIDEO_NAMINGS))
    .option('--show-missed', 'deidentified: leave the picture visible where a tracked face is not detected (default: the whole picture is hidden)')
    .requiredOption('--out <folder>', 'folder for the files; for deidentified, an empty one')
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .action(async (options: ExportOptions) => done(await write(options)));
  program
    .command('import <file>')
    .description('import labels of another tool into the layer of a coder, as one step that can be undone')
    .requiredOption('--project <folder>', 'the project')
    .requiredOption('--video <name>', 'the video in the library, by its name or id')
    .requiredOption('--as <coder>', 'whose labels they become')
    .addOption(new Option('--format <name>', 'format of the file (default: by its file extension)').choices(READABLE_FORMATS))
    .option('--recording <name>', 'the recording, where a file has several: an observation, a task, a video of a table (default: by the name of the video)')
    .option('--fps <rate>', 'frames per second, for a file that counts frames (default: of the file, then of the video)', numberBetween(0.001, 10_000))
    .option('--layer <name>', 'a layer of the file; can be repeated (default: all)', repeated(String), [])
    .option('--to <layer=coder:face>', 'coder, or coder and face, of a layer of the file; can be repeated', repeated(readLayerTarget), [])
    .option('--map <label=name...>', "labels of the project for labels of the file; 'label=' skips one", [])
    .option('--partly', 'import the rest where some labels cannot be imported', false)
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .action(async (file: string, options: ImportOptions) => {
      await importFile(file, options);
      done(EXIT.done);
    });
}

async function importFile(file: string, { project, video, as, format, recording, fps, layer, to, map, partly, json }: ImportOptions): Promise<void> {
  const named = [...to, ...layer.filter((name) => !to.some((each) => each.name === name)).map((name) => ({ name }))];
  const placement = { file, video, recording, fps, format, layers: named.length === 0 ? null : named };
  const { labels, peaks, known, problems, notes } = await importIntoProject(project, [placement], { coder: as, mapping: readMapping(map), partly });
  const output = new Output(json);
  for (const problem of sentencesOf(problems)) output.line(`not placed: ${problem}`);
  for (const note of sentencesOf(notes)) output.line(`note: ${note}`);
  const owners = [...new Set([...to.map(({ coder }) => coder ?? as), ...(named.length > to.length || named.length === 0 ? [as] : [])])];
  const what = `${counted(labels, 'label')}${peaks > 0 ? ` and ${counted(peaks, 'peak')}` : ''}`;
  output.result(
    { labels, peaks, known, problems: sentencesOf(problems), notes: sentencesOf(notes) },
    `${what} ${labels === 1 && peaks === 0 ? 'is' : 'are'} now ${owners.join("'s and ")}'s${known > 0 ? `; ${known} were there already` : ''}`,
  );
}

/** More names would fill the screen. */
const MOST_NAMES = 20;

const writtenText = (files: readonly string[], out: string): string =>
  files.length > MOST_NAMES ? `written: ${files.length} files in ${out}` : `written in ${out}: ${files.map((file) => relative(out, file)).join(', ')}`;

const VIDEO_OPTIONS = ['style', 'sound', 'fileNames', 'showMissed'] as const satisfies readonly (keyof ExportOptions)[];
const optionName = (name: (typeof VIDEO_OPTIONS)[number]): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Writes de-identified videos. The first Ctrl+C stops: videos that are complete stay. */
async function writeVideos({ project, run, videos, out, style, sound, fileNames, showMissed }: ExportOptions, output: Output): Promise<number> {
  const options = deidentificationSchema.parse({ style, sound, names: fileNames, hideMissed: showMissed === undefined });
  const line = new TaskLine();
  const progress = new ExportProgress((done, total) => line.share('writing videos, frames', done, total), stopOnRequest());
  const request = { videos, run: run ?? null, options };
  const { files, losses } = await deidentifiedOf(project, request, out, startChildProcessEngine, progress).finally(() => line.clear());
  for (const loss of sentencesOf(losses)) output.line(`note: ${loss}`);
  output.result({ files, losses: sentencesOf(losses) }, writtenText(files, out));
  return EXIT.done;
}

async function write(options: ExportOptions): Promise<number> {
  const { project, format, run, layers, videos, out, forExcel, json } = options;
  const output = new Output(json);
  if (forExcel !== undefined && !isCsvFormat(format)) throw new StudioError('wrong-usage/not-for-excel', { format, formats: [...CSV_FORMATS] });
  if (isVideoFormat(format)) return writeVideos(options, output);
  const given = VIDEO_OPTIONS.filter((name) => options[name] !== undefined);
  if (given[0] !== undefined) throw new StudioError('wrong-usage/needs', { option: optionName(given[0]), needed: `--format ${VIDEO_FORMATS[0]}` });
  const excelLanguage = forExcel === true ? Intl.DateTimeFormat().resolvedOptions().locale : forExcel;
  if (isProjectFormat(format)) {
    const { files, losses } = await exportProject(project, { format, run: run ?? null, layers, videos, excelLanguage }, out);
    for (const loss of sentencesOf(losses)) output.line(`note: ${loss}`);
    output.result({ files, losses: sentencesOf(losses) }, writtenText(files, out));
  } else {
    const { files, losses } = await exportAnnotations(project, format, layers, videos, out);
    for (const loss of sentencesOf(losses)) output.line(`note: ${loss}`);
    output.result({ files, losses: sentencesOf(losses) }, `written: ${files.length} ${files.length === 1 ? 'file' : 'files'} in ${out}`);
  }
  return EXIT.done;
}
