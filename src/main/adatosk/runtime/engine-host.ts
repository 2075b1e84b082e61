/**
 * Entry point of the engine: a separate process that only runs ONNX models. onnxruntime-node blocks the calling thread,
 * cannot be cancelled, and crashes its process when that thread is terminated. In a separate process none of this does
 * harm, and killing the process stops a run.
 *
 * The CLI and the web host start it as a child process, the desktop host as Electron's utilityProcess.
 */
import { readFile } from 'node:fs/promises';
import * as ort from './onnxruntime.ts';
import type { Feed, FloatTensor } from '../../../shared/domain/model-session.ts';
import { floatsOf } from '../../../shared/domain/model-session.ts';
import type { UtilityPort } from '../../process/parent.ts';
import { listenToParent, sendToParent } from '../../process/parent.ts';
import { inSeries } from '../../process/serial.ts';
import { SIZES } from '../model/config.ts';
import { UNITS_HEAD } from '../model/adatosk.ts';
import { buildProcessorGraph } from '../model/processor-graph.ts';
import { readOnnx, writeOnnx } from '../onnx/file.ts';
import type { EngineAnswer, EngineRequest, NetworkForm } from './engine-messages.ts';
import { isProcessor } from './engine-messages.ts';

interface LoadedModel {
  readonly session: ort.InferenceSession;
  /** Buffers for float inputs by name, reused in every run. */
  readonly floats: Map<string, Float32Array>;
  /** Inputs that are bytes. */
  readonly bytes: ReadonlySet<string>;
}

/** Errors only: onnxruntime logs a warning for each unused initialiser. */
const LOG_ERRORS_ONLY = 3;
/** Spinning threads take processor time from the decoder: a fifth of all processor time (34 against 28 s for a 2-minute video). */
const NO_SPINNING = { session: { intra_op: { allow_spinning: '0' } } };
const models: LoadedModel[] = [];

/** The port that receives the answers: that of the process which uses this engine (the desktop's queue); undefined for the parent process. */
let port: UtilityPort | undefined;

function answer(message: EngineAnswer): void {
  if (port !== undefined) port.postMessage(message);
  else void sendToParent(message);
}

async function load(request: Extract<EngineRequest, { kind: 'load' }>): Promise<EngineAnswer> {
  const { file, provider, network } = request;
  const options: Parameters<typeof ort.InferenceSession.create>[1] = {
    executionProviders: [isProcessor(provider) ? 'cpu' : provider],
    ...(isProcessor(provider) ? { intraOpNumThreads: request.threads, interOpNumThreads: 1, extra: NO_SPINNING } : {}),
    graphOptimizationLevel: 'all',
    logSeverityLevel: LOG_ERRORS_ONLY,
  };
  const session = await (provider === 'cpu-int8'
    ? ort.InferenceSession.create(await processorModel(file, network), options)
    : ort.InferenceSession.create(file, options));
  // The weights were in memory several times.
  if (provider === 'cpu-int8') collector?.();
  const bytes = new Set(session.inputMetadata.filter((input) => input.isTensor && input.type === 'uint8').map(({ name }) => name));
  return { id: request.id, ok: true, session: models.push({ session, floats: new Map(), bytes }) - 1 };
}

/** The ONNX model of processor-graph.ts with the weights of a file. */
async function processorModel(file: string, form: NetworkForm | undefined): Promise<Uint8Array> {
  if (form === undefined) throw new Error('only the network can be computed in whole numbers');
  const { weights } = readOnnx(await readFile(file));
  const read = (name: string): Float32Array => {
    const found = weights.get(name);
    if (found === undefined) throw new Error(`the file has no weights '${name}'`);
    return found.values;
  };
  const units = weights.get(UNITS_HEAD.bias)?.values.length ?? 0;
  return writeOnnx(buildProcessorGraph(SIZES[form.size], read, form.isMirrored, units), read, 0);
}

async function run(request: Extract<EngineRequest, { kind: 'run' }>): Promise<EngineAnswer> {
  const model = models[request.session];
  if (model === undefined) throw new Error(`no model ${request.session} is loaded`);
  const feeds: Record<string, ort.Tensor> = {};
  for (const [name, feed] of Object.entries(request.feeds)) feeds[name] = tensorOf(model, name, feed);
  const start = performance.now();
  const results = await model.session.run(feeds);
  const milliseconds = performance.now() - start;
  collectGarbage(bytesOf(request.feeds));
  const outputs: Record<string, FloatTensor> = {};
  for (const [name, tensor] of Object.entries(results)) outputs[name] = { dims: tensor.dims, data: tensor.data as Float32Array };
  return { id: request.id, ok: true, outputs, milliseconds };
}

/**
 * The engine collects garbage after so many bytes of input. V8 counts external memory late: without this, the peak memory
 * use would grow with the length of the video.
 */
const BYTES_BETWEEN_COLLECTIONS = 16e6;
let received = 0;
const collector = (globalThis as { gc?: () => void }).gc;

function collectGarbage(bytes: number): void {
  received += bytes;
  if (received < BYTES_BETWEEN_COLLECTIONS) return;
  received = 0;
  collector?.();
}

function bytesOf(feeds: Readonly<Record<string, Feed>>): number {
  return Object.values(feeds).reduce((sum, { data }) => sum + data.byteLength, 0);
}

function tensorOf(model: LoadedModel, name: string, feed: Feed): ort.Tensor {
  if (!model.bytes.has(name)) return new ort.Tensor('float32', valuesOf(model, name, feed), feed.dims);
  if (feed.data instanceof Float32Array) throw new Error(`'${name}' must be bytes`);
  return new ort.Tensor('uint8', feed.data, feed.dims);
}

/** The values of a feed as floats; byte feeds are converted into a reused buffer. */
function valuesOf(model: LoadedModel, name: string, feed: Feed): Float32Array {
  if (feed.data instanceof Float32Array) return feed.data;
  let floats = model.floats.get(name);
  if (floats?.length !== feed.data.length) {
    floats = new Float32Array(feed.data.length);
    model.floats.set(name, floats);
  }
  return floatsOf(feed, floats);
}

/** Runs one request at a time, in order of arrival. */
const next = inSeries();
function receive(request: EngineRequest): void {
  void next(async () => answer(request.kind === 'load' ? await load(request) : await run(request))).catch((error: unknown) =>
    answer({ id: request.id, ok: false, message: error instanceof Error ? error.message : String(error) }),
  );
}

listenToParent<EngineRequest | { kind: 'port' }>((message, [other]) => {
  if (message.kind !== 'port') receive(message);
  else if (other !== undefined) usePort(other);
});

function usePort(other: UtilityPort): void {
  port = other;
  other.on('message', ({ data }) => receive(data as EngineRequest));
  other.start();
}
