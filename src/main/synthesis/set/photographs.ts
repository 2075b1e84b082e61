import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import type { Expression } from '../../../shared/domain/expressions.ts';
import type { Split } from '../../../shared/domain/splits.ts';
import { SPLITS } from '../../../shared/domain/splits.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import { portraitNames, portraitsOf } from './subjects.ts';
import { Draw } from '../random/draw.ts';
import type { Texture } from '../face/texture.ts';
import { Canvas, texturePaint } from '../rendering/raster.ts';

/** A clip of a photograph of a real person, filmed by a slightly moving camera. The face is not rendered. */
export interface PhotographClip {
  readonly name: string;
  readonly file: string;
  readonly label: Expression;
  /** The person, with the same name in both photographs and in the portraits of rendered sets. */
  readonly participant: string;
  readonly split: Split;
}

/** Folders of photographs, with the portrait set of their people, their label, and whether the test split uses them. */
const PHOTOGRAPH_SETS = [
  { folder: 'london-neutral', people: 'london-neutral', label: 'neutral', tests: true },
  { folder: 'london-smiling', people: 'london-neutral', label: 'happiness', tests: true },
  { folder: 'canada', people: 'canada', label: 'neutral', tests: false },
] as const;

export const PHOTOGRAPH_FORMAT = { width: 320, height: 320, fps: 25, durationS: 2 } as const;

/**
 * Clips of the London set's neutral and smiling portraits and of the Canada set's neutral portraits. People are in the same
 * splits as in rendered sets. The test split contains only the London set, which has a neutral and a smiling photograph of
 * each person.
 */
export async function photographClips(portraits: string): Promise<PhotographClip[]> {
  const names = await portraitNames(portraits);
  const splitOf = new Map(SPLITS.flatMap((split) => portraitsOf(split, names).map((name) => [name, split] as const)));
  const clips: PhotographClip[] = [];
  for (const { folder, people, label, tests } of PHOTOGRAPH_SETS) {
    for (const file of (await readdir(join(portraits, folder)).catch(() => [])).filter((each) => each.endsWith('.jpg')).sort()) {
      const participant = `${people}/${basename(file, '.jpg')}`;
      const split = splitOf.get(participant) ?? 'test';
      if (split === 'test' && !tests) continue;
      clips.push({ name: `${folder}-${basename(file, '.jpg')}`, file: join(portraits, folder, file), label, participant, split });
    }
  }
  return clips;
}

/** Frames of a clip, RGB bytes: the photograph with small shifts, rotations and zooms, as with a hand-held camera. */
export async function photographFrames({ file, name }: PhotographClip, seed: number): Promise<Iterable<Uint8Array>> {
  const { data, info } = await sharp(file).ensureAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return frames({ width: info.width, height: info.height, rgba: new Uint8ClampedArray(data) }, new Draw(randomStream(seed, name)));
}

function* frames(photo: Texture, draw: Draw): Generator<Uint8Array> {
  const { width, height, fps, durationS } = PHOTOGRAPH_FORMAT;
  const canvas = new Canvas(width, height);
  const waves = [0.012, 0.012, 0.02, 0.02].map((size) => [0.4, 0.9].map((rate) => ({ size: size * draw.normal(), rate, phase: draw.between(0, 7) })));
  const at = (wave: (typeof waves)[number], seconds: number): number =>
    wave.reduce((sum, { size, rate, phase }) => sum + size * Math.sin(2 * Math.PI * rate * seconds + phase), 0);
  const [us, vs] = [new Float32Array([0, photo.width, 0, photo.width]), new Float32Array([0, 0, photo.height, photo.height])];
  const flat = { z: new Float32Array(4), shade: new Float32Array(4).fill(1), u: us, v: vs };
  const zoomed = (1.25 * width) / photo.width;
  for (let frame = 0; frame < fps * durationS; frame++) {
    const seconds = frame / fps;
    const [x, y, turn, zoom] = waves.map((wave) => at(wave, seconds)) as [number, number, number, number];
    const scale = zoomed * (1 + zoom);
    const [cos, sin] = [scale * Math.cos(turn), scale * Math.sin(turn)];
    const place = (u: number, v: number): [number, number] => {
      const [dx, dy] = [u - photo.width / 2, v - photo.height / 2];
      return [width * (0.5 + x) + cos * dx - sin * dy, height * (0.55 + y) + sin * dx + cos * dy];
    };
    const corners = Array.from(us, (u, i) => place(u, vs[i]!));
    canvas.colour.fill(128);
    canvas.newLayer();
    canvas.draw(
      Uint16Array.of(0, 2, 1, 1, 2, 3),
      { ...flat, x: Float32Array.from(corners, ([px]) => px), y: Float32Array.from(corners, ([, py]) => py) },
      'both',
      texturePaint(canvas, photo),
    );
    yield canvas.shrunk(width, height);
  }
}
