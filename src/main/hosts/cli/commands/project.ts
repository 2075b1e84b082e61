import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { StudioError } from '../../../../shared/app/errors.ts';
import { sentenceOfFact } from '../../../../shared/app/facts.ts';
import type { LibraryVideo } from '../../../../shared/contract/project.ts';
import { EXPRESSIONS } from '../../../../shared/domain/expressions.ts';
import { importProject } from '../../../services/exchange/export-project.ts';
import { backupsOf, restoreBackup, runsIn, videosIn } from '../../../services/studio/project-overview.ts';
import { assignedFacesIn, setParticipantsIn } from '../../../services/study/participants.ts';
import type { TrialColumn } from '../../../services/study/trials.ts';
import { setTrialsIn, TRIAL_COLUMNS, trialsIn } from '../../../services/study/trials.ts';
import { EXIT, Output } from '../terminal/output.ts';

export function addProject(program: Command, done: (code: number) => void): void {
  const project = program.command('project').description('show the contents of a project');
  const json = ['--json', 'print one JSON object as the last line of standard output', false] as const;
  project
    .command('videos <folder>')
    .description('list its videos with the results of the newest run')
    .option(...json)
    .action(async (folder: string, options: { json: boolean }) => done(await videos(folder, new Output(options.json))));
  project
    .command('runs <folder>')
    .description('list its runs, newest first')
    .option(...json)
    .action(async (folder: string, options: { json: boolean }) => done(await runs(folder, new Output(options.json))));
  project
    .command('participants <folder>')
    .description('list the faces with their participants, or set them from a table')
    .option('--set <file>', 'a CSV: video, face_id, participant, session, condition; further columns are attributes of the participant')
    .option('--as <coder>', 'who makes the change, for the history', userInfo().username)
    .option(...json)
    .addHelpText('after', ABOUT_PARTICIPANTS)
    .action(async (folder: string, options: { set?: string; as: string; json: boolean }) => done(await participants(folder, options)));
  project
    .command('trials <folder>')
    .description('list the trials and markers, or set those of the videos that a table names')
    .option('--set <file>', 'a CSV: video, start_s, end_s (empty for a marker), trial, type, item, condition; or BIDS events.tsv; or a log')
    .option('--video <name>', 'the video of a table that names none')
    .option('--offset <s>', 'moment of the video at which the clock of the table begins', Number, 0)
    .option('--columns <column=name...>', 'names of columns in a log, for example start_s=image.started end_s=image.stopped item=imageFile', [])
    .option('--as <coder>', 'who makes the change, for the history', userInfo().username)
    .option(...json)
    .action(async (folder: string, options: TrialsOptions) => done(await trials(folder, options)));
  project
    .command('restore <folder>')
    .description('restore a backup; the current project file is kept under another name')
    .option('--backup <name>', 'a backup of --list (default, for a damaged project: the newest intact one)')
    .option('--list', 'list the backups and change nothing', false)
    .option(...json)
    .action((folder: string, options: { backup?: string; list: boolean; json: boolean }) => {
      restore(folder, options);
      done(EXIT.done);
    });
  project
    .command('import <file> <folder>')
    .description('create a project from an export (export --format json)')
    .option(...json)
    .action(async (file: string, folder: string, options: { json: boolean }) => {
      await importProject(file, folder);
      new Output(options.json).result({ project: folder }, `The project is in ${folder}.`);
      done(EXIT.done);
    });
}

interface TrialsOptions {
  set?: string;
  video?: string;
  offset: number;
  columns: string[];
  as: string;
  json: boolean;
}

async function trials(folder: string, { set, video, offset, columns, as, json }: TrialsOptions): Promise<number> {
  const output = new Output(json);
  const request = { video: video ?? null, offsetS: offset, columns: columnsOf(columns) };
  const edit = set === undefined ? null : await setTrialsIn(folder, set, request, as);
  const all = await trialsIn(folder);
  for (const { video: name, name: trial, type, item, condition, start_s, end_s } of all)
    output.line(
      [`${name}: ${type} ${trial}, ${end_s === null ? `at ${start_s} s` : `${start_s} to ${end_s} s`}`, item, condition]
        .filter((each) => each !== '')
        .join(', '),
    );
  const changed = edit?.changes.length ?? 0;
  output.result({ trials: all, changed }, set === undefined ? `${all.length} trials` : changed === 0 ? 'Nothing differs.' : `${changed} entries were changed.`);
  return EXIT.done;
}

