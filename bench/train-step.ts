/**
 * Times one kind of training step in a separate process, so that its peak memory can be measured.
 * Standard input: none; argument: StepBench as JSON; standard output: StepFigures as JSON.
 */
import * as ort from '../src/main/adatosk/runtime/onnxruntime.ts';
import { median } from 'simple-statistics';
import { Graph } from '../src/main/adatosk/graph/graph.ts';
import { randomStream } from '../src/shared/basics/random.ts';
import { Learner, loadGraph } from '../src/main/adatosk/training/learner.ts';
import { writeOnnx, writeOnnxWithWeightsAsInputs } from '../src/main/adatosk/onnx/file.ts';
import { ParameterStore } from '../src/main/adatosk/training/parameter-store.ts';
import type { SizeName } from '../src/main/adatosk/model/config.ts';
import { DECODERS, patchesOf, SIZES, SLOTS_PER_CLIP, tokensOf } from '../src/main/adatosk/model/config.ts';
import type { StepSettings } from '../src/main/adatosk/model/training-step.ts';
import { dataTypes, stepInputs, stepLoss } from '../src/main/adatosk/model/training-step.ts';
import type { TrainingData } from '../src/main/adatosk/training/training-data.ts';
import { emptyTrainingData } from '../src/main/adatosk/training/training-data.ts';
import { parametersOf } from '../src/main/adatosk/training/training-graph.ts';
import type { TrainingSettings } from '../src/main/adatosk/training/training-graph.ts';

export interface StepBench {
  readonly size: SizeName;
  readonly batch: number;
  readonly microBatches: number;
  readonly visibleTokens: number;
  readonly decodedTokens: number;
  /** True: with the soft mask and the classification branch. False: reconstruction alone. */
  readonly classification: boolean;
  readonly threads: number;
}

export interface StepFigures {
  readonly parameters: number;
  /** Speed in the median round. */
  readonly clipsPerSecond: number;
  /** Speed in the fastest round. Other load on a shared computer affects it least. */
  readonly bestClipsPerSecond: number;
  readonly stepMs: number;
  readonly forwardMs: number;
  readonly copyingShare: number;
  readonly peakMegabytes: number;
  /** Speed of one matrix product of the network's size in the same process, GFLOP/s: an upper bound for this computer. */
  readonly productSpeed: number;
}

const STEPS_PER_RUN = 4;
const ROUNDS = 9;

async function main(bench: StepBench): Promise<StepFigures> {
  const size = SIZES[bench.size];
  const step: StepSettings = {
    size,
    decoder: DECODERS[bench.size],
    clips: bench.batch / bench.microBatches,
    visibleTokens: bench.visibleTokens,
    decodedTokens: bench.decodedTokens,
    reconstruction: 1,
    classification: bench.classification ? 1 : 0,
    masking: 'soft',
    learns: 'all',
    units: 0,
  };
  const settings: TrainingSettings = { step, steps: STEPS_PER_RUN, microBatches: bench.microBatches, largestNorm: 1 };
  const store = new ParameterStore([...parametersOf(step).parameters.values()], () => undefined, 1);
  const learner = await Learner.load(settings, store, { weightDecay: 0.05, layerDecay: 1, averageKeeps: 0.999 }, 'cpu', bench.threads);
  const data = noise(settings);
  const rates = Array.from({ length: STEPS_PER_RUN }, () => 1e-4);
  await learner.run(data, rates);
  await learner.run(data, rates);
  const peakMegabytes = process.resourceUsage().maxRSS / 1000;
  const forward = await forwardPass(step, store, data, bench.threads);
  const [steps, forwards]: number[][] = [[], []];
  // Steps and forward passes alternate, so that other load on the computer affects both equally.
  const [computing, copying] = [learner.computing, learner.copying];
  for (let round = 0; round < ROUNDS; round++) {
    steps!.push((await timed(() => learner.run(data, rates))) / STEPS_PER_RUN);
    forwards!.push((await timed(() => forward())) * bench.microBatches);
    forwards!.push((await timed(() => forward())) * bench.microBatches);
  }
  const [stepMs, forwardMs] = [median(steps!), median(forwards!)];
  const moved = (await transfer(store, bench.threads)) + (learner.copying - copying) / ROUNDS;
  const whole = (learner.computing - computing + learner.copying - copying) / ROUNDS;
  return {
    parameters: store.count,
    clipsPerSecond: (1000 * bench.batch) / stepMs,
    bestClipsPerSecond: (1000 * bench.batch) / Math.min(...steps!),
    stepMs,
    forwardMs,
    copyingShare: moved / whole,
    peakMegabytes,
    productSpeed: await productSpeed(size.width, bench.batch * bench.visibleTokens, bench.threads),
  };
}

