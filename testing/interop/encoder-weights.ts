import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Graph } from '../../src/main/adatosk/graph/graph.ts';
import type { NetworkSize, SizeName } from '../../src/main/adatosk/model/config.ts';
import { FRAMES_PER_CLIP, SIZES } from '../../src/main/adatosk/model/config.ts';
import { blocks } from '../../src/main/adatosk/model/encoder.ts';
import { patchEmbed, positionsOf, tubesOf } from '../../src/main/adatosk/model/patch-embed.ts';
import { readOnnx, writeOnnx } from '../../src/main/adatosk/onnx/file.ts';
import * as ort from '../../src/main/adatosk/runtime/onnxruntime.ts';
import { command } from '../command.ts';
import type { InteropCheck, InteropRow } from './interop-check.ts';

/** Largest absolute difference of two features. */
const TOLERANCE = 1e-4;

interface Case {
  readonly what: string;
  readonly file: string;
}
interface EqualCase extends Case {
  readonly size: SizeName;
  /** Beginning of the names of the files with the clip and the features. */
  readonly reference: string;
  readonly layers: readonly string[];
}
interface RefusedCase extends Case {
  /** Part of the error. */
  readonly error: string;
  /** A file that the checkpoint would make if something in it ran. */
  readonly effect: string | null;
}

/**
 * `models import` of checkpoints that PyTorch wrote: after the tube embedding and after each block, the features of the imported
 * network must be those that PyTorch computes. Checkpoints that cannot be imported must be refused with the reason.
 */
export const ENCODER_WEIGHTS: InteropCheck = {
  python: ['torch==2.15.0', 'numpy==2.2.6', 'safetensors==0.8.0'],
  programs: [],
  async *rows(folder, interpreter) {
    execFileSync(interpreter, [fileURLToPath(new URL('videomae.py', import.meta.url)), folder], { stdio: 'inherit' });
    const { torch, cases } = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as { torch: string; cases: (EqualCase | RefusedCase)[] };
    for (const each of cases) yield 'error' in each ? await refusedRow(folder, each, torch) : await equalRow(folder, each, torch);
  },
};

async function refusedRow(folder: string, { what, file, error, effect }: RefusedCase, torch: string): Promise<InteropRow> {
  const out = join(folder, 'refused');
  const { code, stderr } = await command('models', 'import', join(folder, file), '--out', out);
  const ran = effect !== null && existsSync(effect);
  const passed = code !== 0 && stderr.includes(error) && !existsSync(out) && !ran;
  return {
    format: `${file} (${what}, PyTorch ${torch})`,
    reader: 'models import',
    expected: 'refused',
    passed,
    detail: ran ? 'IT RAN' : `refused: ${stderr.trim().slice(0, 100)}…`,
  };
}

async function equalRow(folder: string, { what, file, size, reference, layers }: EqualCase, torch: string): Promise<InteropRow> {
  const format = `${file} (${what}, PyTorch ${torch})`;
  const out = join(folder, 'imported');
  rmSync(out, { recursive: true, force: true });
  const { code, stderr, json } = await command('models', 'import', join(folder, file), '--out', out, '--json');
  if (code !== 0) return { format, reader: 'models import', expected: 'equal', passed: false, detail: stderr };
  const features = await featuresOf(SIZES[size], join(out, 'model.onnx'), floatsIn(join(folder, `${reference}.clip`)), layers);
  let [worst, at, largest] = [0, '', 0];
  for (const layer of layers) {
    const expected = floatsIn(join(folder, `${reference}.${layer}`));
    const found = features.get(layer);
    if (found?.length !== expected.length) return { format, reader: 'models import', expected: 'equal', passed: false, detail: `${layer}: other shape` };
    for (let i = 0; i < expected.length; i++) {
      const difference = Math.abs(found[i]! - expected[i]!);
      largest = Math.max(largest, Math.abs(expected[i]!));
      if (!(difference <= worst)) [worst, at] = [difference, layer];
    }
  }
  const detail = `${layers.length} layers, ${String(json['mapped'])} tensors; largest difference ${worst.toExponential(1)} (${at}), largest value ${largest.toFixed(1)}`;
  return { format, reader: `models import (${String(json['size'])})`, expected: 'equal', passed: json['size'] === size && worst <= TOLERANCE, detail };
}

/** The encoder of a network without its soft mask, with every layer as an output. It has the same parameters and is made by the same functions. */
function encoderGraph(size: NetworkSize): Graph {
  const graph = new Graph(`encoder-${size.name}`);
  const clip = graph.input('clip', ['batch', FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3]);
  const embedded = patchEmbed(tubesOf(clip), size.width);
  graph.output('patch_embed', embedded);
  let x = embedded.add(positionsOf(graph, size));
  graph.output('positions', x);
  for (let i = 0; i < size.blocks; i++) {
    x = blocks(x, i, i + 1, size.heads);
    graph.output(`block_${i}`, x);
  }
  return graph;
}

async function featuresOf(size: NetworkSize, model: string, clip: Float32Array, layers: readonly string[]): Promise<Map<string, Float32Array>> {
  const { weights } = readOnnx(readFileSync(model));
  const graph = encoderGraph(size);
  const bytes = writeOnnx(graph, (name) => weights.get(name)!.values, 0);
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const outputs = await session.run({ clip: new ort.Tensor('float32', clip, [1, FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3]) }, [...layers]);
  await session.release();
  return new Map(layers.map((layer) => [layer, outputs[layer]!.data as Float32Array]));
}

function floatsIn(path: string): Float32Array {
  return new Float32Array(Uint8Array.from(readFileSync(path)).buffer);
}
