import { readFile } from 'node:fs/promises';
import { uarOf } from '../src/shared/statistics/recognition.ts';
import type { Model } from '../src/main/adatosk/runtime/models.ts';
import { LiveNetwork } from '../src/main/adatosk/training/live-network.ts';
import { buildInferenceGraph } from '../src/main/adatosk/model/adatosk.ts';
import { readOnnx } from '../src/main/adatosk/onnx/file.ts';
import { ParameterStore } from '../src/main/adatosk/training/parameter-store.ts';
import { SIZES } from '../src/main/adatosk/model/config.ts';
import { cachedClips } from '../src/main/training/data/cached-clips.ts';
import { openSource } from '../src/main/training/data/clip-source.ts';
import { readFaceSet } from '../src/main/training/data/face-set.ts';
import { predict } from '../src/main/training/evaluation/prediction.ts';

/** sigmoid(20) is nearly 1, so that the final mask consists of one part alone. */
const ONE_PART = 20;
const CLIPS = 350;

export interface MaskChoice {
  readonly choice: string;
  readonly uar: number;
}

/** UAR on validation clips with the final mask, with each of its parts alone, and without dropping tokens; always with the same weights. */
export async function postHocMasks(model: Model, set: string): Promise<MaskChoice[]> {
  const size = SIZES[model.manifest.size];
  const { weights } = readOnnx(await readFile(model.file));
  const store = new ParameterStore([...buildInferenceGraph(size).parameters.values()], (name) => weights.get(name)?.values, 0);
  const network = await LiveNetwork.load(size, store, 'weights', 'cpu', 2);
  const validation = (await readFaceSet(set)).clips.filter(({ row }) => row.split === 'validation').map(({ clip }) => clip);
  const source = await openSource(cachedClips(size.cropSide, validation.slice(0, CLIPS)));
  const clips = source.clips.map((_, i) => i);
  const balance = store.view('weights', 'mask.balance');
  const learned = balance[0]!;
  const choices: MaskChoice[] = [];
  for (const [choice, value, tokenBudget] of [
    ['both parts', learned, model.manifest.defaultTokenBudget],
    ['class-agnostic alone', ONE_PART, model.manifest.defaultTokenBudget],
    ['class-semantic alone', -ONE_PART, model.manifest.defaultTokenBudget],
    ['both parts, nothing dropped', learned, 1],
  ] as const) {
    balance[0] = value;
    choices.push({ choice, uar: uarOf(await predict(network, model.manifest.clip, source, clips, { tokenBudget, windows: 1 })) });
  }
  await network.release();
  return choices;
}
