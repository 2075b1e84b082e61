import type { Command } from 'commander';
import { userInfo } from 'node:os';
import { StudioError } from '../../../../shared/app/errors.ts';
import type { CoderProgress, ConflictVersion } from '../../../../shared/contract/copies.ts';
import { progressIn } from '../../../services/study/coder-progress.ts';
import { conflictsIn, decideConflictIn } from '../../../services/study/conflicts.ts';
import { giveCopiesOf } from '../../../services/study/copies.ts';
import { mergeCopies } from '../../../services/study/merge-copies.ts';
import { assignedFacesIn, setParticipantsIn } from '../../../services/study/participants.ts';
import type { TrialColumn } from '../../../services/study/trials.ts';
import { setTrialsIn, TRIAL_COLUMNS, trialsIn } from '../../../services/study/trials.ts';
import { addFaceCommands } from './faces.ts';
import { addSignalCommands } from './signals.ts';
import { numberBetween, wholeBetween } from '../terminal/options.ts';
import { changesText } from '../terminal/changes.ts';
import { counted, EXIT, Output } from '../terminal/output.ts';

/** The commands of `adatosk project` about the people, trials and copies of a study. */
export function addStudy(project: Command, json: readonly [string, string, boolean], done: (code: number) => void): void {
  project
    .command('participants <folder>')
    .description('list the faces with their participants, or set them from a table')
    .option('--set <file>', 'a CSV: video, face_id, participant, session, condition; further columns are attributes of the participant')
    .option('--as <coder>', 'who makes the change, for the history', userInfo().username)
    .option(...json)
    .addHelpText('after', ABOUT_PARTICIPANTS)
    .action(async (folder: string, options: { set?: string; as: string; json: boolean }) => done(await participants(folder, options)));
  addFaceCommands(project, json, done);
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
  addSignalCommands(project, json, done);
  addCopies(project, json, done);
}

function addCopies(project: Command, json: readonly [string, string, boolean], done: (code: number) => void): void {
  project
    .command('give <folder>')
    .description('make a copy of the project for each coder, to be merged back later')
    .requiredOption('--coders <name...>', 'names of the coders')
    .requiredOption('--out <folder>', 'folder for the copies')
    .option('--videos <name...>', 'videos by name or id (default: all)', [])
    .option('--double <share>', 'share of the videos that all coders get; the others are divided among them', numberBetween(0, 1), 1)
    .option('--seed <n>', 'seed of the drawing', wholeBetween(0, 2 ** 31 - 1), 1)
    .option(...json)
    .action(async (folder: string, options: GiveOptions) => done(await give(folder, options)));
  project
    .command('merge <copies...>')
    .description('merge copies, or all copies in a folder, back into the project; a backup is made first')
    .requiredOption('--into <folder>', 'the project')
    .option(...json)
    .action(async (copies: string[], { into, json: isJson }: { into: string; json: boolean }) => done(await merge(copies, into, isJson)));
  project
    .command('conflicts <folder>')
    .description('list the labels that two copies changed in different ways, or decide one')
    .option('--keep <id>', 'the version in the project stays')
    .option('--take <id>', 'the other version replaces it')
    .option('--both <id>', 'the other version is added, where both can stand')
    .option('--as <coder>', 'who decides, for the history', userInfo().username)
    .option(...json)
    .action(async (folder: string, options: ConflictsOptions) => done(await conflicts(folder, options)));
  project
    .command('progress <folder>')
    .description('how far each coder is')
    .option(...json)
    .action(async (folder: string, { json: isJson }: { json: boolean }) => {
      const output = new Output(isJson);
      const coders = await progressIn(folder);
      for (const each of coders) output.line(progressLine(each));
      output.result({ coders }, `coders: ${coders.length}`);
      done(EXIT.done);
    });
}

function progressLine({ coder, given, inReview, done, videos, of, labels, peaks }: CoderProgress): string {
  const share = given === null ? `${videos} of ${of} videos with labels` : `${counted(given, 'video')} given, ${videos} with labels`;
  return `${coder}: ${share}; in review: ${inReview}, done: ${done}; labels: ${labels}, peaks: ${peaks}`;
}

interface ConflictsOptions {
  keep?: string;
  take?: string;
  both?: string;
  as: string;
  json: boolean;
}

interface GiveOptions {
  coders: string[];
  out: string;
  videos: string[];
  double: number;
  seed: number;
  json: boolean;
}

async function give(folder: string, { coders, out, videos, double, seed, json }: GiveOptions): Promise<number> {
  const output = new Output(json);
  const copies = await giveCopiesOf(folder, out, { coders, videos, doubleShare: double, seed });
  for (const copy of copies) output.line(`${copy.coder}: ${copy.folder}, videos: ${copy.videos}, of which all coders have ${copy.shared}`);
  output.result({ copies }, 'Merge them back with: adatosk project merge COPY... --into PROJECT');
  return EXIT.done;
}

async function merge(copies: readonly string[], into: string, json: boolean): Promise<number> {
  const output = new Output(json);
  const merged = await mergeCopies(copies, into);
  for (const { path, added, changed, deleted, conflicts: found, layers, coders } of merged) {
    output.line(`${path}: added ${added}, changed ${changed}, deleted ${deleted}, conflicts ${found}`);
    for (const { coder, ...each } of coders)
      if (each.added + each.changed + each.deleted > 0)
        output.line(`  ${coder}: labels added ${each.added}, changed ${each.changed}, deleted ${each.deleted}, equal ${each.equal}`);
    for (const { video, layer } of layers) output.line(`  changed in both: the labels of ${layer} in ${video}`);
  }
  const total = merged.reduce((sum, each) => sum + each.conflicts, 0);
  output.result({ merged }, total === 0 ? 'No conflicts.' : `Conflicts: ${total}. Both versions are kept; see: adatosk project conflicts ${into}`);
  return EXIT.done;
}

async function conflicts(folder: string, { keep, take, both, as, json }: ConflictsOptions): Promise<number> {
  const output = new Output(json);
  if (keep !== undefined) await decideConflictIn(folder, keep, 'kept', as);
  if (take !== undefined) await decideConflictIn(folder, take, 'other', as);
  if (both !== undefined) await decideConflictIn(folder, both, 'both', as);
  const open = await conflictsIn(folder);
  for (const { id, table, video, kept, other, canKeepBoth } of open)
    output.line(
      `${id}  ${table}${video === null ? '' : ` in ${video}`}${canKeepBoth ? ', both can stand' : ''}\n  kept:  ${brief(kept)}\n  other: ${brief(other)}`,
    );
  output.result({ conflicts: open }, `open conflicts: ${open.length}`);
  return EXIT.done;
}

function brief({ isDeleted, by, at, facts }: ConflictVersion): string {
  const author = [by, at].filter((each) => each !== null).join(', ');
  const words = isDeleted ? 'deleted' : facts.map(({ column, value }) => `${column} ${value}`).join(', ');
  return author === '' ? words : `${words} (${author})`;
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
  const changes = edit?.changes ?? [];
  output.result({ trials: all, changed: changes.length }, set === undefined ? counted(all.length, 'trial') : changesText(changes));
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
  const changes = edit?.changes ?? [];
  output.result({ faces, changed: changes.length }, set === undefined ? counted(faces.length, 'face') : changesText(changes));
  return EXIT.done;
}
