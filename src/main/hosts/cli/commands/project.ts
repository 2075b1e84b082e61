import type { Command } from 'commander';
import { sentenceOfFact } from '../../../../shared/app/facts.ts';
import type { LibraryVideo } from '../../../../shared/contract/project.ts';
import { EXPRESSIONS } from '../../../../shared/domain/expressions.ts';
import { importProject } from '../../../services/exchange/export-project.ts';
import { backupsOf, restoreBackup, runsIn, videosIn } from '../../../services/studio/project-overview.ts';
import { counted, EXIT, Output } from '../terminal/output.ts';
import { addStudy } from './study.ts';

export function addProject(program: Command, done: (code: number) => void): void {
  const project = program.command('project').description('look into a project; set its participants and trials; give out and merge copies; restore a backup');
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
  addStudy(project, json, done);
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
      `${isMissing ? 'MISSING  ' : ''}${name}: ${analysed === null ? 'not analysed' : `${analysed.status}, ${counted(analysed.faces ?? 0, 'face')}; peaks: ${peaks || 'none'}`}`,
    );
  }
  output.result(
    { videos: all.map((video) => ({ ...video, analysed: video.analysed === null ? null : inEnglish(video.analysed) })) },
    counted(all.length, 'video'),
  );
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
      `${id}  ${record.start}  ${record.model.id} on ${record.device}, ${counted(count, 'video')}${ended === null ? ', not ended' : ''}${record.warnings.length > 0 ? ` (${record.warnings.join('; ')})` : ''}`,
    );
  output.result({ runs: all.map(({ id, record, videos: count, ended }) => ({ id, videos: count, ended, ...record })) }, counted(all.length, 'run'));
  return EXIT.done;
}
