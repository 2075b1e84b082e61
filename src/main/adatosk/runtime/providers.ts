import { cpus } from 'node:os';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { ModelSession } from '../../../shared/domain/model-session.ts';
import type { Model } from './models.ts';
import { clipFeeds } from './clip-feeds.ts';
import { Engine } from './engine.ts';
import type { EngineStarter, TimedModel, TimedSession } from './engine.ts';
import type { Provider } from './engine-messages.ts';
import { randomStream } from '../../../shared/domain/random.ts';
import { MirroredNetwork } from './mirrored-network.ts';
import { OUTPUTS } from '../model/adatosk.ts';

export type Device = 'auto' | Provider;

/** What each platform's build of onnxruntime-node can offer, best first. */
const ORDER: Readonly<Partial<Record<NodeJS.Platform, readonly Provider[]>>> = {
  linux: ['cuda', 'webgpu', 'cpu'],
  win32: ['dml', 'webgpu', 'cpu'],
  darwin: ['coreml', 'webgpu', 'cpu'],
};

export function providerOrder(platform: NodeJS.Platform = process.platform): readonly Provider[] {
  return ORDER[platform] ?? ['cpu'];
}

/** Largest difference of a probability from the CPU's that is still the same answer. */
const PARITY = 1e-2;

/** What was found about one provider. */
export interface ProviderFinding {
  readonly name: Provider;
  readonly available: boolean;
  /** Why it is not used, or that it works. */
  readonly reason: Notice;
  /** Largest difference from the CPU's probabilities on the fixed clip; null where it did not run. */
  readonly maxDifference: number | null;
}

/** The network and the face detectors, in an engine each, so that both work at the same time. */
export interface ReadyEngines {
  readonly provider: Provider;
  readonly network: TimedModel;
  /** Always on the CPU: a few ms a picture there, less than the way to a graphics card and back. */
  readonly detectors: { readonly search: TimedSession; readonly near: TimedSession };
  /** What was tried before, in order. */
  readonly findings: readonly ProviderFinding[];
  /** Process ids of the engines. */
  readonly pids: readonly number[];
  /** False once one of them has died. */
  isAlive(): boolean;
  /** Ends both at once. */
  stop(): void;
}

/** One core is left to decoding, to the face detectors and to the window. */
export function defaultThreads(): number {
  return Math.max(1, cpus().length - 1);
}

/** The network alone, in an engine of its own. */
export interface NetworkEngine {
  readonly engine: Engine;
  readonly network: TimedModel;
  readonly provider: Provider;
  readonly findings: readonly ProviderFinding[];
}

/**
 * Starts the network on the wanted device. 'auto' takes the first provider in the platform's order that loads the
 * network and agrees with the CPU; a device asked for by name is used or refused, never replaced.
 * @throws StudioError 'provider-unavailable' with the reason
 */
export async function startNetwork(start: EngineStarter, model: Model, device: Device, threads = defaultThreads()): Promise<NetworkEngine> {
  const findings: ProviderFinding[] = [];
  for (const provider of device === 'auto' ? providerOrder() : [device]) {
    const tried = await tryProvider(start, model, provider, threads);
    findings.push(tried.finding);
    if (tried.engine === undefined) continue;
    const network = model.manifest.mirrored === true ? new MirroredNetwork(tried.network) : tried.network;
    return { engine: tried.engine, network, provider, findings };
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

/** The face detectors in an engine of their own. */
export interface DetectorEngine {
  readonly engine: Engine;
  readonly detectors: ReadyEngines['detectors'];
}

export async function startDetectors(start: EngineStarter, detectorFiles: { readonly search: string; readonly near: string }): Promise<DetectorEngine> {
  const engine = new Engine(start);
  try {
    // The detectors are too small to gain from a second thread: 4 ms instead of 6, for 8 ms of processor time.
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

/** Tries every provider of the platform and reports on each (for `adatosk doctor`). */
export async function examineProviders(start: EngineStarter, model: Model, threads = defaultThreads()): Promise<ProviderFinding[]> {
  const findings: ProviderFinding[] = [];
  for (const provider of providerOrder()) {
    const { engine, finding } = await tryProvider(start, model, provider, threads);
    engine?.stop();
    findings.push(finding);
  }
  return findings;
}

type Tried = { finding: ProviderFinding; engine: Engine; network: TimedSession } | { finding: ProviderFinding; engine?: undefined };

async function tryProvider(start: EngineStarter, model: Model, provider: Provider, threads: number): Promise<Tried> {
  const engine = new Engine(start);
  try {
    const network = await engine.load(model.file, provider, threads);
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

async function compareWithCpu(engine: Engine, network: ModelSession, model: Model, threads: number): Promise<number> {
  const reference = await engine.load(model.file, 'cpu', threads);
  const feeds = fixedClip(model);
  const [ours, cpu] = [await network.run(feeds), await reference.run(feeds)];
  return largestDifference(ours[OUTPUTS.probabilities]!.data, cpu[OUTPUTS.probabilities]!.data);
}

/** Infinity where one of the values is not a number: a broken driver must not pass for agreement. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(difference)) return Infinity;
    largest = Math.max(largest, difference);
  }
  return largest;
}

/** Always the same clip of noise, at the default token budget. */
function fixedClip({ manifest }: Model): Parameters<ModelSession['run']>[0] {
  const { frames, height, width } = manifest.clip;
  const pixels = Float32Array.from({ length: frames * height * width * 3 }, randomStream(1, 'parity clip'));
  return clipFeeds(manifest.clip, pixels, manifest.defaultTokenBudget);
}

const HOW_TO = {
  cuda: 'device/failed-cuda',
  webgpu: 'device/failed-webgpu',
  dml: 'device/failed-dml',
  coreml: 'device/failed-coreml',
  cpu: 'device/failed',
} as const;

function providerReason(provider: Provider, error: unknown): Notice {
  const text = error instanceof StudioError ? error.detail : error instanceof Error ? error.message : String(error);
  // onnxruntime gives no code: this is its own text.
  if (provider === 'webgpu' && /adapter/i.test(text)) return notice('device/no-adapter', {});
  const short = (text.split('\n')[0] ?? '').replace(/^.*(?:Error: |\) )(?=\S)/, '').trim();
  return notice(HOW_TO[provider], { detail: short.slice(0, 200) });
}
