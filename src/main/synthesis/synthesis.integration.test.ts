import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPRESSIONS, NEUTRAL_INDEX } from '../../shared/domain/expressions.ts';
import { mean } from '../../shared/basics/mean.ts';
import { SPLITS } from '../../shared/domain/splits.ts';
import { writeSmallFaceModel, writeSmallPortrait } from '../../../testing/face-model.ts';
import { randomStream } from '../../shared/basics/random.ts';
import { cropPlacement, placeOf } from '../face/alignment.ts';
import { readFaceSet } from '../training/data/face-set.ts';
import { ACTION_UNITS } from '../../shared/domain/action-units.ts';
import { activationIndex, shapeWeights } from './face/action-units.ts';
import type { ActionUnit } from './face/action-units.ts';
import { Subjects, portraitNames, portraitsOf } from './set/subjects.ts';
import type { ClipPlan } from './set/clip-plan.ts';
import { planClip, UNMIXED } from './set/clip-plan.ts';
import { renderClip, subjectOf } from './set/clip.ts';
import { FacePainter, viewFor } from './rendering/draw.ts';
import { readFaceModel } from './face/face-model.ts';
import { WRINKLE_COUNT } from './face/wrinkles.ts';
import type { Episode } from './set/expression-sequence.ts';
import { drawEpisode, drawExpressionSequence, drawTimes, levelAt, sharesAt, stateAt, STRENGTHS, DEFAULT_LIVELINESS } from './set/expression-sequence.ts';
import { Pose } from './face/pose.ts';
import { Draw } from './random/draw.ts';
import type { Paint } from './rendering/raster.ts';
import { Canvas, texturePaint } from './rendering/raster.ts';
import { AU_RECIPES } from './set/au-recipes.ts';
import { CONDITIONS, drawScene } from './rendering/scene.ts';
import { makeRig } from './face/rig.ts';
import { synthesizeSet } from './set/set.ts';
import type { Subject } from './face/subject.ts';
import { vary } from './face/subject.ts';
import { simplified } from './face/thinning.ts';

const SIDE = 112;
let folder = '';
let place = { faceModel: '', portraits: '' };
let subjects: Subjects;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adatosk-synthesis-'));
  place = { faceModel: join(folder, 'model'), portraits: join(folder, 'portraits') };
  await writeSmallFaceModel(place.faceModel);
  for (const [i, skin] of ['#c08a6c', '#8a5a40', '#e0b090', '#6a4630', '#d09a7c'].entries())
    await writeSmallPortrait(place.portraits, 'canada', `00${i}`, skin);
  await writeSmallPortrait(place.portraits, 'composite', 'mean');
  subjects = new Subjects(place, 'head');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const draws = (name: string): Draw => new Draw(randomStream(7, name));

describe('action units', () => {
  test('move the shapes of their side, and both sides move shapes for both sides', () => {
    const right = new Float32Array(2 * ACTION_UNITS.length);
    right[activationIndex(12, 0)] = 1;
    const weights = shapeWeights(right);
    expect(weights.get('mouthSmile_R')).toBeGreaterThan(0.5);
    expect(weights.has('mouthSmile_L')).toBe(false);
    const jaw = new Float32Array(2 * ACTION_UNITS.length);
    jaw[activationIndex(26, 0)] = jaw[activationIndex(26, 1)] = 1;
    const half = new Float32Array(2 * ACTION_UNITS.length);
    half[activationIndex(26, 0)] = 1;
    expect(shapeWeights(jaw).get('jawOpen')).toBeCloseTo(2 * shapeWeights(half).get('jawOpen')!, 6);
  });

  test('of every recipe exist in the model, and no two prototypes are equal', () => {
    for (const name of EXPRESSIONS)
      for (const recipe of AU_RECIPES[name]) for (const unit of Object.keys(recipe)) expect(ACTION_UNITS).toContain(Number(unit) as ActionUnit);
    const prototypes = EXPRESSIONS.map((name) => Object.keys(AU_RECIPES[name][0]!).join());
    expect(new Set(prototypes).size).toBe(EXPRESSIONS.length);
  });
});

