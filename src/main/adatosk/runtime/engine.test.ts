import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { startChildProcessEngine } from './child-process-engine.ts';
import { Engine } from './engine.ts';
import { ensureModelFile, findModel, listModels } from './models.ts';
import type { Model } from './models.ts';
import { examineProviders, largestDifference, providerOrder, startEngines } from './providers.ts';
import { INPUTS, OUTPUTS } from '../model/adatosk.ts';
import { sentenceOfFact } from '../../../shared/app/facts.ts';

let model: Model;
const engines: Engine[] = [];
const newEngine = (): Engine => {
  const engine = new Engine(startChildProcessEngine);
  engines.push(engine);
  return engine;
};
beforeAll(async () => {
  model = await findModel('tiny');
  await ensureModelFile(model);
});
afterEach(() => engines.splice(0).forEach((engine) => engine.stop()));

function clip(batch = 1): Parameters<Awaited<ReturnType<Engine['load']>>['run']>[0] {
  return {
    [INPUTS.clip]: { dims: [batch, 16, 112, 112, 3], data: new Uint8Array(batch * 16 * 112 * 112 * 3).fill(99), scale: 1 / 255, offset: 0 },
    [INPUTS.tokenBudget]: { dims: [1], data: Float32Array.of(0.5) },
  };
}

describe('the engine', () => {
  test('does not block its parent process while it computes', async () => {
    const session = await newEngine().load(model.file, 'cpu', 2);
    await session.run(clip());
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);
    const outputs = await session.run(clip(12));
    clearInterval(timer);
    expect(outputs[OUTPUTS.probabilities]!.dims).toEqual([12, 7]);
    expect(ticks).toBeGreaterThan(10);
  });

  test('that is stopped in the middle of a run rejects all pending requests and does not end its parent process', async () => {
    const engine = newEngine();
    const session = await engine.load(model.file, 'cpu', 2);
    const runs = [session.run(clip(24)), session.run(clip())].map((run) =>
      run.then(
        () => 'done',
        (error: { code?: string }) => error.code,
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 150));
    engine.stop();
    expect(await Promise.all(runs)).toEqual(['engine-died', 'engine-died']);
    await expect(session.run(clip())).rejects.toMatchObject({ code: 'engine-died' });
    expect(engine.isAlive).toBe(false);
  });

  test('that is killed from outside rejects pending requests', async () => {
    const engine = newEngine();
    const session = await engine.load(model.file, 'cpu', 1);
    const run = session.run(clip(24));
    process.kill(engine.pid!, 'SIGKILL');
    await expect(run).rejects.toMatchObject({ code: 'engine-died', message: expect.stringContaining('SIGKILL') as string });
  });

  test('rejects a file that is not a model, and feeds of the wrong shape, with a reason', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'not.onnx'), 'no model');
    const engine = newEngine();
    await expect(engine.load(join(folder, 'not.onnx'), 'cpu', 1)).rejects.toMatchObject({ code: 'model-invalid' });
    const session = await engine.load(model.file, 'cpu', 1);
    await expect(session.run({ ...clip(), [INPUTS.tokenBudget]: { dims: [2], data: Float32Array.of(1, 1) } })).rejects.toThrow(/token_budget/);
  });
});

describe('execution providers', () => {
  test('are tried in the order of the platform', () => {
    expect(providerOrder('linux')).toEqual(['cuda', 'webgpu', 'cpu-int8', 'cpu']);
    expect(providerOrder('win32')).toEqual(['dml', 'webgpu', 'cpu-int8', 'cpu']);
    expect(providerOrder('darwin')).toEqual(['coreml', 'webgpu', 'cpu-int8', 'cpu']);
    expect(providerOrder('freebsd')).toEqual(['cpu-int8', 'cpu']);
  });

  test('that cannot be used report the reason; the CPU always works', async () => {
    const findings = await examineProviders(startChildProcessEngine, model);
    expect(findings.map(({ name }) => name)).toEqual([...providerOrder()]);
    for (const { available, reason, maxDifference } of findings) {
      expect(sentenceOfFact(reason).length).toBeGreaterThan(5);
      if (available) expect(maxDifference).toBeLessThan(1e-2);
    }
    expect(findings.at(-1)).toMatchObject({ name: 'cpu', available: true, maxDifference: 0 });
  });

  test('fall back in automatic mode, but not when one is requested by name', async () => {
    const detectors = Object.fromEntries(
      ['back', 'front'].map((name) => [name === 'back' ? 'search' : 'near', join(model.folder, '..', `blazeface-${name}`, 'model.onnx')]),
    ) as { search: string; near: string };
    const ready = await startEngines(startChildProcessEngine, model, detectors, 'auto');
    expect(ready.findings.at(-1)).toMatchObject({ name: ready.provider, available: true });
    ready.stop();
    expect(ready.isAlive()).toBe(false);
    await expect(startEngines(startChildProcessEngine, model, detectors, 'dml')).rejects.toMatchObject({ code: 'provider-unavailable' });
  });

  test('that return NaN do not agree with the CPU', () => {
    expect(largestDifference(Float32Array.of(0.2, NaN), Float32Array.of(0.2, 0.8))).toBe(Infinity);
    expect(largestDifference(Float32Array.of(0.2, 0.7), Float32Array.of(0.2, 0.8))).toBeCloseTo(0.1, 6);
  });
});

describe('models', () => {
  test('are found by id, size or folder; the error for an unknown one lists the existing models', async () => {
    expect((await findModel('adatosk-base')).manifest.size).toBe('base');
    expect((await findModel(model.folder)).manifest.id).toBe('adatosk-tiny');
    await expect(findModel('huge')).rejects.toMatchObject({ code: 'model-missing', remedy: expect.stringContaining('adatosk-tiny') as string });
  });

  test('drawn from their seed have the SHA-256 of their manifests', async () => {
    const small = (await listModels()).filter(({ manifest }) => manifest.size !== 'base' && manifest.seed !== undefined);
    expect(small.length).toBeGreaterThan(0);
    for (const each of small) expect(await ensureModelFile(each)).toBe(each.manifest.sha256);
  });

  test('whose file does not have the SHA-256 of the manifest are rejected', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(model.manifest));
    await writeFile(join(folder, 'model.onnx'), 'something else');
    await expect(findModel(folder).then(ensureModelFile)).rejects.toMatchObject({ code: 'model-invalid' });
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...model.manifest, classes: [...model.manifest.classes].reverse() }));
    await expect(findModel(folder)).rejects.toMatchObject({ code: 'model-invalid', message: expect.stringMatching(/classes must be happiness/) as string });
  });
});
