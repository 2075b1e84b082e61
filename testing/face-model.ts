/** A small face model and portrait for tests, instead of the real ones: an egg with landmarks, eyes and a mouth that opens. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { activationIndex, shapeWeights, SHOWN_UNITS } from '../src/main/synthesis/face/action-units.ts';

const COLUMNS = 61;
const ROWS = 81;
/** Semi-axes of the egg in centimetres. */
const EGG = { x: 8, y: 11, z: 12 } as const;

/** The 68 landmarks on the mean face, x and y in centimetres. Their depth is that of the egg. */
const LANDMARKS: readonly (readonly [number, number])[] = [
  ...jaw(),
  ...brow(-1),
  ...brow(1),
  [0, 3.7],
  [0, 2.6],
  [0, 1.6],
  [0, 0.4],
  [-1.2, -1.1],
  [-0.6, -1.1],
  [0, -1.2],
  [0.6, -1.1],
  [1.2, -1.1],
  ...eye(-1),
  ...eye(1),
  ...lips(2.5, 0.9),
  ...lips(1.9, 0.08).filter((_, i) => ![1, 5, 7, 11].includes(i)),
];

function jaw(): [number, number][] {
  return Array.from({ length: 17 }, (_, i) => {
    const angle = Math.PI * (i / 16);
    return [-6.6 * Math.cos(angle), 2.5 - 9.5 * Math.sin(angle)];
  });
}
function brow(side: 1 | -1): [number, number][] {
  const xs = [5.6, 4.8, 3.7, 2.4, 1.2].map((x, i) => [side * x, 5.4 + 0.5 * Math.sin((Math.PI * i) / 4)] as [number, number]);
  return side === -1 ? xs : xs.reverse();
}
function eye(side: 1 | -1): [number, number][] {
  const points = [0, 1, 2, 3, 4, 5].map((i) => {
    const angle = Math.PI - (i * Math.PI) / 3;
    return [side * 3.1 + 1.3 * Math.cos(angle), 3.4 + 0.4 * Math.sin(angle)] as [number, number];
  });
  return points;
}
function lips(reach: number, height: number): [number, number][] {
  return Array.from({ length: 12 }, (_, i) => {
    const angle = Math.PI - (i * Math.PI) / 6;
    return [reach * Math.cos(angle), -3.4 + height * Math.sin(angle)];
  });
}

const depthAt = (x: number, y: number): number => EGG.z * Math.sqrt(Math.max(0.02, 1 - (x / EGG.x) ** 2 - (y / EGG.y) ** 2));

/** Names of all shapes that action units use. */
function shapeNames(): string[] {
  const all = new Float32Array(2 * SHOWN_UNITS.length);
  for (const unit of SHOWN_UNITS) for (const side of [0, 1] as const) all[activationIndex(unit, side)] = 1;
  return [...shapeWeights(all).keys()];
}

/** The displacement of a point by a shape: brows up or down, jaw, corners of the mouth, lids; very small for other points. */
function moveOf(name: string, x: number, y: number): [number, number, number] {
  const near = (px: number, py: number, size: number): number => Math.exp(-0.5 * (((x - px) ** 2 + (y - py) ** 2) / size ** 2));
  const side = name.endsWith('_R') ? -1 : 1;
  if (name.startsWith('browDown')) return [0, -0.6 * near(side * 2.5, 5.6, 1.5), 0];
  if (name.startsWith('brow')) return [0, 0.7 * near(side * 2.5, 5.6, 1.5), 0];
  if (name.startsWith('jawOpen')) return y < -3.4 ? [0, -3 * near(0, -5.5, 2.6), 0] : [0, 0, 0];
  if (name.startsWith('mouthSmile')) return [side * 0.7 * near(side * 2.5, -3.4, 1.2), 0.7 * near(side * 2.5, -3.4, 1.2), 0];
  if (name.startsWith('eyeBlink')) return [0, y > 3.4 ? -0.8 * near(side * 3.1, 3.8, 0.7) : 0, 0];
  return [0.05 * near(0, 0, 3), 0, 0];
}

interface Group {
  readonly name: string;
  readonly points: readonly (readonly [number, number, number])[];
  readonly triangles: readonly (readonly [number, number, number])[];
}

