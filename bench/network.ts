import { startChildProcessEngine } from '../src/main/adatosk/runtime/child-process-engine.ts';
import { clipFeeds } from '../src/main/adatosk/runtime/clip-feeds.ts';
import { Engine } from '../src/main/adatosk/runtime/engine.ts';
import type { TimedSession } from '../src/main/adatosk/runtime/engine.ts';
import { randomStream } from '../src/shared/basics/random.ts';
import { ensureModelFile, findModel } from '../src/main/adatosk/runtime/models.ts';
import type { Model } from '../src/main/adatosk/runtime/models.ts';
import { defaultThreads } from '../src/main/adatosk/runtime/providers.ts';

const ROUNDS = { tiny: 30, base: 6 } as const;

/**
 * Time of one clip on the CPU at several token budgets. The budgets alternate in each round, so that other load on the
 * computer affects all of them equally. The result is the median over the rounds.
 */
export async function benchNetwork(line: (text: string) => void): Promise<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const id of ['tiny', 'base'] as const) {
    const model = await findModel(id);
    await ensureModelFile(model);
    const engine = new Engine(startChildProcessEngine);
    try {
      const session = await engine.load(model.file, 'cpu', defaultThreads());
      const budgets = { '1': 1, default: model.manifest.defaultTokenBudget, '0.5': 0.5, '0.25': 0.25 };
      const times = await timeAlternately(session, model, budgets, ROUNDS[id]);
      for (const [name, milliseconds] of Object.entries(times)) {
        line(`${id} at token budget ${name}: ${milliseconds.toFixed(1)} ms a clip`);
        numbers[`${id}_ms_budget_${name}`] = milliseconds;
        if (name !== '1') numbers[`${id}_budget_1_over_${name}`] = times['1']! / milliseconds;
      }
    } finally {
      engine.stop();
    }
  }
  numbers['base_default_over_tiny_default'] = numbers['base_ms_budget_default']! / numbers['tiny_ms_budget_default']!;
  return numbers;
}

async function timeAlternately(
  session: TimedSession,
  model: Model,
  budgets: Readonly<Record<string, number>>,
  rounds: number,
): Promise<Record<string, number>> {
  const { frames, height, width } = model.manifest.clip;
  const next = randomStream(7, 'bench clip');
  const data = Uint8Array.from({ length: frames * height * width * 3 }, () => Math.floor(256 * next()));
  const seen: Record<string, number[]> = {};
  for (let round = -1; round < rounds; round++) {
    for (const [name, budget] of Object.entries(budgets)) {
      const before = session.milliseconds;
      await session.run(clipFeeds(model.manifest.clip, data, budget));
      if (round >= 0) (seen[name] ??= []).push(session.milliseconds - before);
    }
  }
  return Object.fromEntries(Object.entries(seen).map(([name, times]) => [name, times.sort((a, b) => a - b)[times.length >> 1]!]));
}
