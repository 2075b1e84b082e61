import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { randomStream } from '../../../shared/basics/random.ts';
import { TUBE } from '../../adatosk/model/config.ts';
import type { ClipSource } from '../data/clip-source.ts';

/** Shares of the directions of the tube embedding: mean luminance of both frames, its change between them, colour. */
const SHARES = { still: 0.68, change: 0.2, colour: 0.12 } as const;
/** Floor of the variance in whitening, as a share of the largest variance. Directions below it are noise and are not amplified. */
const FLOOR = { still: 1e-3, change: 2e-2, colour: 1e-2 } as const;
const PAIRS = 320;
/** ImageNet's means and standard deviations, with which the network normalises pixels. */
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const PIXELS = TUBE.side * TUBE.side;

/**
 * Initial weights of the tube embedding, computed from the training clips: principal directions of their tubes, each
 * scaled to the same variance (whitening, as in Coates and Ng 2012). Tubes of faces differ much more in brightness than in
 * the details of a movement. With random weights, tokens contain almost only brightness, and training makes no progress for
 * hours.
 * @returns [1536, width]; the values of a tube are in the order frame, row, column, channel
 */
export async function firstEmbedding(source: ClipSource, width: number, seed: number): Promise<Float32Array> {
  const { still, change, colour } = await partsOfTubes(source, seed);
  const counts = { still: Math.round(SHARES.still * width), change: Math.round(SHARES.change * width) };
  const weights = new Float32Array(2 * PIXELS * 3 * width);
  let column = 0;
  const put = (direction: Float64Array, value: (frame: number, pixel: number, channel: number) => number): void => {
    for (let frame = 0; frame < TUBE.frames; frame++)
      for (let pixel = 0; pixel < PIXELS; pixel++)
        for (let channel = 0; channel < 3; channel++)
          weights[((frame * PIXELS + pixel) * 3 + channel) * width + column] = value(frame, pixel, channel) * direction[pixel]!;
    column += 1;
  };
  for (const direction of whitened(still, Math.min(PIXELS, counts.still), FLOOR.still)) put(direction, () => 1 / 6);
  for (const direction of whitened(change, Math.min(PIXELS, counts.change), FLOOR.change)) put(direction, (frame) => (frame === 0 ? -1 : 1) / 3);
  const half = Math.ceil((width - column) / 2);
  for (const [i, opposed] of colour.entries())
    for (const direction of whitened(opposed, Math.min(half, width - column), FLOOR.colour)) put(direction, (_, __, channel) => OPPOSED[i]![channel]! / 2);
  return weights;
}

/** Opponent colours: red minus green, and blue minus both. */
const OPPOSED = [
  [0.5, -0.5, 0],
  [-0.25, -0.25, 0.5],
] as const;

/** Values of each tube's pixels, [tubes][256]: luminance, its change from the first frame to the second, two opponent colours. */
async function partsOfTubes(source: ClipSource, seed: number): Promise<{ still: Float64Array[]; change: Float64Array[]; colour: Float64Array[][] }> {
  const random = randomStream(seed, 'first embedding');
  const { side, clips } = source;
  const [still, change, red, blue]: Float64Array[][] = [[], [], [], []];
  const patches = (side / TUBE.side) ** 2;
  for (let pair = 0; pair < PAIRS; pair++) {
    const clip = Math.floor(random() * clips.length);
    const first = Math.floor(random() * Math.max(1, clips[clip]!.samples - 1));
    const frames = await source.read(clip, [first, Math.min(clips[clip]!.samples - 1, first + 1)]);
    for (let patch = 0; patch < patches; patch++) {
      const parts = [0, 1, 2, 3].map(() => new Float64Array(PIXELS)) as [Float64Array, Float64Array, Float64Array, Float64Array];
      for (let pixel = 0; pixel < PIXELS; pixel++) {
        const y = Math.floor(patch / (side / TUBE.side)) * TUBE.side + Math.floor(pixel / TUBE.side);
        const x = (patch % (side / TUBE.side)) * TUBE.side + (pixel % TUBE.side);
        const [before, after] = [0, 1].map((frame) => [0, 1, 2].map((c) => (frames[((frame * side + y) * side + x) * 3 + c]! / 255 - MEAN[c]!) / STD[c]!)) as [
          number[],
          number[],
        ];
        const light = (colours: number[]): number => (colours[0]! + colours[1]! + colours[2]!) / 3;
        parts[0][pixel] = (light(before) + light(after)) / 2;
        parts[1][pixel] = light(after) - light(before);
        OPPOSED.forEach((weights, i) => (parts[i + 2]![pixel] = weights.reduce<number>((sum, weight, c) => sum + (weight * (before[c]! + after[c]!)) / 2, 0)));
      }
      [still, change, red, blue].forEach((list, i) => list!.push(parts[i]!));
    }
  }
  return { still: still!, change: change!, colour: [red!, blue!] };
}

/** The directions with the largest variance, each divided by its standard deviation, so that products of the rows with them have variance 1 or less. */
function whitened(rows: readonly Float64Array[], count: number, floor: number): Float64Array[] {
  const size = rows[0]!.length;
  const mean = new Float64Array(size);
  for (const row of rows) for (let i = 0; i < size; i++) mean[i]! += row[i]! / rows.length;
  const covariance = Matrix.zeros(size, size);
  for (const row of rows) {
    for (let i = 0; i < size; i++) {
      const value = (row[i]! - mean[i]!) / rows.length;
      for (let j = 0; j <= i; j++) covariance.set(i, j, covariance.get(i, j) + value * (row[j]! - mean[j]!));
    }
  }
  for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) covariance.set(i, j, covariance.get(j, i));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const least = floor * realEigenvalues[order[0]!]!;
  return order.slice(0, count).map((k) => {
    const std = Math.sqrt(realEigenvalues[k]! + least + 1e-9);
    return Float64Array.from({ length: size }, (_, i) => eigenvectorMatrix.get(i, k) / std);
  });
}
