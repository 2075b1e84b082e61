import type { Command } from 'commander';
import { inspectModel, listManifests } from '../../services/inspect-model.ts';
import type { ModelInspection } from '../../services/inspect-model.ts';
import { numberBetween } from '../options.ts';
import { EXIT, Output } from '../output.ts';

export function addModels(program: Command, done: (code: number) => void): void {
  const models = program.command('models').description('the models that are there');
  models
    .command('list')
    .description('one line a model')
    .option('--json', 'one JSON object on the last line of standard output', false)
    .action(async ({ json }: { json: boolean }) => done(await list(new Output(json))));
  models
    .command('inspect')
    .description('parameters, multiply-adds, input, classes, provenance, hash')
    .argument('<id>', 'a model or its size, for example tiny')
    .option('--token-budget <share>', 'count multiply-adds by part at this token budget', numberBetween(0.01, 1))
    .option('--json', 'one JSON object on the last line of standard output', false)
    .action(async (id: string, { json, tokenBudget }: { json: boolean; tokenBudget?: number }) => done(await inspect(id, tokenBudget, new Output(json))));
}

async function list(output: Output): Promise<number> {
  const models = await listManifests();
  output.result({ models }, models.length === 0 ? 'no model' : models.map(modelLine).join('\n'));
  return EXIT.done;
}

function modelLine({ id, name, trained }: { id: string; name: string; trained: boolean }): string {
  return `${id.padEnd(16)} ${name}${trained ? '' : ' (untrained weights)'}`;
}

async function inspect(id: string, budget: number | undefined, output: Output): Promise<number> {
  const inspection = await inspectModel(id, budget);
  for (const line of describe(inspection, budget ?? inspection.defaultTokenBudget)) output.line(line);
  output.result({ ...inspection }, `sha256       ${inspection.sha256}`);
  return EXIT.done;
}

function describe(model: ModelInspection, budget: number): string[] {
  const giga = (macs: number): string => `${(macs / 1e9).toFixed(2)} G`;
  const { clip } = model;
  return [
    `model        ${model.id} (${model.size})${model.trained ? '' : ', untrained weights: numbers mean nothing yet'}`,
    `parameters   ${(model.parameters / 1e6).toFixed(2)} M`,
    `input        ${clip.frames} frames of ${clip.width} x ${clip.height}, ${clip.sampleRateHz} a second; ${model.tokens} tokens`,
    `classes      ${model.classes.join(', ')}`,
    `multiply-adds of a clip by token budget: ${Object.entries(model.macs)
      .map(([name, macs]) => `${name}${name === 'default' ? ` (${model.defaultTokenBudget})` : ''} ${giga(macs)}`)
      .join(', ')}`,
    `by part, at ${budget}:`,
    ...model.macsByPart.map(({ part, multiplyAdds }) => `  ${part.padEnd(12)} ${giga(multiplyAdds)}`),
    `provenance   ${model.provenance}`,
    ...model.warnings.map((warning) => `warning      ${warning}`),
  ];
}
