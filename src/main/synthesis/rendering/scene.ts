import type { Placement } from '../../face/resample.ts';
import type { View } from './draw.ts';
import type { Light, Pose } from '../face/pose.ts';
import type { Draw } from '../random/draw.ts';
import type { Canvas } from './raster.ts';

/** Light, camera, background and occlusions of a clip. */
export interface Scene {
  readonly light: Light;
  readonly exposure: number;
  /** Number of 3 x 3 mean filters, for a lens out of focus. */
  readonly blur: number;
  /** In distances between the eyes. */
  readonly cameraDistance: number;
  readonly background: Background;
  /** Whether to show the photograph's own background, which then moves with the head. */
  readonly ownGround: boolean;
  readonly glasses: Glasses | null;
  readonly cover: Cover | null;
}

/** A background of a few large patches of colour, like a blurred room: `pixels` is [SIDE, SIDE, 3]. */
export interface Background {
  readonly pixels: Float32Array;
  readonly offsetX: number;
  readonly offsetY: number;
  /** Pixels of the background per distance between the eyes. */
  readonly scale: number;
}

interface Glasses {
  readonly colour: readonly number[];
  readonly thickness: number;
  readonly lens: number;
  readonly width: number;
  readonly height: number;
  /** 0: clear glass; 1: black glass. */
  readonly tint: number;
}

/** An occlusion of a part of the face: a mask over mouth and nose, or a hand. */
interface Cover {
  readonly kind: 'mask' | 'hand';
  readonly colour: readonly number[];
  /** Centre of a hand relative to the mouth, and the amplitude of its motion, in distances between the eyes. */
  readonly x: number;
  readonly y: number;
  readonly sway: number;
  readonly turn: number;
}

/**
 * The conditions of the robustness table: recording conditions, and faces with lines at rest ('lined'). 'usual' draws from all
 * recording conditions. 'displays' does so too, and all displays are varied (display-variants.ts).
 */
export const CONDITIONS = ['usual', 'plain', 'dark', 'side-light', 'blur', 'mouth-covered', 'eyes-covered', 'turned', 'lined', 'displays'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Whether a condition draws from all recording conditions. */
export function isUsual(condition: Condition): boolean {
  return condition === 'usual' || condition === 'displays';
}

const SIDE = 24;

export function drawScene(draw: Draw, condition: Condition): Scene {
  const usual = isUsual(condition);
  const side = condition === 'side-light' ? draw.sign() * draw.between(1.15, 1.45) : usual ? draw.between(-1.3, 1.3) : draw.between(-0.5, 0.5);
  const height = draw.between(-0.75, 0.25);
  const direction = [Math.sin(side) * Math.cos(height), Math.sin(height), Math.cos(side) * Math.cos(height)] as const;
  const ambient = condition === 'side-light' ? 0.12 : usual ? draw.between(0.2, 0.9) : 0.65;
  // Normalised so that the middle of the face has the same brightness for every direction; only `exposure` darkens a picture.
  const key = Math.max(0, 1 - ambient) / Math.max(0.45, 0.15 + 0.85 * direction[2]);
  return {
    light: { ambient, key, direction },
    exposure: condition === 'dark' ? draw.between(0.2, 0.3) : usual ? Math.exp(0.18 * draw.normal() - 0.05) : 1,
    blur: condition === 'blur' ? 3 : 0,
    cameraDistance: draw.between(9, 34),
    background: drawBackground(draw),
    ownGround: draw.chance(0.2),
    glasses: condition === 'eyes-covered' ? drawGlasses(draw, 1) : usual && draw.chance(0.14) ? drawGlasses(draw, draw.chance(0.12) ? 1 : 0) : null,
    cover: condition === 'mouth-covered' ? drawCover(draw, true) : usual && draw.chance(0.07) ? drawCover(draw, false) : null,
  };
}

function drawBackground(draw: Draw): Background {
  const pixels = new Float32Array(SIDE * SIDE * 3);
  const grey = draw.between(15, 235);
  const saturation = draw.pick([0.05, 0.15, 0.5]);
  const base = [0, 1, 2].map(() => grey * (1 + saturation * draw.between(-1, 1)));
  const [across, down] = [draw.between(-3, 3), draw.between(-3, 3)];
  for (let i = 0; i < SIDE * SIDE; i++) for (let c = 0; c < 3; c++) pixels[3 * i + c] = base[c]! + across * (i % SIDE) + down * Math.floor(i / SIDE);
  const things = draw.chance(0.45) ? 0 : Math.floor(draw.between(3, 26));
  for (let n = 0; n < things; n++) {
    const [left, top] = [Math.floor(draw.between(-4, SIDE)), Math.floor(draw.between(-4, SIDE))];
    const [right, bottom] = [left + draw.between(1, 11), top + draw.between(1, 11)];
    const light = draw.between(10, 240);
    const colour = [0, 1, 2].map(() => light * (1 + draw.pick([0.08, 0.2, 0.6]) * draw.between(-1, 1)));
    const strength = draw.between(0.3, 1);
    for (let y = Math.max(0, top); y < Math.min(SIDE, bottom); y++)
      for (let x = Math.max(0, left); x < Math.min(SIDE, right); x++)
        for (let c = 0; c < 3; c++) pixels[(y * SIDE + x) * 3 + c]! += strength * (colour[c]! - pixels[(y * SIDE + x) * 3 + c]!);
  }
  return { pixels, offsetX: draw.between(0, SIDE), offsetY: draw.between(0, SIDE), scale: draw.between(1, 5) };
}

/** A wall of one colour, slightly darker towards the bottom. */
export function wall(colour: readonly [number, number, number]): Background {
  const pixels = Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => colour[i % 3]! * (1 - 0.1 * (Math.floor(i / (3 * SIDE)) / SIDE)));
  return { pixels, offsetX: 0, offsetY: 0, scale: 1 };
}

