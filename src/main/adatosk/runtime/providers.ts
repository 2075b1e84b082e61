import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { ModelSession } from '../../../shared/domain/model-session.ts';
import type { Model } from './models.ts';
import { clipFeeds } from './clip-feeds.ts';
import { Engine } from './engine.ts';
import type { EngineStarter, TimedModel, TimedSession } from './engine.ts';
import type { Provider } from './engine-messages.ts';
import { allowedCores } from '../../process/allowed-cores.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import { MirroredNetwork } from './mirrored-network.ts';
import { OUTPUTS } from '../model/adatosk.ts';

export type Device = 'auto' | Provider;

/** The execution providers in each platform's build of onnxruntime-node, best first. */
const ORDER: Readonly<Partial<Record<NodeJS.Platform, readonly Provider[]>>> = {
  linux: ['cuda', 'webgpu', 'cpu-int8', 'cpu'],
  win32: ['dml', 'webgpu', 'cpu-int8', 'cpu'],
  darwin: ['coreml', 'webgpu', 'cpu-int8', 'cpu'],
};

export function providerOrder(platform: NodeJS.Platform = process.platform): readonly Provider[] {
  return ORDER[platform] ?? ['cpu-int8', 'cpu'];
}

/** Largest difference between a provider's and the CPU's probabilities that counts as agreement. */
const PARITY = 1e-2;

/** The result of the check of one provider. */
export interface ProviderFinding {
  readonly name: Provider;
  readonly available: boolean;
  /** Why the provider is not used, or that it works. */
  readonly reason: Notice;
  /** Largest difference from the CPU's probabilities on the fixed clip; null where the provider did not run. */
  readonly maxDifference: number | null;
}

/** The network and the face detectors, each in its own engine, so that both can run at the same time. */
export interface ReadyEngines {
  readonly provider: Provider;
  readonly network: TimedModel;
  /** Always on the CPU: a few ms a frame, less than the transfer to a graphics card and back. */
  readonly detectors: { readonly search: TimedSession; readonly near: TimedSession };
  /** The checks of the providers that were tried, in order; the last one is in use. */
  readonly findings: readonly ProviderFinding[];
  /** Process ids of the engines. */
  readonly pids: readonly number[];
  /** False once one of the engines has ended. */
  isAlive(): boolean;
  /** Ends both engines immediately. */
  stop(): void;
}

/** All cores but one, which is left to decoding, the face detectors and the window. */
export function defaultThreads(cores = allowedCores()): number {
  return Math.max(1, cores - 1);
}

/** The network in its own engine. */
export interface NetworkEngine {
  readonly engine: Engine;
  readonly network: TimedModel;
  readonly provider: Provider;
  readonly findings: readonly ProviderFinding[];
}

/**
 * Starts the network on the requested device. 'auto' uses the first provider in the platform's order that loads the
 * network and agrees with the CPU. A device that is requested by name is never replaced by another.
 * @throws StudioError 'provider-unavailable' with the reason
 */
export async function startNetwork(start: EngineStarter, model: Model, device: Device, threads = defaultThreads()): Promise<NetworkEngine> {
  const findings: ProviderFinding[] = [];
  for (const provider of device === 'auto' ? providerOrder() : [device]) {
    const tried = await tryProvider(start, model, provider, threads);
    findings.push(tried.finding);
    if (tried.engine === undefined) continue;
    return { engine: tried.engine, network: tried.network, provider, findings };
  }
  throw new StudioError('provider-unavailable', { device, reason: findings.at(-1)!.reason });
}

/** Starts the network (see startNetwork) and the face detectors. */
export async function startEngines(
  start: EngineStarter,
  model: Model,
  detectorFiles: { readonly search: string; readonly near: string },
  device: Device,
  threads = defaultThreads(),
): Promise<ReadyEngines> {
  const network = await startNetwork(start, model, device, threads);
  try {
    return withDetectors(network, await startDetectors(start, detectorFiles));
  } catch (error) {
    network.engine.stop();
    throw error;
  }
}

/** The face detectors in their own engine. */
export interface DetectorEngine {
  readonly engine: Engine;
  readonly detectors: ReadyEngines['detectors'];
}

export async function startDetectors(start: EngineStarter, detectorFiles: { readonly search: string; readonly near: string }): Promise<DetectorEngine> {
  const engine = new Engine(start);
  try {
    // One thread each: a second thread would save 2 of 6 ms but cost 8 ms of processor time.
    return { engine, detectors: { search: await engine.load(detectorFiles.search, 'cpu', 1), near: await engine.load(detectorFiles.near, 'cpu', 1) } };
  } catch (error) {
    engine.stop();
    throw error;
  }
}

