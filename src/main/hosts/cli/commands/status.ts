import type { Command } from 'commander';
import { statusOf } from '../../../services/analysis/shards/shard-status.ts';
import type { RunStatus } from '../../../services/analysis/shards/shard-status.ts';
import { EXIT, Output } from '../terminal/output.ts';

export function addStatus(program: Command, done: (code: number) => void): void {
  program
    .command('status')
    .description('show which videos and shards of an analysis are done, failed or missing')
    .argument('<out>', 'the folder of analyze --out')
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .action(async (out: string, { json }: { json: boolean }) => {
      const status = await statusOf(out);
      const output = new Output(json);
      if (!json) for (const line of linesOf(status)) output.line(line);
      output.result({ ...status }, summaryOf(status));
      done(status.failed + status.missing > 0 ? EXIT.someFailed : EXIT.done);
    });
}

/** One line for each shard that is not complete. */
function linesOf({ shards, missingVideos, missing }: RunStatus): string[] {
  const open = shards.filter((shard) => shard.missing > 0 || shard.failed > 0);
  const lines = open.map(
    ({ index, state, host, videos, done, failed, missing: absent }) =>
      `shard ${index}: ${state}${host === null ? '' : ` on ${host}`}, ${done} of ${videos} done, ${failed} failed, ${absent} missing`,
  );
  const more = missing > missingVideos.length ? [`  … and ${missing - missingVideos.length} more`] : [];
  return [...lines, ...missingVideos.map((name) => `  missing: ${name}`), ...more];
}

function summaryOf({ videos, done, failed, missing, submitAgain, shards }: RunStatus): string {
  const again = submitAgain === '' ? '' : `; run again: ${submitAgain} of ${shards.length}`;
  return `${done} of ${videos} done, ${failed} failed, ${missing} missing${again}`;
}