function sheet(name: string, columns: number, rows: number, place: (u: number, v: number) => [number, number, number]): Group {
  const points = Array.from({ length: columns * rows }, (_, i) => place((i % columns) / (columns - 1), Math.floor(i / columns) / (rows - 1)));
  const triangles: [number, number, number][] = [];
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      // Rows run downwards, so this order is counter-clockwise as seen from the front.
      triangles.push([at, at + columns, at + 1], [at + 1, at + columns, at + columns + 1]);
    }
  return { name, points, triangles };
}

/** Writes ict-face-model.json and ict-face-model.bin of the egg into a folder. */
export async function writeSmallFaceModel(folder: string): Promise<void> {
  const ball = (name: string, x: number): Group =>
    sheet(name, 9, 9, (u, v) => {
      const [a, b] = [Math.PI * (u - 0.5), Math.PI * (0.5 - v)];
      return [x + 1.4 * Math.sin(a) * Math.cos(b), 3.4 + 1.4 * Math.sin(b), depthAt(x, 3.4) - 1.6 + 1.4 * Math.cos(a) * Math.cos(b)];
    });
  const inside = (name: string, depth: number): Group => sheet(name, 6, 4, (u, v) => [4 * (u - 0.5), -2.4 - 4 * v, depthAt(0, -3.4) - depth]);
  const groups = [
    sheet('face', COLUMNS, ROWS, (u, v) => {
      const [x, y] = [2 * 7.6 * (u - 0.5), 10 - 19 * v];
      return [x, y, depthAt(x, y)];
    }),
    inside('mouthSocket', 4),
    inside('gumsAndTongue', 3),
    inside('teeth', 2),
    ball('eyeballLeft', 3.1),
    ball('eyeballRight', -3.1),
  ];
  const points = groups.flatMap((group) => group.points);
  let first = 0;
  const ranges: [string, number, number][] = [];
  const triangles: number[] = [];
  for (const group of groups) {
    ranges.push([group.name, first, first + group.points.length - 1]);
    triangles.push(...group.triangles.flatMap((corners) => corners.map((corner) => corner + first)));
    first += group.points.length;
  }
  const faceCount = groups[0]!.points.length;
  const nearest = ([x, y]: readonly [number, number]): number => {
    let best = 0;
    for (let v = 1; v < faceCount; v++) if (Math.hypot(points[v]![0] - x, points[v]![1] - y) < Math.hypot(points[best]![0] - x, points[best]![1] - y)) best = v;
    return best;
  };
  const names = shapeNames();
  const scale = 1e-3;
  const shorts = (move: (x: number, y: number, vertex: number) => readonly number[]): number[] =>
    points.flatMap(([x, y], v) => move(x, y, v).map((value) => Math.round(value / scale)));
  const expressions = names.flatMap((name) => shorts((x, y, v) => (v < faceCount ? moveOf(name, x, y) : [0, 0, 0])));
  const identities = Array.from({ length: 100 }, (_, k) => shorts((x, y) => [0.1 * Math.sin(k + x / 4), 0.1 * Math.cos(k + y / 4), 0.05 * Math.sin(2 * k)]));
  const arrays: Record<string, { dtype: string; shape: number[]; byteOffset: number; names?: string[] }> = {};
  const parts: Buffer[] = [];
  let at = 0;
  const add = (name: string, values: Float32Array | Uint16Array | Uint8Array | Int16Array, shape: number[], more: { names?: string[] } = {}): void => {
    arrays[name] = { dtype: values.constructor.name, shape, byteOffset: at, ...more };
    parts.push(Buffer.from(values.buffer));
    at += values.byteLength;
  };
  add('neutral', Float32Array.from(points.flat()), [points.length, 3]);
  add('expressionsScale', new Float32Array(names.length).fill(scale), [names.length]);
  add('identitiesScale', new Float32Array(100).fill(scale), [100]);
  add('triangles', Uint16Array.from(triangles), [triangles.length / 3, 3]);
  add('expressions', Int16Array.from(expressions), [names.length, points.length, 3], { names });
  add('identities', Int16Array.from(identities.flat()), [100, points.length, 3]);
  add('triangleMaterials', new Uint8Array(triangles.length / 3), [triangles.length / 3]);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'ict-face-model.bin'), Buffer.concat(parts));
  await writeFile(
    join(folder, 'ict-face-model.json'),
    JSON.stringify({ landmarks68: LANDMARKS.map(nearest), materials: ['M_Face'], vertexGroups: ranges, arrays }),
  );
}

