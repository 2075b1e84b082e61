import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NamedTensor } from '../../../../testing/pytorch-file.ts';
import { checkpointOf, safetensorsOf, text, videoMaeEncoder, whole } from '../../../../testing/pytorch-file.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import type { Fact } from '../../../shared/app/facts.ts';
import { sentenceOfFact } from '../../../shared/app/facts.ts';
import { readOnnx } from '../../adatosk/onnx/file.ts';
import { importModel } from './import-model.ts';

const WIDTH = 192;
const BLOCKS = 8;
const folder = await temporaryFolder();
let imports = 0;

async function imported(
  name: string,
  bytes: Uint8Array,
): Promise<Awaited<ReturnType<typeof importModel>> & { weights: ReturnType<typeof readOnnx>['weights'] }> {
  const own = join(folder, String((imports += 1)));
  const file = join(folder, name);
  await writeFile(file, bytes);
  const outcome = await importModel({ file, id: null, out: own });
  return { ...outcome, weights: readOnnx(await readFile(join(own, 'model.onnx'))).weights };
}

/** The error of an import, after which there is no model. */
async function refused(tensors: readonly NamedTensor[]): Promise<Fact> {
  const error = await imported('refused.pth', checkpointOf(tensors)).catch((reason: unknown) => reason as Fact);
  expect(existsSync(join(folder, String(imports)))).toBe(false);
  return error as Fact;
}

const changed = (tensors: readonly NamedTensor[], name: RegExp, change: (tensor: NamedTensor) => NamedTensor[]): NamedTensor[] =>
  tensors.flatMap((each) => (name.test(each.name) ? change(each) : [each]));
const zeros = (name: string, dims: number[]): NamedTensor => ({ name, dims, values: new Float32Array(dims.reduce((a, b) => a * b, 1)) });
const encoder = videoMaeEncoder(WIDTH, BLOCKS);

describe('the encoder of VideoMAE', () => {
  test('gives the same network from a checkpoint and from .safetensors', async () => {
    const [one, other] = [await imported('a.pth', checkpointOf(encoder)), await imported('a.safetensors', safetensorsOf(encoder))];
    expect(one).toMatchObject({ size: 'tiny', trained: false, mapped: encoder.length, left: [] });
    expect(one.weights).toEqual(other.weights);
    expect(one.missing.every((name) => /^(?:mask|head)\./.test(name))).toBe(true);
  });

  test.each([['module.'], ['backbone.'], ['module.encoder.'], ['_orig_mod.'], ['']])('is found with the prefix "%s"', async (prefix) => {
    const { mapped } = await imported('b.pt', checkpointOf(videoMaeEncoder(WIDTH, BLOCKS, prefix)));
    expect(mapped).toBe(encoder.length);
  });

  test('tells what was left: later blocks, decoder, head, norms, positions, other crops', async () => {
    const others = [
      zeros('decoder.blocks.0.norm1.weight', [4]),
      zeros('mask_token', [1, 1, 4]),
      zeros('head.weight', [400, WIDTH]),
      zeros('encoder.norm.weight', [WIDTH]),
      zeros('fc_norm.weight', [WIDTH]),
      zeros('pos_embed', [1, 1568, WIDTH]),
      zeros('teacher_temperature', [1]),
    ];
    const { left, notes } = await imported('c.pth', checkpointOf([...videoMaeEncoder(WIDTH, 12), ...others], [[text('input_size'), whole(224)]]));
    expect(left.filter(({ name }) => !name.includes('encoder.blocks')).map(({ name, reason }) => [name, reason.id])).toEqual([
      ['decoder.blocks.0.norm1.weight', 'import/decoder'],
      ['mask_token', 'import/decoder'],
      ['head.weight', 'import/head'],
      ['encoder.norm.weight', 'import/token-norm'],
      ['fc_norm.weight', 'import/last-norm'],
      ['pos_embed', 'import/positions'],
      ['teacher_temperature', 'import/no-counterpart'],
    ]);
    expect(notes.map((each) => sentenceOfFact(each))).toEqual([
      'The encoder fills a network of the size tiny: the tube embedding and 8 of its 12 blocks were taken over.',
      'The last 4 blocks were left: the network has no place for them.',
      '2 tensors of the decoder were left. Fine-tuning does not need them.',
      'The head was left: it names other classes.',
      'The normalisation after the last block was left. Fine-tuning learns it again.',
      'Learned positions were left. The positions of the network are fixed.',
      'The encoder was trained on pictures of 224 pixels. The network reads crops of 112 pixels, with the fixed positions for this size.',
      '1 other tensor was left.',
      'The mask and the head begin with random values. Fine-tune the model before use.',
    ]);
  });

  test('with as many blocks as the network keeps its last norm', async () => {
    const norm = { name: 'fc_norm.weight', dims: [WIDTH], values: new Float32Array(WIDTH).fill(0.5) };
    const { weights } = await imported('d.pth', checkpointOf([...encoder, norm]));
    expect(weights.get('head.norm.weight')!.values.every((value) => value === 0.5)).toBe(true);
  });

  test('without biases of queries and values has biases of zero', async () => {
    const { weights } = await imported('e.pth', checkpointOf(encoder.filter(({ name }) => !/[qv]_bias/.test(name))));
    expect(weights.get('blocks.0.attn.q.bias')!.values.every((value) => value === 0)).toBe(true);
  });

  test('with one bias of queries, keys and values loses that of the keys, which changes nothing', async () => {
    const joint = (block: number): NamedTensor => {
      const name = `encoder.blocks.${block}.attn.qkv.bias`;
      return { name, dims: [3 * WIDTH], values: Float32Array.from({ length: 3 * WIDTH }, (_, i) => i) };
    };
    const tensors = [...encoder.filter(({ name }) => !/[qv]_bias/.test(name)), ...Array.from({ length: BLOCKS }, (_, i) => joint(i))];
    const { weights } = await imported('f.pth', checkpointOf(tensors));
    expect([weights.get('blocks.1.attn.q.bias')!.values[1], weights.get('blocks.1.attn.v.bias')!.values[1]]).toEqual([1, 2 * WIDTH + 1]);
  });
});

