import { EXPRESSIONS } from '../../shared/expressions.ts';
import type { ModelManifest } from '../../shared/manifest.ts';
import { mean } from '../../shared/mean.ts';
import type { ModelSession } from '../../shared/model-session.ts';
import type { Judgement } from '../../shared/recognition.ts';
import { logLossOf } from '../../shared/recognition.ts';
import { clipFeeds } from '../adatosk/clip-feeds.ts';
import { OUTPUTS } from '../adatosk/network.ts';
import type { ClipSource } from './clip-source.ts';
import { evenWindows } from './sampling.ts';

export interface JudgingOptions {
  readonly tokenBudget: number;
  /** Windows of each clip whose probabilities are averaged; a clip no longer than a window has one. */
  readonly windows: number;
}

/** What the network says of some labelled clips of a source. */
export async function judge(
  session: ModelSession,
  shape: ModelManifest['clip'],
  source: ClipSource,
  clips: readonly number[],
  { tokenBudget, windows }: JudgingOptions,
  onClip: (done: number) => void = () => undefined,
): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  for (const [done, clip] of clips.entries()) {
    const facts = source.clips[clip]!;
    if (facts.label === null) throw new Error('a clip without a label cannot be judged');
    const answers: number[][] = [];
    for (const window of evenWindows(facts, windows)) {
      const outputs = await session.run(clipFeeds(shape, await source.read(clip, window), tokenBudget));
      answers.push(Array.from(outputs[OUTPUTS.probabilities]!.data));
    }
    judgements.push({ label: facts.label, probabilities: EXPRESSIONS.map((_, c) => mean(answers.map((each) => each[c]!))) });
    onClip(done + 1);
  }
  return judgements;
}

/** Probabilities at another temperature: softmax(log p / T). */
export function atTemperature(probabilities: readonly number[], temperature: number): number[] {
  const powers = probabilities.map((p) => Math.max(1e-12, p) ** (1 / temperature));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

/** From fewer clips a temperature says more about those clips than about the model. */
const CLIPS_FOR_CALIBRATION = 50;

/**
 * The temperature with the least log loss (Guo et al. 2017), found by golden-section search between 1/8 and 8; 1 where
 * there are too few clips to tell.
 */
export function fitTemperature(judgements: readonly Judgement[]): number {
  if (judgements.length < CLIPS_FOR_CALIBRATION) return 1;
  const loss = (log: number): number => logLossOf(judgements.map((each) => ({ ...each, probabilities: atTemperature(each.probabilities, Math.exp(log)) })));
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-Math.log(8), Math.log(8)];
  for (let i = 0; i < 40; i++) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (loss(left) < loss(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}
