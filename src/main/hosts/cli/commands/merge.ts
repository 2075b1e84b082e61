import type { Command } from 'commander';
import { resolve } from 'node:path';
import { mergeParts } from '../../../services/analysis/shards/merge-parts.ts';
import { EXIT, Output, stopOnRequest } from '../terminal/output.ts';

interface MergeOptions {
  project?: string;
  allowFailures: boolean;
  json: boolean;
}

export function addMerge(program: Command, done: (code: number) => void): void {
  program
    .command('merge')
    .description('make the tables of an analysis from the parts that its shards have written')
    .argument('<out>', 'the folder of analyze --out')
    .option('--project <folder>', 'also store the run in this project; creates the project if necessary')
    .option('--allow-failures', 'exit with 0 even if videos failed or are missing', false)
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .action(async (out: string, options: MergeOptions) => done(await merge(out, options)));
}

async function merge(out: string, options: MergeOptions): Promise<number> {
  const output = new Output(options.json);
  const signal = stopOnRequest();
  const onProgress = (finished: number, of: number): void => {
    if (process.stderr.isTTY && (finished % 100 === 0 || finished === of)) process.stderr.write(`\r${finished} of ${of}${finished === of ? '\n' : ''}`);
  };
  const { videos, done: finished, failed, missing, record } = await mergeParts({ out, project: options.project ?? null }, onProgress, signal);
  const folder = resolve(out);
  const text = `${finished} of ${videos} done, ${failed} failed, ${missing} missing; tables in ${folder}`;
  output.result({ videos, done: finished, failed, missing, out: folder, model: record.model.id, device: record.device, shards: record.shards ?? 1 }, text);
  if (missing > 0) process.stderr.write(`Which shards to run again: adatosk status ${out}\n`);
  return failed + missing > 0 && !options.allowFailures ? EXIT.someFailed : EXIT.done;
}