/** The landmark of each outline point of the template that the portrait reader uses. */
const OUTLINE: Readonly<Record<number, number>> = {
  109: 0, 110: 1, 111: 2, 125: 3, 126: 4, 127: 5, 128: 6, 129: 8, 130: 10, 131: 11, 132: 12, 133: 13, 114: 14, 113: 15, 112: 16,
  71: 17, 72: 18, 73: 19, 74: 20, 75: 21, 78: 22, 79: 23, 80: 24, 81: 25, 82: 26, 50: 27, 56: 27, 51: 28, 57: 28, 53: 29, 59: 29,
  54: 30, 60: 30, 64: 31, 180: 33, 181: 33, 69: 35, 18: 36, 19: 37, 21: 38, 22: 39, 30: 40, 28: 41, 23: 42, 24: 43, 26: 44, 27: 45,
  33: 46, 31: 47, 87: 48, 88: 49, 89: 50, 90: 51, 91: 52, 92: 53, 93: 54, 108: 55, 107: 56, 106: 57, 105: 58, 104: 59, 95: 61, 96: 62,
  97: 63, 102: 65, 101: 66, 100: 67,
}; // prettier-ignore

const PORTRAIT = { width: 240, height: 280, scale: 9, x: 120, y: 130 } as const;
const placeOf = ([x, y]: readonly [number, number]): [number, number] => [PORTRAIT.x + PORTRAIT.scale * x, PORTRAIT.y - PORTRAIT.scale * y];

/** Writes a drawn face on a plain background, with its outline, as SET/ID.jpg and SET/ID.json. */
export async function writeSmallPortrait(folder: string, set: string, id: string, skin = '#c08a6c'): Promise<void> {
  const { width, height } = PORTRAIT;
  const path = (from: number, to: number): string =>
    LANDMARKS.slice(from, to)
      .map((point) => placeOf(point).join(','))
      .join(' ');
  const [cx, cy] = placeOf([0, 0.5]);
  const eyes = [-3.1, 3.1].map((x) => placeOf([x, 3.4]));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#c8ccd0"/>
    <ellipse cx="${cx}" cy="${cy}" rx="66" ry="88" fill="${skin}"/><rect x="85" y="200" width="70" height="80" fill="${skin}"/>
    <polyline points="${path(17, 22)}" stroke="#3a2a20" stroke-width="5" fill="none"/><polyline points="${path(22, 27)}" stroke="#3a2a20" stroke-width="5" fill="none"/>
    <polygon points="${path(36, 42)}" fill="#f0f0ea"/><polygon points="${path(42, 48)}" fill="#f0f0ea"/>${eyes.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="4" fill="#4a3018"/>`).join('')}
    <polygon points="${path(48, 60)}" fill="#a04848"/></svg>`;
  const outline = Array.from({ length: 189 }, (_, i) => placeOf(LANDMARKS[OUTLINE[i] ?? 30]!));
  outline[0] = placeOf([-3.1, 3.4]);
  outline[1] = placeOf([3.1, 3.4]);
  for (let i = 0; i < 8; i++) {
    const [dx, dy] = [4 * Math.cos((i * Math.PI) / 4), 4 * Math.sin((i * Math.PI) / 4)];
    outline[2 + i] = [outline[0][0] + dx, outline[0][1] + dy];
    outline[10 + i] = [outline[1][0] + dx, outline[1][1] + dy];
  }
  outline[139] = placeOf([0, 9.5]);
  for (let i = 134; i < 145; i++) if (i !== 139) outline[i] = placeOf([6 * Math.cos((Math.PI * (144 - i)) / 10), 2 + 7 * Math.sin((Math.PI * (144 - i)) / 10)]);
  for (const [point, place] of [
    [44, [-3, 1.5]],
    [49, [3, 1.5]],
    [165, [-4, 0]],
    [168, [4, 0]],
    [174, [0, -6]],
    [84, [-2, 7]],
    [85, [2, 7]],
  ] as const)
    outline[point] = placeOf(place);
  await mkdir(join(folder, set), { recursive: true });
  await sharp(Buffer.from(svg))
    .jpeg({ quality: 95 })
    .toFile(join(folder, set, `${id}.jpg`));
  await writeFile(join(folder, set, `${id}.json`), JSON.stringify(outline));
}
