import type { Command } from 'commander';
import { findListableVideos } from '../../../services/analysis/shards/frozen-list.ts';
import { EXIT } from '../terminal/output.ts';

export function addList(program: Command, done: (code: number) => void): void {
  program
    .command('list')
    .description('list videos, one path a line, for analyze --list')
    .argument('<path...>', 'videos or folders; subfolders are included')
    .action(async (paths: string[]) => {
      const { videos, problems } = await findListableVideos(paths);
      for (const { sentence } of problems) process.stderr.write(`adatosk: ${sentence}\n`);
      process.stdout.write(videos.map(({ path }) => `${path}\n`).join(''));
      done(problems.length > 0 ? EXIT.someFailed : EXIT.done);
    });
}
