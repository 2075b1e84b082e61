import type { Command } from 'commander';
import { Option } from 'commander';
import type { ProjectFormat } from '../../services/export-project.ts';
import { exportProject, PROJECT_FORMATS } from '../../services/export-project.ts';
import { EXIT, Output } from '../output.ts';

interface ExportOptions {
  project: string;
  format: ProjectFormat;
  run?: string;
  out: string;
  json: boolean;
}

export function addExport(program: Command, done: (code: number) => void): void {
  program
    .command('export')
    .description("write a project's results: tables as `analyze` writes them, or everything as open JSON")
    .requiredOption('--project <folder>', 'the project')
    .addOption(new Option('--format <name>', 'what to write').choices(PROJECT_FORMATS).default('tables'))
    .option('--run <id>', 'which run (see: adatosk project runs); the newest unless given')
    .requiredOption('--out <folder>', 'where the files go')
    .option('--json', 'one JSON object on the last line of standard output', false)
    .action(async ({ project, format, run, out, json }: ExportOptions) => {
      const files = await exportProject(project, format, run ?? null, out);
      new Output(json).result({ files }, `written: ${files.join(', ')}`);
      done(EXIT.done);
    });
}