/** Data with noise as pixels and random visible tokens. The time does not depend on the pixel values. */
function noise(settings: TrainingSettings): TrainingData {
  const data = emptyTrainingData(settings);
  const next = randomStream(1, 'noise');
  for (let i = 0; i < data.clip.length; i++) data.clip[i] = Math.floor(256 * next());
  const { visibleTokens, decodedTokens, size, clips } = settings.step;
  for (let clip = 0; clip < clips * settings.microBatches * settings.steps; clip++) {
    const order = hardMask(visibleTokens % SLOTS_PER_CLIP === 0, tokensOf(size), patchesOf(size), next);
    for (let i = 0; i < visibleTokens; i++) data.visible![clip * visibleTokens + i] = BigInt(order[i]!);
    for (let i = 0; i < decodedTokens; i++) data.hidden![clip * decodedTokens + i] = BigInt(order[visibleTokens + i]!);
  }
  data.labels?.forEach((_, i) => (data.labels![i] = i % 8 === 0 ? 1 : 0));
  data.tokenBudget?.fill(0.4);
  return data;
}

function hardMask(tube: boolean, tokens: number, patches: number, next: () => number): number[] {
  const order = Array.from({ length: tube ? patches : tokens }, (_, i) => ({ i, at: next() })).sort((a, b) => a.at - b.at);
  return tube ? order.flatMap(({ i }) => Array.from({ length: SLOTS_PER_CLIP }, (_, slot) => slot * patches + i)) : order.map(({ i }) => i);
}

async function forwardPass(step: StepSettings, store: ParameterStore, data: TrainingData, threads: number): Promise<() => Promise<unknown>> {
  const graph = new Graph('forward');
  for (const [name, value] of stepLoss(step, stepInputs(graph, step)).losses) graph.output(name, value);
  const session = await loadGraph(writeOnnxWithWeightsAsInputs(graph), 'cpu', threads);
  const feeds: Record<string, ort.Tensor> = {};
  for (const [name, { type, dims }] of dataTypes(step)) {
    const length = (dims as number[]).reduce((a, b) => a * b, 1);
    feeds[name] = new ort.Tensor(type as 'float32', data[name]!.slice(0, length) as Float32Array, dims as number[]);
  }
  for (const name of store.names) feeds[name] = new ort.Tensor('float32', store.view('weights', name), store.dims(name));
  await session.run(feeds);
  return () => session.run(feeds);
}

/** Time of a graph that only returns the state of a run, in ms: the cost of copying the weights within onnxruntime. */
async function transfer(store: ParameterStore, threads: number): Promise<number> {
  const graph = new Graph('transfer');
  const names = ['weights', 'first', 'second', 'average'] as const;
  for (const name of names) graph.output(`next/${name}`, graph.input(name, [store.count]).reshape([store.count]));
  const session = await loadGraph(
    writeOnnx(graph, () => undefined, 0),
    'cpu',
    threads,
  );
  const feeds = Object.fromEntries(names.map((name) => [name, new ort.Tensor('float32', store.arrays[name], [store.count])]));
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) times.push(await timed(() => session.run(feeds)));
  return median(times);
}

async function productSpeed(width: number, rows: number, threads: number): Promise<number> {
  const graph = new Graph('product');
  const product = graph.input('a', [rows, width]).matMul(graph.input('b', [width, 4 * width]));
  graph.output('c', product.sum());
  const session = await loadGraph(
    writeOnnx(graph, () => undefined, 0),
    'cpu',
    threads,
  );
  const feeds = {
    a: new ort.Tensor('float32', new Float32Array(rows * width).fill(0.5), [rows, width]),
    b: new ort.Tensor('float32', new Float32Array(4 * width * width).fill(0.5), [width, 4 * width]),
  };
  const times: number[] = [];
  for (let i = 0; i < 20; i++) times.push(await timed(() => session.run(feeds)));
  return (2 * rows * width * 4 * width) / median(times) / 1e6;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

if (process.argv[1] === import.meta.filename) {
  const figures = await main(JSON.parse(process.argv[2]!) as StepBench);
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
}
