import type { Command } from 'commander';
import { compareRuns } from '../../../services/analysis/runs/compare-runs.ts';
import { numberBetween } from '../terminal/options.ts';
import { EXIT, Output } from '../terminal/output.ts';

interface CompareOptions {
  tolerance: number;
  json: boolean;
}

export function addCompare(program: Command, done: (code: number) => void): void {
  program
    .command('compare')
    .description('say what differs between the tables of two analyses; ends with 1 if anything does')
    .argument('<run1>', 'the folder of analyze --out')
    .argument('<run2>', 'another one')
    .option('--tolerance <x>', 'largest difference of two numbers that counts as equal', numberBetween(0, 1e9), 0)
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .action(async (first: string, second: string, options: CompareOptions) => done(await compare(first, second, options)));
}

async function compare(first: string, second: string, { tolerance, json }: CompareOptions): Promise<number> {
  const output = new Output(json);
  const { equal, tables, settings } = await compareRuns(first, second, tolerance);
  for (const { name, first: ours, second: theirs } of settings) output.line(`${name}: ${JSON.stringify(ours)}, then ${JSON.stringify(theirs)}`);
  for (const { table, rows, onlyInFirst, onlyInSecond, differing, largest, examples } of tables) {
    const columns = Object.entries(largest).map(([name, value]) => `${name} by ${Number(value.toPrecision(3))}`);
    const counts = `${rows[0]} and ${rows[1]} rows, ${onlyInFirst} only in the first, ${onlyInSecond} only in the second, ${differing} differ`;
    output.line(`${table}: ${counts}${columns.length === 0 ? '' : `; numbers differ up to: ${columns.join(', ')}`}`);
    for (const example of examples) output.line(`  ${example}`);
  }
  output.result({ equal, tolerance, tables, settings }, equal ? 'equal' : 'not equal');
  return equal ? EXIT.done : EXIT.someFailed;
}