describe('nothing is imported from an encoder that would be incomplete or another one', () => {
  test('MAE-DFER: its blocks have no place', async () => {
    const lgi = ['first', 'second', 'third'].map((part) => zeros(`encoder.blocks.0.${part}_attn.q.weight`, [WIDTH, WIDTH]));
    const error = await refused([...encoder, ...lgi, zeros('encoder.lg_region_tokens', [8, WIDTH])]);
    expect(error).toMatchObject({ id: 'model-invalid/mae-dfer', parameters: { own: 4, total: encoder.length + 4, width: WIDTH, blocks: BLOCKS } });
  });

  test('a missing weight', async () => {
    const error = await refused(encoder.filter(({ name }) => !name.endsWith('blocks.7.mlp.fc2.bias')));
    expect(error).toMatchObject({ id: 'model-invalid/incomplete-encoder', parameters: { name: 'blocks.7.mlp.fc2.bias', count: 1 } });
  });

  test('fewer blocks than the network', async () => {
    expect(await refused(videoMaeEncoder(WIDTH, 4))).toMatchObject({ id: 'model-invalid/incomplete-encoder' });
  });

  test('a weight of another shape, and one that the blocks here do not have', async () => {
    const narrow = changed(encoder, /blocks\.2\.mlp\.fc1\.weight/, (each) => [zeros(each.name, [7, WIDTH])]);
    expect(await refused(narrow)).toMatchObject({ id: 'model-invalid/other-blocks', parameters: { count: 1 } });
    const error = await refused([...encoder, zeros('encoder.blocks.2.gamma_1', [WIDTH])]);
    expect(error).toMatchObject({ id: 'model-invalid/other-blocks' });
    expect(sentenceOfFact(error)).toContain('encoder.blocks.2.gamma_1: has no counterpart.');
  });

  test('tubes of another size, pictures, and another width', async () => {
    const long = changed(encoder, /proj\.weight/, (each) => (each.name.includes('patch_embed') ? [zeros(each.name, [WIDTH, 3, 4, 16, 16])] : [each]));
    expect(await refused(long)).toMatchObject({ id: 'model-invalid/other-tubes', parameters: { found: '3 x 4 x 16 x 16' } });
    const pictures = changed(encoder, /patch_embed\.proj\.weight/, (each) => [zeros(each.name, [WIDTH, 3, 16, 16])]);
    expect(await refused(pictures)).toMatchObject({ id: 'model-invalid/other-tubes' });
    expect(await refused(videoMaeEncoder(16, 1))).toMatchObject({ id: 'model-invalid/width' });
    expect(await refused([zeros('queue', [4])])).toMatchObject({ id: 'model-invalid/no-tubes' });
  });

  test('values that are not finite', async () => {
    const broken = changed(encoder, /blocks\.3\.norm1\.bias/, (each) => [{ ...each, values: new Float32Array(WIDTH).fill(NaN) }]);
    expect(await refused(broken)).toMatchObject({
      id: 'model-invalid/unreadable',
      parameters: { detail: "'encoder.blocks.3.norm1.bias' has values that are not finite" },
    });
  });

  test('names with control characters', async () => {
    expect(await refused([...encoder, zeros('a\u001b[2J', [1])])).toMatchObject({ id: 'model-invalid/unreadable' });
  });
});