describe('an expression sequence', () => {
  const episode = (more: Partial<Episode> = {}): Episode => ({
    ...drawEpisode(draws('episode'), 'happiness', 1, { rise: 0.5, beforeApex: 0.3, afterApex: 0.4, fall: 0.6 }),
    ...more,
  });

  test('rises from the onset, is strongest at the apex and is 0 at the offset', () => {
    const one = episode();
    expect([one.onsetS, one.risenS, one.apexS, one.fallingS, one.offsetS].map((s) => Math.round(10 * s))).toEqual([10, 15, 18, 22, 28]);
    expect(levelAt(one, 1)).toBe(0);
    expect(levelAt(one, one.apexS)).toBeCloseTo(1, 9);
    expect(levelAt(one, 2.8)).toBeCloseTo(0, 9);
    const times = Array.from({ length: 400 }, (_, i) => i / 100);
    const strongest = times.reduce((best, t) => (levelAt(one, t) > levelAt(one, best) ? t : best));
    expect(strongest).toBeCloseTo(one.apexS, 2);
    for (const t of times) if (t > 1 && t + 0.01 < one.apexS) expect(levelAt(one, t + 0.01)).toBeGreaterThan(levelAt(one, t));
  });

  test('has shares for the strength of each class, the rest neutral', () => {
    const shares = sharesAt({ episodes: [episode({ strength: 1 })] }, 1.8);
    expect(shares[0]).toBeCloseTo(1, 6);
    expect(sharesAt({ episodes: [episode()] }, 0.5)[NEUTRAL_INDEX]).toBe(1);
    const blend = sharesAt({ episodes: [episode({ strength: 1 }), episode({ strength: 1, label: 'fear' })] }, 1.8);
    expect(blend.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
  });

  test('moves the face by its action units, and also head and eyes, and blinks', () => {
    const performed = drawExpressionSequence(draws('performance'), [episode({ strength: 1, sides: [1, 1] })], 4, { talking: 0, yaw: 0 });
    const smile = (seconds: number): number => stateAt(performed, seconds).activation[activationIndex(12, 1)]!;
    expect(smile(1.85)).toBeGreaterThan(smile(0.9) + 0.3);
    const long = drawExpressionSequence(draws('blinks'), [], 30, DEFAULT_LIVELINESS);
    const blinks = Array.from({ length: 900 }, (_, i) => stateAt(long, i / 30).activation[activationIndex(45, 0)]!);
    expect(Math.max(...blinks)).toBeGreaterThan(0.8);
    expect(blinks.filter((value) => value > 0.5).length).toBeLessThan(200);
  });

  test('has realistic durations', () => {
    for (let i = 0; i < 200; i++) {
      const { rise, beforeApex, afterApex, fall } = drawTimes(draws(`times ${i}`), 'fear', false);
      const total = rise + beforeApex + afterApex + fall;
      expect(total).toBeGreaterThan(0.45);
      expect(total).toBeLessThan(4);
    }
  });
});

describe('drawing', () => {
  const corners = (x: number[], y: number[], z: number[]): Parameters<Canvas['draw']>[1] => ({
    x: Float32Array.from(x),
    y: Float32Array.from(y),
    z: Float32Array.from(z),
    u: new Float32Array(x.length),
    v: new Float32Array(x.length),
    shade: new Float32Array(x.length).fill(1),
  });
  const fill =
    (canvas: Canvas, value: number): Paint =>
    ({ count, pixels }) => {
      for (const pixel of pixels.subarray(0, count)) canvas.colour.fill(value, 3 * pixel, 3 * pixel + 3);
    };

  test('covers each pixel of two triangles that share an edge, and no pixel outside', () => {
    const canvas = new Canvas(10, 10);
    canvas.newLayer();
    canvas.draw(Uint16Array.of(0, 1, 2, 2, 1, 3), corners([2, 8, 2, 8], [2, 2, 8, 8], [0, 0, 0, 0]), 'both', fill(canvas, 9));
    const covered = Array.from({ length: 100 }, (_, i) => canvas.colour[3 * i] === 9);
    covered.forEach((is, i) => expect(is, `pixel ${i % 10}, ${Math.floor(i / 10)}`).toBe(i % 10 >= 2 && i % 10 < 8 && i >= 20 && i < 80));
  });

  test('shows the nearer of two triangles in any order, and a later layer above all', () => {
    const canvas = new Canvas(4, 4);
    const whole = (z: number): Parameters<Canvas['draw']>[1] => corners([-9, 20, -9], [-9, -9, 20], [z, z, z]);
    canvas.newLayer();
    canvas.draw(Uint16Array.of(0, 1, 2), whole(5), 'both', fill(canvas, 5));
    canvas.draw(Uint16Array.of(0, 1, 2), whole(1), 'both', fill(canvas, 1));
    expect(canvas.colour[0]).toBe(5);
    canvas.newLayer();
    canvas.draw(Uint16Array.of(0, 1, 2), whole(1), 'both', fill(canvas, 2));
    expect(canvas.colour[0]).toBe(2);
  });

  test('reports a pixel that two triangles of a call cover once, with the attributes of the nearer one', () => {
    const canvas = new Canvas(4, 4);
    canvas.newLayer();
    const two = { ...corners([-9, 20, -9, -9, 20, -9], [-9, -9, 20, -9, -9, 20], [1, 1, 1, 5, 5, 5]), shade: Float32Array.of(0.1, 0.1, 0.1, 0.5, 0.5, 0.5) };
    canvas.draw(Uint16Array.of(0, 1, 2, 3, 4, 5), two, 'both', ({ count, pixels, shade }) => {
      expect([...pixels.subarray(0, count)].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i));
      shade.forEach((each) => expect(each).toBeCloseTo(0.5));
    });
    expect.assertions(17);
  });

  test('gives the same picture when the top layer is painted first and no pixel is painted twice', () => {
    const over = { width: 3, height: 1, rgba: Uint8ClampedArray.from([90, 60, 30, 255, 90, 60, 30, 255, 90, 60, 30, 0]) };
    const two = { ...over, height: 2, rgba: Uint8ClampedArray.from([...over.rgba, ...over.rgba]) };
    const half = {
      ...corners([-9, 40, -9], [-9, -9, 40], [1, 1, 1]),
      u: Float32Array.of(-2, 12, -2),
      v: new Float32Array(3),
      shade: Float32Array.of(1, 1, 1),
    };
    const [inTurn, overFirst] = [new Canvas(9, 4), new Canvas(9, 4)];
    let below = 0;
    const count =
      (canvas: Canvas): Paint =>
      (hits) => {
        below = hits.count;
        fill(canvas, 200)(hits);
      };
    inTurn.newLayer();
    inTurn.draw(Uint16Array.of(0, 1, 2), half, 'both', count(inTurn));
    expect(below).toBe(36);
    inTurn.newLayer();
    inTurn.draw(Uint16Array.of(0, 1, 2), half, 'both', texturePaint(inTurn, two));
    const finish = overFirst.drawOver(Uint16Array.of(0, 1, 2), half, 'both', two);
    overFirst.newLayer();
    overFirst.draw(Uint16Array.of(0, 1, 2), half, 'both', count(overFirst));
    expect(below).toBeGreaterThan(0);
    expect(below).toBeLessThan(36);
    finish();
    overFirst.colour.forEach((value, i) => expect(value).toBeCloseTo(inTurn.colour[i]!, 3));
    expect(new Set(inTurn.colour).size).toBeGreaterThan(4);
    // Layers drawn afterwards are above all others again.
    overFirst.newLayer();
    overFirst.draw(Uint16Array.of(0, 1, 2), half, 'both', count(overFirst));
    expect(below).toBe(36);
  });

  test('stays within its limits and reduces by the mean of the covered area', () => {
    const canvas = new Canvas(4, 2);
    canvas.within(0, 0, 2, 2);
    canvas.newLayer();
    canvas.draw(Uint16Array.of(0, 1, 2), corners([-9, 20, -9], [-9, -9, 20], [0, 0, 0]), 'both', fill(canvas, 100));
    expect([...canvas.shrunk(2, 1)]).toEqual([100, 100, 100, 0, 0, 0]);
    expect([...canvas.shrunk(1, 1)]).toEqual([50, 50, 50]);
  });

  test('spreads a point over its neighbours with blur and keeps the total light', () => {
    const canvas = new Canvas(7, 7);
    canvas.colour[(3 * 7 + 3) * 3] = 90;
    canvas.blur(1);
    expect(canvas.colour[(3 * 7 + 3) * 3]).toBeCloseTo(10, 5);
    expect(canvas.colour[(2 * 7 + 2) * 3]).toBeCloseTo(10, 5);
    expect(canvas.colour.reduce((a, b) => a + b)).toBeCloseTo(90, 4);
  });

  test('interpolates a texture and blends it by its alpha', () => {
    const canvas = new Canvas(1, 1);
    canvas.colour.fill(40);
    const texture = { width: 2, height: 2, rgba: Uint8ClampedArray.from([0, 0, 0, 255, 200, 200, 200, 255, 0, 0, 0, 255, 200, 200, 200, 255]) };
    const hits = { count: 1, pixels: Int32Array.of(0), u: Float32Array.of(0.5), v: Float32Array.of(0), shade: Float32Array.of(1) };
    texturePaint(canvas, texture)(hits);
    expect(canvas.colour[0]).toBeCloseTo(100, 0);
    texture.rgba.forEach((_, i) => i % 4 === 3 && (texture.rgba[i] = 0));
    texturePaint(canvas, texture)(hits);
    expect(canvas.colour[0]).toBeCloseTo(100, 0);
  });
});