function drawGlasses(draw: Draw, tint: number): Glasses {
  const dark = draw.chance(0.7);
  return {
    colour: dark ? [0, 1, 2].map(() => draw.between(5, 60)) : [0, 1, 2].map(() => draw.between(40, 200)),
    thickness: draw.between(0.02, 0.075),
    lens: draw.between(2, 5),
    width: draw.between(0.36, 0.44),
    height: draw.between(0.25, 0.4),
    tint,
  };
}

function drawCover(draw: Draw, overMouth: boolean): Cover {
  const kind = draw.chance(0.5) ? 'mask' : 'hand';
  const skin = draw.between(0.35, 1);
  const colour =
    kind === 'mask'
      ? draw.pick([
          [205, 222, 232],
          [40, 42, 48],
          [228, 228, 226],
          [110, 150, 190],
        ])
      : [235 * skin, 180 * skin ** 1.2, 150 * skin ** 1.35];
  const place = overMouth ? [draw.between(-0.15, 0.15), draw.between(0.05, 0.3)] : [draw.between(-1.1, 1.1), draw.between(-0.4, 0.9)];
  return { kind, colour, x: place[0]!, y: place[1]!, sway: draw.between(0, 0.08), turn: draw.between(-0.6, 0.6) };
}

/** Fills the canvas with the background, which does not move with the face. The sides of the canvas must be even. */
export function paintBackground(canvas: Canvas, { background }: Scene, placement: Placement, scale: number, between: number): void {
  const { pixels, offsetX, offsetY } = background;
  const step = background.scale / between;
  const { a, b, c, d, e, f } = placement;
  const { colour, width, height } = canvas;
  // The background is blurred, so it is computed once for two by two pixels.
  for (let py = 0; py < height; py += 2) {
    for (let px = 0; px < width; px += 2) {
      const ox = (px + 1) / scale - 0.5;
      const oy = (py + 1) / scale - 0.5;
      const fx = mirrored((a * ox + b * oy + c) * step + offsetX);
      const fy = mirrored((d * ox + e * oy + f) * step + offsetY);
      const x = fx | 0;
      const y = fy | 0;
      const dx = fx - x;
      const dy = fy - y;
      const at = (y * SIDE + x) * 3;
      const to = (py * width + px) * 3;
      for (let n = 0; n < 3; n++) {
        const top = pixels[at + n]! + dx * (pixels[at + 3 + n]! - pixels[at + n]!);
        const bottom = pixels[at + SIDE * 3 + n]! + dx * (pixels[at + SIDE * 3 + 3 + n]! - pixels[at + SIDE * 3 + n]!);
        const value = top + dy * (bottom - top);
        colour[to + n] = value;
        colour[to + 3 + n] = value;
        colour[to + width * 3 + n] = value;
        colour[to + width * 3 + 3 + n] = value;
      }
    }
  }
}

