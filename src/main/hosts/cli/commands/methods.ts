import type { Command } from 'commander';
import { methodsText, readMethodsFacts } from '../../../services/exchange/methods.ts';
import { EXIT, Output } from '../terminal/output.ts';

export function addMethods(program: Command, done: (code: number) => void): void {
  program
    .command('methods <path>')
    .description('a paragraph for the methods section: of a run.json, the folder of an analysis, or the newest run of a project')
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .action(async (path: string, { json }: { json: boolean }) => {
      const facts = await readMethodsFacts(path);
      const text = methodsText(facts);
      new Output(json).result({ text, ...facts }, text);
      done(EXIT.done);
    });
}