describe('a rig', () => {
  test('has only vertices that are drawn, at the positions of the model', async () => {
    const model = await readFaceModel(place.faceModel);
    const rig = await makeRig(model);
    const place3 = (of: { readonly neutral: Float32Array }, vertex: number): number[] => [...of.neutral.subarray(3 * vertex, 3 * vertex + 3)];
    expect(rig.model.vertexCount).toBeLessThan(model.vertexCount);
    rig.model.landmarks.forEach((vertex, i) => expect(place3(rig.model, vertex)).toEqual(place3(model, model.landmarks[i]!)));
    const drawnVertices = new Set([rig.skin, rig.cavity, rig.gums, rig.teeth, ...rig.eyes.map(({ triangles }) => triangles)].flatMap((list) => [...list]));
    for (const vertex of [...rig.model.landmarks, ...rig.anchors]) drawnVertices.add(vertex);
    expect(drawnVertices.size).toBe(rig.model.vertexCount);
    expect(Math.max(...rig.skin)).toBeLessThanOrEqual(rig.lastSkin);
    // Every displacement equals that of the model at the same position.
    const moves = (of: typeof rig.model): string[] =>
      ['jawOpen', 'mouthSmile_L', 'browDown_R'].flatMap((name) => {
        const { vertices, deltas } = of.expressions.get(name)!;
        return Array.from(vertices, (vertex, i) => [name, ...place3(of, vertex), ...deltas.subarray(3 * i, 3 * i + 3)].join());
      });
    const known = new Set(moves(model));
    const kept = moves(rig.model);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.filter((move) => !known.has(move))).toEqual([]);
    expect(rig.eyes.every(({ first, last, triangles }) => triangles.every((vertex) => vertex >= first && vertex <= last))).toBe(true);
  });

  test('needs few triangles for a flat part and more for a curved one', async () => {
    const size = 9;
    const neutral = (bend: number): Float32Array =>
      Float32Array.from(Array.from({ length: size * size }, (_, i) => [i % size, Math.floor(i / size), bend * ((i % size) - 4) ** 2]).flat());
    const squares = Array.from({ length: size * size }, (_, i) => i).filter((i) => i % size < size - 1 && i < size * (size - 1));
    const triangles = Uint16Array.from(squares.flatMap((i) => [i, i + 1, i + size, i + 1, i + size + 1, i + size]));
    const model = { ...(await readFaceModel(place.faceModel)), vertexCount: size * size };
    const [flat, bent] = [
      await simplified({ ...model, neutral: neutral(0) }, triangles, 0.05),
      await simplified({ ...model, neutral: neutral(0.1) }, triangles, 0.05),
    ];
    expect(flat.length).toBeLessThan(12);
    expect(bent.length).toBeGreaterThan(2 * flat.length);
    expect(bent.length).toBeLessThan(triangles.length);
  });
});

