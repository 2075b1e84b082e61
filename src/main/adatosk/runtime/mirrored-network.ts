import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { Feed, FloatTensor } from '../../../shared/domain/model-session.ts';
import type { TimedModel } from './engine.ts';
import { INPUTS, MIRROR_DIFFERENCE, OUTPUTS } from '../model/adatosk.ts';

/** Outputs that are probabilities. They are combined by the geometric mean, normalised to sum 1, which averages the logits. */
const PROBABILITIES: ReadonlySet<string> = new Set([OUTPUTS.probabilities, OUTPUTS.slotProbabilities]);
/** Outputs with a value for each patch. Those of the mirror image are mirrored back. */
const MAPS: ReadonlySet<string> = new Set([OUTPUTS.classAgnostic, OUTPUTS.classSemantic, OUTPUTS.final]);
const TINY = 1e-12;

/**
 * A network that runs on each clip and on its mirror image and returns the mean of both outputs (manifest: mirrored). A
 * mirrored face shows the same expression, and a small network makes different errors on it. It takes twice the time.
 *
 * A further output, `mirror_difference` [clips, slots], is half the sum of the differences between both slot probabilities, 0..1.
 */
export class MirroredNetwork implements TimedModel {
  readonly #network: TimedModel;
  readonly #isInside: boolean;

  /** @param isInside whether the network makes the mirror images itself and returns the outputs of both, as processor-graph.ts does */
  constructor(network: TimedModel, { isInside = false }: { readonly isInside?: boolean } = {}) {
    this.#network = network;
    this.#isInside = isInside;
  }

  get runs(): number {
    return this.#network.runs;
  }

  get milliseconds(): number {
    return this.#network.milliseconds;
  }

  async run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, FloatTensor>> {
    const clip = feeds[INPUTS.clip]!;
    const both = await this.#network.run(this.#isInside ? feeds : { ...feeds, [INPUTS.clip]: withMirrorImage(clip) });
    const means = Object.entries(both).map(([name, tensor]) => [name, name === OUTPUTS.tokensKept ? tensor : meanOfHalves(name, tensor)] as const);
    const slots = both[OUTPUTS.slotProbabilities];
    return { ...Object.fromEntries(means), ...(slots === undefined ? {} : { [MIRROR_DIFFERENCE]: differenceOfHalves(slots) }) };
  }
}

/** All clips, followed by their mirror images: [2 clips, frames, height, width, 3]. */
function withMirrorImage(feed: Feed): Feed {
  const [clips, frames, height, width, channels] = feed.dims as [number, number, number, number, number];
  const { data } = feed;
  const both = data instanceof Uint8Array ? new Uint8Array(2 * data.length) : new Float32Array(2 * data.length);
  both.set(data);
  let to = data.length;
  for (let row = 0; row < clips * frames * height; row++) {
    for (let x = width - 1; x >= 0; x--) {
      const from = (row * width + x) * channels;
      for (let c = 0; c < channels; c++) both[to++] = data[from + c]!;
    }
  }
  const dims = [2 * clips, frames, height, width, channels];
  return 'scale' in feed ? { dims, data: both as Uint8Array, scale: feed.scale, offset: feed.offset } : { dims, data: both as Float32Array };
}

function differenceOfHalves({ dims, data }: FloatTensor): FloatTensor {
  const classes = EXPRESSIONS.length;
  const half = data.length / 2;
  const differences = new Float32Array(half / classes);
  for (let i = 0; i < half; i++) differences[Math.floor(i / classes)]! += Math.abs(data[i]! - data[half + i]!) / 2;
  return { dims: [dims[0]! / 2, ...dims.slice(1, -1)], data: differences };
}

function meanOfHalves(name: string, { dims, data }: FloatTensor): FloatTensor {
  const half = data.length / 2;
  const side = MAPS.has(name) ? Math.sqrt(dims.at(-1)!) : 0;
  const mean = new Float32Array(half);
  for (let i = 0; i < half; i++) {
    const mirrored = side === 0 ? i : i + side - 1 - 2 * (i % side);
    const [a, b] = [data[i]!, data[half + mirrored]!];
    mean[i] = PROBABILITIES.has(name) ? Math.sqrt(Math.max(TINY, a) * Math.max(TINY, b)) : (a + b) / 2;
  }
  if (PROBABILITIES.has(name)) normalise(mean);
  return { dims: [dims[0]! / 2, ...dims.slice(1)], data: mean };
}

function normalise(rows: Float32Array): void {
  const classes = EXPRESSIONS.length;
  for (let row = 0; row < rows.length; row += classes) {
    let total = 0;
    for (let c = 0; c < classes; c++) total += rows[row + c]!;
    for (let c = 0; c < classes; c++) rows[row + c]! /= total;
  }
}