/** Reflects a position into the background, so that it repeats without an edge. */
function mirrored(value: number): number {
  const period = 2 * (SIDE - 1);
  const within = value - period * Math.floor(value / period);
  return Math.min(SIDE - 1.001, within < SIDE - 1 ? within : period - within);
}

/** Draws glasses and occlusions over the face. */
export function paintCovers(canvas: Canvas, scene: Scene, pose: Pose, view: View, seconds: number): void {
  const at = (landmark: number): { x: number; y: number } => {
    const vertex = pose.subject.wearer.rig.model.landmarks[landmark]!;
    const [x, y] = [pose.x[vertex]!, pose.y[vertex]!];
    return { x: view.a * x + view.b * y + view.c, y: view.d * x + view.e * y + view.f };
  };
  const unit = pose.between * Math.hypot(view.a, view.d);
  if (scene.glasses !== null) paintGlasses(canvas, scene.glasses, at, unit, scene.exposure);
  if (scene.cover?.kind === 'mask') paintMask(canvas, scene.cover, at);
  if (scene.cover?.kind === 'hand') paintHand(canvas, scene.cover, at, unit, seconds);
}

type At = (landmark: number) => { x: number; y: number };

function paintGlasses(canvas: Canvas, glasses: Glasses, at: At, unit: number, exposure: number): void {
  const eyes = [
    [36, 39],
    [42, 45],
  ].map(([outer, inner]) => ({ x: (at(outer!).x + at(inner!).x) / 2, y: (at(outer!).y + at(inner!).y) / 2 + 0.05 * unit }));
  const [right, left] = eyes as [{ x: number; y: number }, { x: number; y: number }];
  const turn = Math.atan2(left.y - right.y, left.x - right.x);
  // On a turned head, the eyes are closer together in the picture; the glasses are narrowed by the same factor.
  const narrow = Math.min(1, Math.hypot(left.x - right.x, left.y - right.y) / unit);
  const thickness = Math.max(0.6, glasses.thickness * unit);
  const [rx, ry] = [glasses.width * narrow * unit, glasses.height * unit];
  for (const eye of eyes) {
    paintShape(
      canvas,
      eye.x - rx - 4,
      eye.y - ry - 4,
      eye.x + rx + 4,
      eye.y + ry + 4,
      (x, y) => {
        const [dx, dy] = [x - eye.x, y - eye.y];
        const [u, v] = [(dx * Math.cos(turn) + dy * Math.sin(turn)) / rx, (dy * Math.cos(turn) - dx * Math.sin(turn)) / ry];
        const radius = (Math.abs(u) ** glasses.lens + Math.abs(v) ** glasses.lens) ** (1 / glasses.lens);
        const distance = Math.abs(radius - 1) * Math.min(rx, ry);
        const frame = Math.min(1, Math.max(0, thickness / 2 + 0.5 - distance));
        return Math.max(frame, radius < 1 ? 0.94 * glasses.tint : 0);
      },
      glasses.colour.map((value) => value * exposure),
    );
  }
  const [bx, by] = [(left.x + right.x) / 2, (left.y + right.y) / 2 - 0.08 * unit];
  const reach = Math.max(1, (unit * narrow) / 2 - rx) + 1;
  paintShape(
    canvas,
    bx - reach,
    by - thickness,
    bx + reach,
    by + thickness,
    (_, y) => Math.min(1, Math.max(0, thickness / 2 + 0.5 - Math.abs(y - by))),
    glasses.colour,
  );
}