describe('a fitted portrait', () => {
  const plain = {
    identity: [],
    gain: [1, 1, 1],
    balance: 0,
    gamma: 1,
    skinLight: null,
    wrinkles: new Array<number>(WRINKLE_COUNT).fill(1),
    lines: [],
  } as const;
  const drawn = (subject: Subject, units: Partial<Record<ActionUnit, number>>, yaw = 0): Float32Array => {
    const pose = new Pose(subject, { ambient: 0.62, key: 0.38, direction: [0, -0.2, 0.98] }, 30);
    const activation = new Float32Array(2 * ACTION_UNITS.length);
    for (const [unit, strength] of Object.entries(units))
      for (const side of [0, 1] as const) activation[activationIndex(Number(unit) as ActionUnit, side)] = strength;
    const state = { activation, yaw, pitch: 0, roll: 0, shiftX: 0, shiftY: 0, gazeX: 0, gazeY: 0 };
    const still = { ...state, activation: new Float32Array(activation.length), yaw: 0 };
    const canvas = new Canvas(SIDE, SIDE);
    pose.set(state);
    // The same view for all pictures, that of the face at rest, so that they can be compared pixel by pixel.
    new FacePainter(pose).draw(canvas, pose, viewFor(cropPlacement(placeOf(pose.points(still)), SIDE), 1));
    return canvas.colour;
  };
  const change = (a: Float32Array, b: Float32Array, rows: readonly [number, number]): number => {
    let sum = 0;
    for (let i = rows[0] * SIDE * 3; i < rows[1] * SIDE * 3; i++) sum += Math.abs(a[i]! - b[i]!);
    return sum / ((rows[1] - rows[0]) * SIDE * 3);
  };
  const wornBy = async (): Promise<Subject> => vary(await subjects.wearer('canada/000'), plain);

  test('has every landmark at its position in the photograph', async () => {
    const { rig, portrait, neutral } = await subjects.wearer('canada/000');
    const errors = [...portrait.landmarks].map(([landmark, { x, y }]) => {
      const v = rig.model.landmarks[landmark]!;
      return Math.hypot(neutral[3 * v]! - x, neutral[3 * v + 1]! - y);
    });
    expect(errors.reduce((a, b) => a + b) / errors.length).toBeLessThan(1.5);
  });

  test('changes at the mouth when the jaw opens, at the brows when they rise, and nowhere else', async () => {
    const subject = await wornBy();
    const rest = drawn(subject, {});
    const jaw = drawn(subject, { 26: 1, 27: 1 });
    const brows = drawn(subject, { 1: 1, 2: 1 });
    expect(change(rest, jaw, [75, 112])).toBeGreaterThan(5 * change(rest, jaw, [15, 45]));
    expect(change(rest, brows, [20, 50])).toBeGreaterThan(5 * change(rest, brows, [75, 112]));
    expect(change(rest, drawn(subject, {}, 0.3), [20, 100])).toBeGreaterThan(3);
  });

  test('has wrinkles only with their action unit, and deeper ones on skin with deeper wrinkles', async () => {
    const wearer = await subjects.wearer('canada/000');
    const smooth = vary(wearer, { ...plain, wrinkles: new Array<number>(WRINKLE_COUNT).fill(0) });
    const lined = vary(wearer, plain);
    expect(change(drawn(smooth, {}), drawn(lined, {}), [0, SIDE])).toBe(0);
    const [without, deep] = [drawn(smooth, { 4: 1 }), drawn(lined, { 4: 1 })];
    expect(change(without, deep, [15, 55])).toBeGreaterThan(10 * change(without, deep, [70, 112]));
  });

  test('shows permanent lines at rest', async () => {
    const wearer = await subjects.wearer('canada/000');
    const young = vary(wearer, plain);
    const brow = vary(wearer, { ...plain, lines: [0.5] });
    expect(change(drawn(young, {}), drawn(brow, {}), [15, 55])).toBeGreaterThan(10 * change(drawn(young, {}), drawn(brow, {}), [70, 112]));
    // A display that causes a deeper wrinkle has the same result with and without the line.
    expect(change(drawn(young, { 4: 1 }), drawn(brow, { 4: 1 }), [0, SIDE])).toBe(0);
  });
});

