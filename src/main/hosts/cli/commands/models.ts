import type { Command } from 'commander';
import { UNITS_CAUTION } from '../../../../shared/domain/action-units.ts';
import { sentenceOfFact } from '../../../../shared/app/facts.ts';
import { noticeOf, sentencesOf } from '../../../../shared/app/notices.ts';
import { MODEL_FILE_ENDINGS } from '../../../../shared/domain/model-files.ts';
import type { ImportRequest } from '../../../services/models/import-model.ts';
import { importModel } from '../../../services/models/import-model.ts';
import { inspectModel, listManifests } from '../../../services/models/inspect-model.ts';
import type { ModelInspection } from '../../../services/models/inspect-model.ts';
import { numberBetween } from '../terminal/options.ts';
import { EXIT, Output } from '../terminal/output.ts';

export function addModels(program: Command, done: (code: number) => void): void {
  const models = program.command('models').description('list the models');
  models
    .command('list')
    .description('one line a model')
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .action(async ({ json }: { json: boolean }) => done(await list(new Output(json))));
  models
    .command('inspect')
    .description('parameters, multiply-adds, input, classes, provenance, hash')
    .argument('<id>', 'a model or its size, for example tiny')
    .option('--token-budget <share>', 'count multiply-adds by part at this token budget', numberBetween(0.01, 1))
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .action(async (id: string, { json, tokenBudget }: { json: boolean; tokenBudget?: number }) => done(await inspect(id, tokenBudget, new Output(json))));
  models
    .command('import')
    .description('import an AdaTosk network (.onnx) or the weights of an encoder of VideoMAE (.safetensors, or a checkpoint of PyTorch)')
    .argument('<file>', `the file, ${MODEL_FILE_ENDINGS.map((ending) => `.${ending}`).join(', ')}`)
    .option('--id <id>', 'id of the new model (default: the file name)')
    .option('--out <folder>', 'folder of the new model (default: in the folder of models)')
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .action(async (file: string, { id, out, json }: { id?: string; out?: string; json: boolean }) =>
      done(await importFile({ file, id: id ?? null, out: out ?? null }, new Output(json))),
    );
}

/** Largest number of names in a list. */
const NAMES_LISTED = 20;

async function importFile(request: ImportRequest, output: Output): Promise<number> {
  const outcome = await importModel(request);
  const { id, folder, size, trained, mapped, missing } = outcome;
  const left = outcome.left.map(({ name, reason }) => ({ name, reason: sentenceOfFact(reason) }));
  const notes = sentencesOf(outcome.notes);
  output.line(`${mapped} tensors taken over into a network of size ${size}`);
  for (const note of notes) output.line(note);
  output.line(`${left.length} left`);
  for (const { name, reason } of left.slice(0, NAMES_LISTED)) output.line(`  ${name}: ${reason}`);
  if (left.length > NAMES_LISTED) output.line(`  and ${left.length - NAMES_LISTED} more`);
  output.line(
    `${missing.length} weights keep their first values${missing.length === 0 ? '' : `: ${missing.slice(0, NAMES_LISTED).join(', ')}${missing.length > NAMES_LISTED ? ' …' : ''}`}`,
  );
  const next = trained ? '' : `\nFine-tune it before use: adatosk train --from ${JSON.stringify(request.out === null ? id : folder)} --data SET --out DIR`;
  output.result({ ...outcome, left, notes }, `The model ${id} is in ${folder}.${next}`);
  return EXIT.done;
}

async function list(output: Output): Promise<number> {
  const models = (await listManifests()).map((manifest) => ({ ...manifest, warnings: sentencesOf(manifest.warnings.map(noticeOf)) }));
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
    ...(model.actionUnits.length === 0 ? [] : [`action units ${model.actionUnits.join(', ')} (${UNITS_CAUTION})`]),
    `multiply-adds of a clip by token budget: ${Object.entries(model.macs)
      .map(([name, macs]) => `${name}${name === 'default' ? ` (${model.defaultTokenBudget})` : ''} ${giga(macs)}`)
      .join(', ')}`,
    `by part, at ${budget}:`,
    ...model.macsByPart.map(({ part, multiplyAdds }) => `  ${part.padEnd(12)} ${giga(multiplyAdds)}`),
    `provenance   ${model.provenance}`,
    ...model.warnings.map((warning) => `warning      ${warning}`),
  ];
}