function paintMask(canvas: Canvas, { colour }: Cover, at: At): void {
  const corners = [29, 2, 3, 4, 5, 6, 8, 10, 11, 12, 13, 14].map(at);
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const top = Math.min(...ys);
  const height = Math.max(...ys) - top + 1;
  paintShape(
    canvas,
    Math.min(...xs),
    top,
    Math.max(...xs),
    Math.max(...ys),
    (x, y) => (inside(corners, x, y) ? 1 : 0),
    colour,
    (x, y) => 1.08 - 0.3 * ((y - top) / height) - 0.0008 * Math.abs(x),
  );
}

function paintHand(canvas: Canvas, cover: Cover, at: At, unit: number, seconds: number): void {
  const mouth = { x: (at(48).x + at(54).x) / 2, y: (at(48).y + at(54).y) / 2 };
  const [x0, y0] = [mouth.x + (cover.x + cover.sway * Math.sin(2.1 * seconds)) * unit, mouth.y + (cover.y + cover.sway * Math.sin(1.3 * seconds + 1)) * unit];
  const [cos, sin] = [Math.cos(cover.turn), Math.sin(cover.turn)];
  // Four fingers and the palm below, each a rounded bar.
  const bars = [-0.39, -0.13, 0.13, 0.39].map((x, i) => ({
    x: x * unit,
    top: -(0.45 + [0.05, 0.18, 0.2, 0.08][i]!) * unit,
    bottom: 0.5 * unit,
    radius: 0.135 * unit,
  }));
  bars.push({ x: 0, top: 0.35 * unit, bottom: 1.6 * unit, radius: 0.5 * unit });
  for (const bar of bars) {
    const reach = 2.3 * unit;
    paintShape(
      canvas,
      x0 - reach,
      y0 - reach,
      x0 + reach,
      y0 + reach,
      (x, y) => Math.min(1, Math.max(0, bar.radius + 0.5 - toBar(x, y))),
      cover.colour,
      (x, y) => 1.05 - 0.4 * (toBar(x, y) / bar.radius) ** 3,
    );
    function toBar(x: number, y: number): number {
      const [dx, dy] = [(x - x0) * cos + (y - y0) * sin, (y - y0) * cos - (x - x0) * sin];
      return Math.hypot(dx - bar.x, dy - Math.min(bar.bottom, Math.max(bar.top, dy)));
    }
  }
}

function paintShape(
  canvas: Canvas,
  left: number,
  top: number,
  right: number,
  bottom: number,
  cover: (x: number, y: number) => number,
  colour: readonly number[],
  shade: (x: number, y: number) => number = () => 1,
): void {
  for (let py = Math.max(0, Math.floor(top)); py <= Math.min(canvas.height - 1, Math.ceil(bottom)); py++) {
    for (let px = Math.max(0, Math.floor(left)); px <= Math.min(canvas.width - 1, Math.ceil(right)); px++) {
      const alpha = cover(px + 0.5, py + 0.5);
      if (alpha <= 0) continue;
      const to = (py * canvas.width + px) * 3;
      const light = shade(px + 0.5, py + 0.5);
      for (let c = 0; c < 3; c++) canvas.colour[to + c]! += alpha * (colour[c]! * light - canvas.colour[to + c]!);
    }
  }
}

function inside(corners: readonly { x: number; y: number }[], x: number, y: number): boolean {
  let within = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
    const [a, b] = [corners[i]!, corners[j]!];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) within = !within;
  }
  return within;
}
