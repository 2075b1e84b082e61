import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { command, startCommand } from '../../../../testing/command.ts';
import { call, checkpoint, global, safetensorsOf, text as pickledText, videoMaeEncoder } from '../../../../testing/pytorch-file.ts';
import { ffmpeg, ONE_FACE, temporaryFolder } from '../../../../testing/videos.ts';
import { readOnnx } from '../../adatosk/onnx/file.ts';

const folder = await temporaryFolder();
const at = (...parts: string[]): string => join(folder, ...parts);
/** Options for a fast training: a few steps of four clips. */
const QUICK = ['--batch', '4', '--epochs', '2,2,2', '--device', 'cpu', '--faces', at('faces')];

interface Line {
  step: number;
  loss?: number;
  phase?: string;
  validation?: boolean;
}

async function curve(out: string): Promise<Line[]> {
  const text = await readFile(join(out, 'training', 'metrics.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** Eight clips of one composite face. The classes differ in colour, which is sufficient to test learning. */
beforeAll(async () => {
  await mkdir(at('set'));
  const rows = ['path,label,participant,onset_s,apex_s,offset_s,group'];
  for (let i = 0; i < 8; i++) {
    const filter = i % 2 === 0 ? 'null' : 'hue=h=120';
    await ffmpeg('-ss', String(0.1 * i), '-i', ONE_FACE, '-t', '2', '-vf', filter, at('set', `${i}.mp4`));
    rows.push(`${i}.mp4,${i % 2 === 0 ? 'neutral' : 'happiness'},P${i >> 1},${i % 2 === 0 ? ',,' : '0.4,0.9,1.6'},${i < 4 ? 'first' : 'second'}`);
  }
  await writeFile(at('set', 'set.csv'), rows.join('\n'));
});

describe('training from the command line', () => {
  test('writes a model with its provenance that analyze and evaluate accept', async () => {
    const trained = await command('train', '--data', at('set', 'set.csv'), '--out', at('model'), ...QUICK, '--json');
    expect(trained.stderr).toMatch(/Clips kept for validation: 2, people: 1\./);
    expect(trained.code).toBe(0);
    expect(trained.json).toMatchObject({ clips: { train: 6, validation: 2, test: 0 }, stopped: false, device: 'cpu' });
    expect((await readdir(at('model'))).sort()).toEqual(['MODEL_CARD.md', 'manifest.json', 'model.onnx', 'training']);
    expect(await readdir(at('model', 'training'))).toEqual(['metrics.jsonl']);
    const manifest = JSON.parse(await readFile(at('model', 'manifest.json'), 'utf8')) as { warnings: unknown[]; trained: boolean; sha256: string };
    expect(manifest).toMatchObject({ trained: true, sha256: trained.json['sha256'] });
    expect(manifest.warnings).toContainEqual({ id: 'model/missing-classes', parameters: { labels: ['sadness', 'anger', 'surprise', 'disgust', 'fear'] } });
    expect(await readFile(at('model', 'MODEL_CARD.md'), 'utf8')).toMatch(/6 labelled clips \(happiness 3, .* of 3 participants/);
    const lines = await curve(at('model'));
    expect([...new Set(lines.flatMap(({ phase }) => phase ?? []))]).toEqual(['self-supervised', 'joint', 'fine-tuning']);
    expect(lines.filter(({ loss }) => loss !== undefined).map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));

    const analysed = await command('analyze', at('set', '0.mp4'), '--out', at('tables'), '--model', at('model'), '--device', 'cpu', '--json');
    expect(analysed.json).toMatchObject({ done: 1, trained: true, model: 'model' });

    const measured = await command(
      'evaluate',
      at('model'),
      '--data',
      at('set', 'set.csv'),
      '--out',
      at('figures'),
      '--budgets',
      '1,0.2',
      '--device',
      'cpu',
      '--faces',
      at('faces'),
      '--json',
    );
    expect(measured.code).toBe(0);
    const { uar, war, ece, confusion, recall, groups, budgets } = measured.json as Record<string, number> & {
      confusion: number[][];
      recall: Record<string, number | null>;
      groups: unknown[];
      budgets: unknown[];
    };
    expect(measured.json).toMatchObject({ clips: 8, trained: true, split: 'all' });
    for (const value of [uar, war, ece]) expect(value! >= 0 && value! <= 1).toBe(true);
    expect(confusion.flat().reduce((a, b) => a + b, 0)).toBe(8);
    expect(recall['fear']).toBeNull();
    expect(groups).toHaveLength(2);
    expect(budgets).toHaveLength(3);
    expect(Object.keys(measured.json)).toEqual(expect.arrayContaining(['onsetErrorMedian', 'apexErrorMedian', 'offsetErrorMedian', 'peaksFound']));
    const page = await readFile(at('figures', 'evaluation.html'), 'utf8');
    expect(page).toMatch(/<svg.*Recall by class/);
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    expect(JSON.parse(await readFile(at('figures', 'evaluation.json'), 'utf8'))).toMatchObject({ clips: 8, model: 'model' });
  });

  test('gives the curve of an uninterrupted run after it was killed and resumed', async () => {
    const args = (out: string): string[] => ['train', '--data', at('set', 'set.csv'), '--out', out, ...QUICK, '--checkpoint-every', '1'];
    const { child, finished } = startCommand(args(at('killed')));
    while (!existsSync(at('killed', 'training', 'checkpoint.bin'))) await wait(50);
    await wait(700);
    child.kill('SIGKILL');
    await finished;
    await wait(1500);
    const before = (await curve(at('killed'))).length;
    expect(existsSync(at('killed', 'model.onnx'))).toBe(false);
    expect((await command(...args(at('killed')))).stderr).toMatch(/a training that is not finished; nothing was changed.*--resume/);
    expect((await curve(at('killed'))).length).toBe(before);
    expect((await command(...args(at('killed')), '--resume')).code).toBe(0);
    const [resumed, whole] = [await curve(at('killed')), await curve(at('model'))];
    expect(resumed.map(({ step }) => step)).toEqual(whole.map(({ step }) => step));
    resumed.forEach((line, i) => expect(line.loss ?? 0).toBeCloseTo(whole[i]!.loss ?? 0, 3));
  });

  test('keeps its checkpoint and exits with 130 after Ctrl+C', async () => {
    const { child, finished, seen } = startCommand([
      'train',
      '--data',
      at('set', 'set.csv'),
      '--out',
      at('stopped'),
      ...QUICK,
      '--epochs',
      '200,200,200',
      '--json',
    ]);
    await seen(/self-supervised 4\//);
    child.kill('SIGINT');
    const { code, json } = await finished;
    expect(code).toBe(130);
    expect(json).toMatchObject({ stopped: true, sha256: null });
    expect(existsSync(at('stopped', 'training', 'checkpoint.bin'))).toBe(true);
    expect(existsSync(at('stopped', 'model.onnx'))).toBe(false);
  });

  test('with --from and few clips trains the head only and reports this', async () => {
    const { code, stderr } = await command('train', '--data', at('set', 'set.csv'), '--from', at('model'), '--out', at('tuned'), ...QUICK);
    expect(stderr).toMatch(/fewer than 200 labelled clips \(6\)\. Only the head is trained/);
    expect(code).toBe(0);
    const [before, after] = await Promise.all(['model', 'tuned'].map(async (name) => readOnnx(await readFile(at(name, 'model.onnx'))).weights));
    for (const [name, { values }] of before!) {
      const same = values.every((value, i) => value === after!.get(name)!.values[i]);
      if (name.startsWith('blocks.') || name.startsWith('mask.')) expect(same, name).toBe(true);
      if (name === 'head.fc1.weight') expect(same).toBe(false);
    }
    expect(await readFile(at('tuned', 'MODEL_CARD.md'), 'utf8')).toMatch(/beginning with model \(SHA-256 .*the head alone learned/);
  });

  test('never overwrites a model', async () => {
    const before = await readFile(at('model', 'model.onnx'));
    const { code, stderr } = await command('train', '--data', at('set', 'set.csv'), '--out', at('model'), ...QUICK);
    expect(code).toBe(2);
    expect(stderr).toMatch(/already contains a model; nothing was changed/);
    expect((await readFile(at('model', 'model.onnx'))).equals(before)).toBe(true);
  });

  test('removes the aligned faces at the end without --faces', async () => {
    const args = QUICK.filter((_, i) => i < QUICK.indexOf('--faces'));
    await mkdir(at('more'));
    await ffmpeg('-i', ONE_FACE, '-t', '1', at('more', 'unlabelled.mp4'));
    const extra = ['--unlabelled', at('more'), '--epochs', '1,0,0', '--json'];
    const { code, json } = await command('train', '--data', at('set', 'set.csv'), '--out', at('private'), ...args, ...extra);
    expect(code).toBe(0);
    expect(json['clips']).toMatchObject({ unlabelled: 1 });
    expect(await readdir(at('private', 'training'))).toEqual(['metrics.jsonl']);
  });
});

describe('an unusable set gives a message with its rows, and nothing is written', () => {
  test.each([
    [
      'one class only',
      'path,label\nset/0.mp4,neutral\nset/2.mp4,neutral\nset/4.mp4,neutral\n',
      /clips for training are neutral \(first: one-class-only\.csv, line/,
    ],
    [
      'a person in train and test',
      'path,label,participant,split\nset/0.mp4,neutral,P1,train\nset/1.mp4,happiness,P1,test\n',
      /Participant P1 is in train .*line 2.* and in test .*line 3/,
    ],
    ['a file that is not there', 'set/0.mp4 2\nset/9.mp4 0\n', /line 2: the file .* does not exist/],
    ['a clip without a face', 'set/0.mp4 2\nempty.mp4 0\nset/1.mp4 0\nset/3.mp4 0\nset/2.mp4 2\nset/4.mp4 2\n', /line 2: no face was found/],
    ['a file that is no video', 'set/0.mp4 2\ntext.mp4 0\nset/1.mp4 0\nset/3.mp4 0\nset/2.mp4 2\nset/4.mp4 2\n', /line 2: .*text\.mp4/],
  ])('%s', async (name, text, message) => {
    if (!existsSync(at('empty.mp4'))) await ffmpeg('-f', 'lavfi', '-i', 'color=gray:s=320x240:d=2', at('empty.mp4'));
    await writeFile(at('text.mp4'), 'This is no video.');
    const set = at(`${name.replaceAll(' ', '-')}.csv`);
    await writeFile(set, text);
    const out = at(`out-${name.replaceAll(' ', '-')}`);
    const { code, stderr } = await command('train', '--data', set, '--out', out, ...QUICK, '--validation-share', '0');
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(join(out, 'model.onnx'))).toBe(false);
    await rm(out, { recursive: true, force: true });
  });
});

describe('imported models', () => {
  const ramp = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i);

  test('an encoder of VideoMAE is imported, with lists of used, unused and random weights', async () => {
    const width = 192;
    const encoder = videoMaeEncoder(width, 9).map((each) =>
      /qkv|patch_embed.proj.weight/.test(each.name) ? { ...each, values: ramp(each.values.length) } : each,
    );
    const decoder = { name: 'decoder.head.weight', dims: [4], values: ramp(4) };
    await writeFile(at('encoder.safetensors'), safetensorsOf([...encoder, decoder]));
    const { code, json, stdout, stderr } = await command('models', 'import', at('encoder.safetensors'), '--out', at('imported'), '--json');
    expect(code, stderr).toBe(0);
    expect(json).toMatchObject({ id: 'encoder', size: 'tiny', trained: false, mapped: 2 + 8 * 13 });
    const left = Object.fromEntries((json['left'] as { name: string; reason: string }[]).map(({ name, reason }) => [name, reason]));
    expect(left['encoder.blocks.8.norm1.weight']).toMatch(/belongs to a later block than the 8/);
    expect(left['decoder.head.weight']).toMatch(/belongs to the decoder/);
    expect(json['notes']).toContain('The last block was left: the network has no place for it.');
    expect(json['missing']).toContain('head.fc1.weight');
    expect(stdout).not.toBe('');
    const { weights } = readOnnx(await readFile(at('imported', 'model.onnx')));
    // The matrix is transposed: row 2, column 5 in PyTorch is row 5, column 2 here.
    expect(weights.get('blocks.0.attn.k.weight')!.values[5 * width + 2]).toBe((width + 2) * width + 5);
    // Output 3, channel 1, frame 1, row 2, column 4.
    expect(weights.get('patch_embed.proj.weight')!.values[(((1 * 16 + 2) * 16 + 4) * 3 + 1) * width + 3]).toBe((3 * 3 + 1) * 512 + (1 * 16 + 2) * 16 + 4);
  });

  test('an .onnx file with the names of this program is imported completely; others are rejected with a reason', async () => {
    const { code, json } = await command('models', 'import', at('model', 'model.onnx'), '--id', 'mine', '--out', at('mine'), '--json');
    expect(code).toBe(0);
    expect(json).toMatchObject({ id: 'mine', size: 'tiny', trained: true, missing: [] });
    const [from, to] = await Promise.all([at('model'), at('mine')].map(async (each) => readOnnx(await readFile(join(each, 'model.onnx'))).weights));
    for (const [name, { values }] of from!) expect(to!.get(name)!.values).toEqual(values);
    await writeFile(at('wide.safetensors'), safetensorsOf(videoMaeEncoder(8, 1)));
    await writeFile(at('hostile.pth'), checkpoint(call(global('os', 'system'), pickledText('true'))));
    for (const [file, message] of [
      [at('wide.safetensors'), /8 values.*768 \(base\)/],
      [at('hostile.pth'), /names os\.system.*weights_only/],
      [at('text.mp4'), /ends in \.onnx, \.safetensors, \.pth/],
      [at('missing.pt'), /cannot be read/],
      [at('set', 'none.onnx'), /cannot be read/],
    ] as const) {
      const refused = await command('models', 'import', file, '--out', at('refused'));
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toMatch(message);
      expect(existsSync(at('refused', 'manifest.json'))).toBe(false);
    }
  });
});