describe('a clip', () => {
  test('is the same for the same seed and name, and different for others', async () => {
    const render = async (seed: number, name: string): Promise<string> => {
      const plan = planClip(seed, name, 'surprise', ['canada/000', 'canada/001'], 'usual');
      return Buffer.from(renderClip(plan, await subjects.people(plan), 48, 10).crops).toString('base64');
    };
    const first = await render(1, 'a');
    expect(await render(1, 'a')).toBe(first);
    expect(await render(2, 'a')).not.toBe(first);
    expect(await render(1, 'b')).not.toBe(first);
  });

  test('with a blended second person differs only in the face', async () => {
    const names = ['canada/000', 'canada/001'];
    const [alone, mixed] = [0, 1].map((blended) => planClip(1, 'a', 'surprise', names, 'usual', { ...UNMIXED, blended })) as [ClipPlan, ClipPlan];
    expect({ ...mixed, blend: null }).toEqual(alone);
    expect(mixed.blend!.portrait).toBe(names.find((name) => name !== mixed.portrait));
    const crops = async (plan: ClipPlan): Promise<Uint8Array> => renderClip(plan, await subjects.people(plan), 48, 10).crops;
    const [own, none, both] = [await crops(alone), await crops({ ...mixed, blend: { ...mixed.blend!, eyes: 0, mouth: 0 } }), await crops(mixed)];
    expect(Buffer.compare(own, none)).toBe(0);
    expect(Buffer.compare(own, both)).not.toBe(0);
  });

  test('with a darker skin keeps the whites of the eyes', async () => {
    const [alone, toned] = [0, 1].map((chance) => planClip(1, 'a', 'surprise', ['canada/000'], 'usual', { ...UNMIXED, toned: chance })) as [ClipPlan, ClipPlan];
    expect({ ...toned, variation: { ...toned.variation, skinLight: null } }).toEqual(alone);
    const people = await subjects.people(alone);
    const dark: ClipPlan = { ...toned, variation: { ...toned.variation, skinLight: 0.4 * people.wearer.skinLight } };
    const [usual, darker] = [alone, dark].map((plan) => subjectOf(plan, people)) as [Subject, Subject];
    expect(darker.sclera).toEqual(usual.sclera);
    const light = ({ face }: Subject): number => mean(Array.from(face.rgba.filter((_, i) => i % 4 < 3 && people.wearer.cover[i >> 2] === 255)));
    expect(light(darker) / light(usual)).toBeCloseTo(0.4, 1);
    expect(subjectOf({ ...dark, variation: { ...dark.variation, skinLight: 255 } }, people).face).toEqual(usual.face);
  });

  test('with a varied shape has larger identity weights and no other change', () => {
    const [alone, varied] = [0, 1].map((chance) => planClip(1, 'a', 'fear', ['canada/000'], 'usual', { ...UNMIXED, varied: chance })) as [ClipPlan, ClipPlan];
    const [usual, other] = [alone.variation.identity, varied.variation.identity];
    const further = other[0]! / usual[0]!;
    expect(further).toBeGreaterThan(1);
    other.forEach((weight, i) => expect(weight).toBeCloseTo(further * usual[i]!));
    expect({ ...varied, variation: { ...varied.variation, identity: usual } }).toEqual(alone);
  });

  test('with a subdued display has a lower strength and no other change', () => {
    const [alone, subdued] = [0, 1].map((chance) => planClip(1, 'a', 'anger', ['canada/000'], 'usual', { ...UNMIXED, subdued: chance })) as [
      ClipPlan,
      ClipPlan,
    ];
    const strengths = ({ expressions }: ClipPlan): number[] => expressions.episodes.map(({ strength }) => strength);
    const { weakest, strongest } = STRENGTHS;
    expect(strengths(subdued)).toEqual(strengths(alone).map((strength) => (weakest + strength) / 2));
    expect(Math.max(...strengths(subdued))).toBeLessThan((weakest + strongest) / 2);
    const same = ({ expressions, ...plan }: ClipPlan): unknown => ({ ...plan, expressions: { ...expressions, episodes: [] } });
    expect(same(subdued)).toEqual(same(alone));
  });

  test('with lines at rest has permanent lines and weak action units and no other change', async () => {
    const [alone, lined] = [0, 1].map((chance) => planClip(1, 'a', 'neutral', ['canada/000'], 'plain', { ...UNMIXED, lined: chance })) as [ClipPlan, ClipPlan];
    expect(alone.variation.lines).toEqual([]);
    expect(Math.max(...lined.variation.lines)).toBeGreaterThan(0.1);
    expect(lined.variation.lines).toContain(0);
    const habits = ({ expressions }: ClipPlan): [string, number][] => Object.entries(expressions.distractors.habits);
    expect(habits(lined).length).toBeGreaterThan(habits(alone).length);
    for (const [unit, strength] of habits(alone)) expect(lined.expressions.distractors.habits[Number(unit) as ActionUnit]).toBeGreaterThanOrEqual(strength);
    const { habits: held } = alone.expressions.distractors;
    const same = { ...lined.expressions, distractors: { ...lined.expressions.distractors, habits: held } };
    expect({ ...lined, variation: { ...lined.variation, lines: [] }, expressions: same }).toEqual(alone);
    // Weak permanent action units are not an expression: a face at rest stays neutral.
    const { truth } = renderClip(lined, await subjects.people(lined), 32, 10);
    for (const shares of truth.shares) expect(shares[EXPRESSIONS.indexOf('neutral')]).toBe(100);
    for (const units of truth.units) expect(Math.max(...units)).toBeGreaterThan(0);
    expect(planClip(1, 'a', 'neutral', ['canada/000'], 'lined').variation.lines).toEqual(lined.variation.lines);
  });

  test('has ground truth for every sample: class shares, action units, head pose', async () => {
    for (const label of EXPRESSIONS) {
      const plan = planClip(3, `truth ${label}`, label, ['canada/000'], 'plain');
      const { crops, truth } = renderClip(plan, await subjects.people(plan), 32, 10);
      expect(crops.length).toBe(truth.samples * 32 * 32 * 3);
      for (const list of [truth.shares, truth.units, truth.pose]) expect(list).toHaveLength(truth.samples);
      for (const shares of truth.shares) expect(shares.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(98);
      if (label === 'neutral') expect(truth.apexS).toBeNull();
      else {
        expect(truth.onsetS!).toBeLessThan(truth.apexS!);
        expect(truth.apexS!).toBeLessThan(truth.offsetS!);
        const strongest = truth.shares.map((shares) => shares[EXPRESSIONS.indexOf(label)]!);
        expect(Math.abs(strongest.indexOf(Math.max(...strongest)) / 10 - truth.apexS!)).toBeLessThanOrEqual(0.11);
      }
    }
  });

  test('has the scene of its condition', () => {
    const scenes = Object.fromEntries(CONDITIONS.map((condition) => [condition, drawScene(draws('scene'), condition)]));
    expect(scenes['dark']!.exposure).toBeLessThan(0.35);
    expect(scenes['side-light']!.light.ambient).toBeLessThan(0.2);
    expect(scenes['mouth-covered']!.cover).not.toBeNull();
    expect(scenes['eyes-covered']!.glasses!.tint).toBe(1);
    expect(scenes['plain']!.glasses).toBeNull();
    expect([scenes['blur']!.blur > 0, scenes['plain']!.blur]).toEqual([true, 0]);
    expect(planClip(1, 'turned', 'fear', ['x'], 'turned').expressions.distractors.rest.yaw).toBeCloseTo(
      0.35 * Math.sign(planClip(1, 'turned', 'fear', ['x'], 'turned').expressions.distractors.rest.yaw),
      6,
    );
  });
});

describe('a set', () => {
  const options = (out: string): Parameters<typeof synthesizeSet>[0] => ({
    place,
    out,
    seed: 5,
    counts: { train: 7, validation: 0, test: 7 },
    classes: EXPRESSIONS,
    condition: 'usual',
    side: 32,
    rate: 10,
    mixing: UNMIXED,
    threads: 2,
  });
  const never = new AbortController().signal;

  test('has no person in two splits, has all classes, and can be read for training', async () => {
    const out = join(folder, 'set');
    let reported = 0;
    const set = await synthesizeSet(options(out), (done) => (reported = done), never);
    expect(reported).toBe(14);
    expect(set.clips.filter(({ split }) => split === 'train').map(({ label }) => label)).toEqual([...EXPRESSIONS]);
    const names = await portraitNames(place.portraits);
    const people = SPLITS.map((split) => portraitsOf(split, names));
    expect(new Set(people.flat()).size).toBe(people.flat().length);
    expect(people.flat().some((name) => name.startsWith('composite/'))).toBe(false);
    const read = await readFaceSet(out);
    expect(read.clips).toHaveLength(14);
    expect(read.clips[0]!.clip.units!.width).toBe(ACTION_UNITS.length);
  });

  test('can contain only some classes', async () => {
    const counts = { train: 3, validation: 0, test: 0 };
    const set = await synthesizeSet({ ...options(join(folder, 'two')), counts, classes: ['neutral', 'anger'] }, () => undefined, never);
    expect(set.clips.map(({ label }) => label)).toEqual(['neutral', 'anger', 'neutral']);
  });

  test('that was interrupted resumes with the same bytes', async () => {
    const [whole, again] = [join(folder, 'set'), join(folder, 'again')];
    await synthesizeSet(options(again), () => undefined, never);
    const files = (await readdir(join(again, 'clips'))).sort();
    for (const name of files.filter((_, i) => i % 3 === 0)) await rm(join(again, 'clips', name));
    await synthesizeSet(options(again), () => undefined, never);
    for (const name of ['faces.json', ...files.map((file) => join('clips', file))])
      expect(await readFile(join(again, name)), name).toEqual(await readFile(join(whole, name)));
  });

  test('is rejected with the name of the file for a damaged model, missing portraits and a damaged set', async () => {
    await writeFile(join(folder, 'ict-face-model.json'), '{}');
    await expect(readFaceModel(folder)).rejects.toMatchObject({ code: 'file-unreadable', message: expect.stringContaining(folder) as string });
    await expect(portraitNames(join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'file-missing',
      remedy: expect.stringContaining('london-neutral') as string,
    });
    await writeFile(join(folder, 'faces.json'), '{"format":"other"}');
    await expect(readFaceSet(folder)).rejects.toMatchObject({ code: 'data-set-invalid', message: expect.stringContaining('faces.json') as string });
  });
});
