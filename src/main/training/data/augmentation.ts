import sharp from 'sharp';

/**
 * Strength of augmentation. 'faces' is for training on a few hundred filmed faces. 'light' is for rendered sets, which
 * already vary. 'none' does not change clips.
 */
export type AugmentationKind = 'faces' | 'light' | 'none';

/** Probabilities and ranges of 'faces'. Each value is drawn once per clip, so that augmentation adds no motion. */
const FACES = {
  flip: 0.5,
  /** Errors that alignment leaves: zoom about the centre, shift in shares of the side, rotation in radians. */
  zoom: [0.88, 1.12] as [number, number],
  shift: 0.06,
  turn: 0.12,
  /** Proportions of the face: width relative to height; then width by height and vertical shift, each along a wave of at most one period. */
  stretch: 0.08,
  taper: 0.07,
  wave: 0.018,
  /** Gain and offset (in pixel values) of all channels, gain of each channel, gamma, probability of greyscale. */
  gain: 0.25,
  offset: 18,
  channel: 0.08,
  gamma: 0.3,
  grey: 0.1,
  /** Probability of a far too dark picture, and the range of the factor on its brightness. */
  dark: 0,
  lightLeft: [0.2, 0.55] as [number, number],
  blur: 0.2,
  noise: 0.25,
  largestNoise: 10,
  compression: 0.2,
  quality: [12, 50] as [number, number],
  occlusion: 0.2,
  occlusionSide: [0.15, 0.4] as [number, number],
};

type Ranges = typeof FACES;

/** Smaller ranges, rarely blur or compression, and no occlusion, because rendered clips already contain hands and masks. */
const LIGHT: Ranges = {
  ...FACES,
  zoom: [0.95, 1.05],
  shift: 0.025,
  turn: 0.05,
  stretch: 0.06,
  taper: 0.06,
  wave: 0.012,
  gain: 0.2,
  offset: 12,
  channel: 0.06,
  gamma: 0.25,
  grey: 0.08,
  dark: 0.1,
  blur: 0.08,
  noise: 0.1,
  largestNoise: 4,
  occlusion: 0,
  compression: 0.1,
  quality: [30, 70],
};

type Random = () => number;
const between = (random: Random, low: number, high: number): number => low + (high - low) * random();

/**
 * Augments a clip to simulate cameras, lights and persons that the set does not contain.
 * @param frames [frames, side, side, 3] RGB bytes; not changed
 * @returns [frames, side, side, 3]; the same random numbers give the same result
 */
export async function augment(frames: Uint8Array, side: number, kind: AugmentationKind, random: Random): Promise<Uint8Array> {
  if (kind === 'none') return frames;
  const ranges = kind === 'light' ? LIGHT : FACES;
  let clip = warp(frames, side, ranges, random);
  colour(clip, ranges, random);
  if (random() < ranges.blur) clip = blur(clip, side);
  if (random() < ranges.occlusion) occlude(clip, side, ranges, random);
  if (random() < ranges.noise) addNoise(clip, between(random, 1, ranges.largestNoise), random);
  const quality = Math.round(between(random, ranges.quality[0], ranges.quality[1]));
  return random() < ranges.compression ? compress(clip, side, quality) : clip;
}

/** Bilinear weights are fixed-point numbers that add up to 1024. */
const BITS = 10;
const WHOLE = 1 << BITS;
const HALF = WHOLE >> 1;

/** Flip, rotation, zoom, shift and change of proportions, with bilinear interpolation. Edge pixels continue outside the picture. */
function warp(frames: Uint8Array, side: number, ranges: Ranges, random: Random): Uint8Array {
  const flip = random() < ranges.flip ? -1 : 1;
  const zoom = between(random, ranges.zoom[0], ranges.zoom[1]);
  const angle = between(random, -ranges.turn, ranges.turn);
  const [shiftX, shiftY] = [between(random, -ranges.shift, ranges.shift) * side, between(random, -ranges.shift, ranges.shift) * side];
  const [cos, sin] = [Math.cos(angle) / zoom, Math.sin(angle) / zoom];
  const stretch = Math.exp(between(random, -ranges.stretch, ranges.stretch));
  const [taper, wave] = [between(random, -ranges.taper, ranges.taper), between(random, -ranges.wave, ranges.wave) * side];
  const [taperPhase, wavePhase] = [between(random, 0, 2 * Math.PI), between(random, 0, 2 * Math.PI)];
  const [taperTurn, waveTurn] = [between(random, 0.5, 1), between(random, 0.5, 1)].map((periods) => (2 * Math.PI * periods) / side) as [number, number];
  const middle = (side - 1) / 2;
  const corner = new Int32Array(side * side);
  const shares = new Uint16Array(4 * side * side);
  const clamp = (value: number): number => Math.min(side - 1.001, Math.max(0, value));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const width = stretch * (1 + taper * Math.sin(taperTurn * y + taperPhase));
      const [dx, dy] = [flip * width * (x - middle) - shiftX, (y - middle) / stretch + wave * Math.sin(waveTurn * y + wavePhase) - shiftY];
      const [fromX, fromY] = [clamp(middle + cos * dx + sin * dy), clamp(middle - sin * dx + cos * dy)];
      const at = y * side + x;
      corner[at] = (Math.floor(fromY) * side + Math.floor(fromX)) * 3;
      const [right, down] = [Math.round(WHOLE * (fromX % 1)), Math.round(WHOLE * (fromY % 1))];
      const both = Math.round((right * down) / WHOLE);
      shares[4 * at] = WHOLE - right - down + both;
      shares[4 * at + 1] = right - both;
      shares[4 * at + 2] = down - both;
      shares[4 * at + 3] = both;
    }
  }
  const result = new Uint8Array(frames.length);
  const row = side * 3;
  for (let frame = 0; frame < frames.length / (side * side * 3); frame++) {
    const start = frame * side * row;
    // Integers and unrolled channels for speed: this runs for every pixel of every clip.
    for (let at = 0; at < corner.length; at++) {
      const from = start + corner[at]!;
      const to = start + at * 3;
      const a = shares[4 * at]!;
      const b = shares[4 * at + 1]!;
      const c = shares[4 * at + 2]!;
      const d = shares[4 * at + 3]!;
      const below = from + row;
      result[to] = (a * frames[from]! + b * frames[from + 3]! + c * frames[below]! + d * frames[below + 3]! + HALF) >> BITS;
      result[to + 1] = (a * frames[from + 1]! + b * frames[from + 4]! + c * frames[below + 1]! + d * frames[below + 4]! + HALF) >> BITS;
      result[to + 2] = (a * frames[from + 2]! + b * frames[from + 5]! + c * frames[below + 2]! + d * frames[below + 5]! + HALF) >> BITS;
    }
  }
  return result;
}