function columnsOf(given: readonly string[]): Partial<Record<TrialColumn, string>> {
  return Object.fromEntries(
    given.map((each) => {
      const [column = '', ...name] = each.split('=');
      if (!(TRIAL_COLUMNS as readonly string[]).includes(column) || name.length === 0)
        throw new StudioError('wrong-usage/trial-column', { given: each, known: [...TRIAL_COLUMNS] });
      return [column, name.join('=')];
    }),
  );
}

const ABOUT_PARTICIPANTS = `
Rows of the table:
  with a face_id       the participant of this face; without a participant: a person who does not take part
  without a face_id    the participant of the whole video, for videos with one face
  without a video      condition and attributes of the participant
The narrowest condition counts: of the face, the video, the session, the participant.
Only what differs is written, as one step that can be undone. If a row cannot be used, nothing is changed.`;

async function participants(folder: string, { set, as, json }: { set?: string; as: string; json: boolean }): Promise<number> {
  const output = new Output(json);
  const edit = set === undefined ? null : await setParticipantsIn(folder, set, as);
  const faces = await assignedFacesIn(folder);
  for (const { video, face, participant, condition, session, missing } of faces) {
    const facts = [participant || (missing === 'not-a-participant' ? 'does not take part' : 'no participant'), condition, session].filter(
      (each) => each !== '',
    );
    output.line(`${video}${face === null ? '' : `, face ${face}`}: ${facts.join(', ')}`);
  }
  const changed = edit?.changes.length ?? 0;
  output.result({ faces, changed }, set === undefined ? `${faces.length} faces` : changed === 0 ? 'Nothing differs.' : `${changed} entries were changed.`);
  return EXIT.done;
}

function restore(folder: string, { backup, list, json }: { backup?: string; list: boolean; json: boolean }): void {
  const output = new Output(json);
  const backups = backupsOf(folder);
  if (list) {
    for (const { name, madeAt, reason, bytes } of backups) output.line(`${name}  ${madeAt}  ${reason}  ${(bytes / 1e6).toFixed(1)} MB`);
    output.result({ backups }, `${backups.length} backups`);
    return;
  }
  const restored = restoreBackup(folder, backup);
  output.result({ ...restored }, `Restored ${restored.backup}. The file that was there before is ${restored.kept}.`);
}

async function videos(folder: string, output: Output): Promise<number> {
  const all = await videosIn(folder);
  for (const { name, analysed, isMissing } of all) {
    const counts = EXPRESSIONS.map((label, i) => ({ label, count: analysed?.peaks[i] ?? 0 })).filter(({ count }) => count > 0);
    const peaks = counts.map(({ label, count }) => `${count} ${label}`).join(', ');
    output.line(
      `${isMissing ? 'MISSING  ' : ''}${name}: ${analysed === null ? 'not analysed' : `${analysed.status}, ${analysed.faces ?? 0} faces; peaks: ${peaks || 'none'}`}`,
    );
  }
  output.result({ videos: all.map((video) => ({ ...video, analysed: video.analysed === null ? null : inEnglish(video.analysed) })) }, `${all.length} videos`);
  return EXIT.done;
}

/** The form of summary.csv: a sentence for the failure, and the ids of warnings. */
function inEnglish({ failure, warnings, ...rest }: NonNullable<LibraryVideo['analysed']>): Record<string, unknown> {
  return { ...rest, error: failure === null ? '' : sentenceOfFact(failure), warnings: warnings.map(({ id }) => id) };
}

async function runs(folder: string, output: Output): Promise<number> {
  const all = await runsIn(folder);
  for (const { id, record, videos: count, ended } of all)
    output.line(
      `${id}  ${record.start}  ${record.model.id} on ${record.device}, ${count} videos${ended === null ? ', not ended' : ''}${record.warnings.length > 0 ? ` (${record.warnings.join('; ')})` : ''}`,
    );
  output.result({ runs: all.map(({ id, record, videos: count, ended }) => ({ id, videos: count, ended, ...record })) }, `${all.length} runs`);
  return EXIT.done;
}