function withDetectors({ engine: networkEngine, network, provider, findings }: NetworkEngine, { engine, detectors }: DetectorEngine): ReadyEngines {
  return {
    provider,
    network,
    detectors,
    findings,
    pids: [networkEngine.pid, engine.pid].filter((pid) => pid !== undefined),
    isAlive: () => networkEngine.isAlive && engine.isAlive,
    stop: () => {
      networkEngine.stop();
      engine.stop();
    },
  };
}

/** Checks every provider of the platform (for `adatosk doctor`). */
export async function examineProviders(start: EngineStarter, model: Model, threads = defaultThreads()): Promise<ProviderFinding[]> {
  const findings: ProviderFinding[] = [];
  for (const provider of providerOrder()) {
    const { engine, finding } = await tryProvider(start, model, provider, threads);
    engine?.stop();
    findings.push(finding);
  }
  return findings;
}

type TriedProvider = { finding: ProviderFinding; engine: Engine; network: TimedModel } | { finding: ProviderFinding; engine?: undefined };

async function tryProvider(start: EngineStarter, model: Model, provider: Provider, threads: number): Promise<TriedProvider> {
  const engine = new Engine(start);
  try {
    const network = await load(engine, model, provider, threads);
    if (provider === 'cpu') return { engine, network, finding: { name: provider, available: true, reason: notice('device/reference', {}), maxDifference: 0 } };
    const maxDifference = await compareWithCpu(engine, network, model, threads);
    if (maxDifference < PARITY) return { engine, network, finding: { name: provider, available: true, reason: notice('device/agrees', {}), maxDifference } };
    engine.stop();
    return {
      finding: {
        name: provider,
        available: false,
        reason: Number.isFinite(maxDifference)
          ? notice('device/differs', { difference: Math.round(1e3 * maxDifference) / 1e3, allowed: PARITY })
          : notice('device/not-numbers', {}),
        maxDifference,
      },
    };
  } catch (error) {
    engine.stop();
    return { finding: { name: provider, available: false, reason: providerReason(provider, error), maxDifference: null } };
  }
}

/** The network as it is used: with mirror images where its manifest says so. */
async function load(engine: Engine, { file, manifest }: Model, provider: Provider, threads: number): Promise<TimedModel> {
  const isMirrored = manifest.mirrored === true;
  if (provider === 'cpu-int8') {
    const session = await engine.load(file, provider, threads, { size: manifest.size, isMirrored });
    return isMirrored ? new MirroredNetwork(session, { isInside: true }) : session;
  }
  const session = await engine.load(file, provider, threads);
  return isMirrored ? new MirroredNetwork(session) : session;
}

async function compareWithCpu(engine: Engine, network: ModelSession, model: Model, threads: number): Promise<number> {
  const reference = await load(engine, model, 'cpu', threads);
  const feeds = fixedClip(model);
  const [ours, cpu] = [await network.run(feeds), await reference.run(feeds)];
  return largestDifference(ours[OUTPUTS.probabilities]!.data, cpu[OUTPUTS.probabilities]!.data);
}

/** The largest absolute difference; Infinity where a value is NaN, so that a broken driver never counts as agreement. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(difference)) return Infinity;
    largest = Math.max(largest, difference);
  }
  return largest;
}

/** A fixed clip of noise, at the default token budget. */
function fixedClip({ manifest }: Model): Parameters<ModelSession['run']>[0] {
  const { frames, height, width } = manifest.clip;
  const random = randomStream(1, 'parity clip');
  const pixels = Uint8Array.from({ length: frames * height * width * 3 }, () => 256 * random());
  return clipFeeds(manifest.clip, pixels, manifest.defaultTokenBudget);
}

const HOW_TO = {
  cuda: 'device/failed-cuda',
  webgpu: 'device/failed-webgpu',
  dml: 'device/failed-dml',
  coreml: 'device/failed-coreml',
  cpu: 'device/failed',
  'cpu-int8': 'device/failed',
} as const;

function providerReason(provider: Provider, error: unknown): Notice {
  const text = error instanceof StudioError ? error.detail : error instanceof Error ? error.message : String(error);
  // onnxruntime gives no code: this is its own text.
  if (provider === 'webgpu' && /adapter/i.test(text)) return notice('device/no-adapter', {});
  const short = (text.split('\n')[0] ?? '').replace(/^.*(?:Error: |\) )(?=\S)/, '').trim();
  return notice(HOW_TO[provider], { detail: short.slice(0, 200) });
}