function colour(clip: Uint8Array, ranges: Ranges, random: Random): void {
  const left = random() < ranges.dark ? between(random, ranges.lightLeft[0], ranges.lightLeft[1]) : 1;
  const gain = left * (1 + between(random, -ranges.gain, ranges.gain));
  const offset = left * between(random, -ranges.offset, ranges.offset);
  const gamma = Math.exp(between(random, -ranges.gamma, ranges.gamma));
  const tables = [0, 1, 2].map(() => {
    const own = gain * (1 + between(random, -ranges.channel, ranges.channel));
    return Uint8ClampedArray.from({ length: 256 }, (_, value) => own * 255 * (value / 255) ** gamma + offset);
  });
  const grey = random() < ranges.grey ? 1 : between(random, 0, 0.3);
  const [red, green, blue] = tables as [Uint8ClampedArray, Uint8ClampedArray, Uint8ClampedArray];
  for (let i = 0; i < clip.length; i += 3) {
    const [r, g, b] = [red[clip[i]!]!, green[clip[i + 1]!]!, blue[clip[i + 2]!]!];
    const light = grey * (0.299 * r + 0.587 * g + 0.114 * b);
    clip[i] = r + light - grey * r;
    clip[i + 1] = g + light - grey * g;
    clip[i + 2] = b + light - grey * b;
  }
}

/** Mean of 3 x 3 pixels; pixels at the edge do not change. */
function blur(clip: Uint8Array, side: number): Uint8Array {
  const result = Uint8Array.from(clip);
  const row = side * 3;
  for (let frame = 0; frame < clip.length / (side * side * 3); frame++) {
    const start = frame * side * row;
    for (let y = 1; y < side - 1; y++) {
      for (let i = start + y * row + 3; i < start + (y + 1) * row - 3; i++) {
        const sum =
          clip[i - row - 3]! +
          clip[i - row]! +
          clip[i - row + 3]! +
          clip[i - 3]! +
          clip[i]! +
          clip[i + 3]! +
          clip[i + row - 3]! +
          clip[i + row]! +
          clip[i + row + 3]!;
        result[i] = sum / 9;
      }
    }
  }
  return result;
}

/** Draws a fixed rectangle of one colour, in place of a hand, a cup or a microphone. */
function occlude(clip: Uint8Array, side: number, ranges: Ranges, random: Random): void {
  const [width, height] = [0, 0].map(() => Math.round(side * between(random, ranges.occlusionSide[0], ranges.occlusionSide[1]))) as [number, number];
  const [left, top] = [Math.floor(random() * (side - width)), Math.floor(random() * (side - height))];
  const fill = [0, 0, 0].map(() => Math.floor(256 * random()));
  for (let frame = 0; frame < clip.length / (side * side * 3); frame++) {
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) {
        for (let c = 0; c < 3; c++) clip[((frame * side + y) * side + x) * 3 + c] = fill[c]!;
      }
    }
  }
}

function addNoise(clip: Uint8Array, strength: number, random: Random): void {
  // A table of noise, read from random offsets: a new random number for every value would take longer than all other steps.
  const table = Float32Array.from({ length: 8191 }, () => (random() + random() - 1) * 2 * strength);
  let at = 0;
  for (let i = 0; i < clip.length; i++) {
    if (i % 8191 === 0) at = Math.floor(random() * 8191);
    const value = clip[i]! + table[(i + at) % 8191]!;
    clip[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}

/** Compresses all frames, as one tall picture, to JPEG and decodes it. */
async function compress(clip: Uint8Array, side: number, quality: number): Promise<Uint8Array> {
  const raw = { width: side, height: clip.length / (side * 3), channels: 3 as const };
  const jpeg = await sharp(clip, { raw }).jpeg({ quality }).toBuffer();
  return new Uint8Array(await sharp(jpeg).raw().toBuffer());
}
