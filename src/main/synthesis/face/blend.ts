import type { Wearer } from './subject.ts';
import { overSkin } from './subject.ts';

/** A second person whose appearance is blended into a face, with its share around the eyes and around the mouth, 0 to 1. */
export interface Blend {
  readonly portrait: string;
  readonly eyes: number;
  readonly mouth: number;
}

/** Smallest alpha of the cover, 0 to 255, at which a pixel counts as skin when the colours of two people are compared. */
const SOLID_SKIN = 200;

/** Blends another person's skin, matched in colour, into a portrait. Hair, ears, neck and background do not change. */
export function blendSkin(wearer: Wearer, other: Wearer, blend: Blend): Wearer {
  const { portrait, cover } = wearer;
  const skin = otherSkin(wearer, other);
  const matched = matchedColours(portrait.rgba, skin, cover);
  const rgba = Uint8ClampedArray.from(portrait.rgba);
  const [eyesY, mouthY] = [(portrait.outline[0]!.y + portrait.outline[1]!.y) / 2, (portrait.outline[87]!.y + portrait.outline[93]!.y) / 2];
  for (let i = 0; i < cover.length; i++) {
    if (skin[4 * i + 3] === 0) continue;
    const down = Math.min(1, Math.max(0, (Math.floor(i / portrait.width) - eyesY) / (mouthY - eyesY)));
    const share = (cover[i]! / 255) * (blend.eyes + down * (blend.mouth - blend.eyes));
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = (1 - share) * rgba[4 * i + c]! + share * matched[c]![skin[4 * i + c]!]!;
  }
  const lean = (own: readonly [number, number, number], theirs: readonly [number, number, number]): [number, number, number] =>
    own.map((value, c) => value + blend.eyes * (theirs[c]! - value)) as [number, number, number];
  return { ...wearer, portrait: { ...portrait, rgba }, iris: lean(wearer.iris, other.iris) };
}

/** Additional identity weights that move the wearer's face shape towards the other person's. */
export function blendedShape(wearer: Wearer, other: Wearer, { eyes, mouth }: Blend): number[] {
  return Array.from(wearer.fit.identity, (weight, k) => ((eyes + mouth) / 2) * (other.fit.identity[k]! - weight));
}

/** The other person's skin, warped to the wearer's photograph, RGBA; alpha 0 outside the skin. */
function otherSkin(wearer: Wearer, other: Wearer): Uint8ClampedArray {
  const { width, rgba } = other.portrait;
  const skin = new Uint8ClampedArray(wearer.portrait.rgba.length);
  const from = other.neutral;
  const [rightmost, lowest] = [width - 1.001, other.portrait.height - 1.001];
  // No arrays or closures in this callback, for speed: it runs for every pixel of a face.
  overSkin(wearer.rig, wearer.portrait, wearer.neutral, 0.1, (at, i, j, k, a, b) => {
    const own = 1 - a - b;
    const x = Math.min(rightmost, Math.max(0, own * from[3 * i]! + a * from[3 * j]! + b * from[3 * k]!));
    const y = Math.min(lowest, Math.max(0, own * from[3 * i + 1]! + a * from[3 * j + 1]! + b * from[3 * k + 1]!));
    const right = x - (x | 0);
    const down = y - (y | 0);
    const corner = 4 * ((y | 0) * width + (x | 0));
    for (let c = 0; c < 3; c++) {
      const above = rgba[corner + c]! * (1 - right) + rgba[corner + 4 + c]! * right;
      const below = rgba[corner + 4 * width + c]! * (1 - right) + rgba[corner + 4 * width + 4 + c]! * right;
      skin[4 * at + c] = above * (1 - down) + below * down;
    }
    skin[4 * at + 3] = 255;
  });
  return skin;
}

/** A lookup table for each channel that gives the other skin the mean and standard deviation of the wearer's skin. */
function matchedColours(own: Uint8ClampedArray, other: Uint8ClampedArray, cover: Uint8ClampedArray): Uint8ClampedArray[] {
  return [0, 1, 2].map((c) => {
    const ours = momentsOf(own, cover, c);
    const theirs = momentsOf(other, cover, c);
    const gain = Math.min(1.6, Math.max(0.6, ours.spread / theirs.spread));
    return Uint8ClampedArray.from({ length: 256 }, (_, value) => ours.mean + gain * (value - theirs.mean));
  });
}

function momentsOf(rgba: Uint8ClampedArray, cover: Uint8ClampedArray, channel: number): { mean: number; spread: number } {
  let [count, sum, squares] = [0, 0, 0];
  for (let i = 0; i < cover.length; i++) {
    if (cover[i]! < SOLID_SKIN || rgba[4 * i + 3] === 0) continue;
    const value = rgba[4 * i + channel]!;
    count++;
    sum += value;
    squares += value * value;
  }
  const mean = sum / count;
  return { mean, spread: Math.sqrt(Math.max(1, squares / count - mean * mean)) };
}
