import type { Expression } from '../../../shared/domain/expressions.ts';
import type { FacePlace } from '../../face/alignment.ts';
import { cropPlacement, placeOf, smoothedPlace } from '../../face/alignment.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import type { Blend } from '../face/blend.ts';
import { blendedShape, blendSkin } from '../face/blend.ts';
import type { ClipPlan } from './clip-plan.ts';
import { FacePainter, viewFor } from '../rendering/draw.ts';
import { sharesAt, stateAt } from './expression-sequence.ts';
import type { AlignmentPoints } from '../face/pose.ts';
import { Pose, unitsOf } from '../face/pose.ts';
import { Draw } from '../random/draw.ts';
import { Canvas } from '../rendering/raster.ts';
import type { Scene } from '../rendering/scene.ts';
import { paintBackground, paintCovers } from '../rendering/scene.ts';
import type { Subject, Variation, Wearer } from '../face/subject.ts';
import { vary } from '../face/subject.ts';

/** Ground truth of a rendered clip. Times are in seconds of the clip; null for times outside the clip. */
export interface ClipTruth {
  readonly name: string;
  readonly label: Expression;
  readonly portrait: string;
  /** Portrait of the second person in the face; null for none. */
  readonly blend: string | null;
  /** Individual typology angle of the skin in studio light, degrees: above 41 light, below 10 dark (Chardon 1991). */
  readonly skinTone: number;
  /** Skin tone and gender in words, for figures by group. */
  readonly group: string;
  readonly rate: number;
  readonly samples: number;
  readonly onsetS: number | null;
  readonly apexS: number | null;
  readonly offsetS: number | null;
  readonly strength: number;
  /** Share of each class at each sample, in hundredths, in the order of EXPRESSIONS. */
  readonly shares: readonly (readonly number[])[];
  /** Strength of each action unit (in the order of ACTION_UNITS) at each sample, in hundredths, as the mean of both sides. */
  readonly units: readonly (readonly number[])[];
  /** Yaw, pitch and roll at each sample, in degrees. */
  readonly pose: readonly (readonly [number, number, number])[];
  readonly glasses: boolean;
  readonly covered: boolean;
  readonly talking: boolean;
}

/** Side of the canvas for a crop of 112 pixels. The canvas is larger than the crop and then reduced, which smooths edges. */
const DRAWN_SIDE = 160;
/** Samples on either side over which the place of a face is smoothed, as in face tracking. */
const SMOOTHED_OVER = 4;

/**
 * Renders a clip as aligned crops, like those that face tracking cuts from a video.
 * @returns crops [samples, side, side, 3] RGB bytes, and their ground truth
 */
export function renderClip(plan: ClipPlan, people: People, side: number, rate: number): { crops: Uint8Array; truth: ClipTruth } {
  const { expressions, scene } = plan;
  const subject = subjectOf(plan, people);
  const samples = Math.max(1, Math.round(expressions.durationS * rate));
  const states = Array.from({ length: samples }, (_, i) => stateAt(expressions, i / rate));
  const pose = new Pose(subject, scene.light, scene.cameraDistance);
  const painter = new FacePainter(pose);
  const draw = new Draw(randomStream(plan.seed, 'finding'));
  const lasting = wobble(draw, plan.finding.lasting * pose.between);
  const places = new Map(states.map((state, i) => [i, placeOf(moved(moved(pose.points(state), lasting), wobble(draw, plan.finding.each * pose.between)))]));
  const drawn = Math.round((DRAWN_SIDE * side) / 112);
  const canvas = new Canvas(drawn, drawn);
  const crops = new Uint8Array(samples * side * side * 3);
  for (const [i, state] of states.entries()) {
    const around = new Map<number, FacePlace>();
    for (let n = Math.max(0, i - SMOOTHED_OVER); n <= Math.min(samples - 1, i + SMOOTHED_OVER); n++) around.set(n, places.get(n)!);
    const placement = cropPlacement(smoothedPlace(i, around), side);
    const view = viewFor(placement, drawn / side);
    pose.set(state);
    paintBackground(canvas, scene, placement, drawn / side, pose.between);
    painter.draw(canvas, pose, view);
    paintCovers(canvas, scene, pose, view, i / rate);
    finish(canvas, scene);
    const crop = canvas.shrunk(side, side);
    crops.set(plan.mirrored ? mirrored(crop, side) : crop, i * crop.length);
  }
  return { crops, truth: truthOf(plan, people.wearer, rate, samples) };
}

/** The portrait of a clip's person, and that of the second person to blend in. */
export interface People {
  readonly wearer: Wearer;
  readonly other: Wearer | null;
}

/** The subject of a plan, with the photograph's background or without it. */
export function subjectOf(plan: Pick<ClipPlan, 'variation' | 'scene' | 'blend'>, { wearer, other }: People): Subject {
  const { blend, variation } = plan;
  const subject = blend === null || other === null ? vary(wearer, variation) : blended(wearer, other, blend, variation);
  if (plan.scene.ownGround) for (let i = 3; i < subject.behind.rgba.length; i += 4) subject.behind.rgba[i] = 255;
  return subject;
}

function blended(wearer: Wearer, other: Wearer, blend: Blend, variation: Variation): Subject {
  const identity = blendedShape(wearer, other, blend).map((weight, k) => weight + (variation.identity[k] ?? 0));
  return vary(blendSkin(wearer, other, blend), { ...variation, identity });
}

export function truthOf(
  { name, label, portrait, blend, expressions, mirrored: turned, scene }: ClipPlan,
  wearer: Wearer,
  rate: number,
  samples: number,
): ClipTruth {
  // Episodes of neutral faces are movements that are no expression.
  const episode = label === 'neutral' ? undefined : expressions.episodes.find((each) => each.label === label);
  const within = (seconds: number | undefined): number | null =>
    seconds === undefined || seconds < 0 || seconds * rate > samples ? null : round(seconds, 1000);
  const whole = within(episode?.onsetS) !== null && within(episode?.offsetS) !== null;
  const times = Array.from({ length: samples }, (_, i) => i / rate);
  const states = times.map((seconds) => stateAt(expressions, seconds));
  const skinTone = typologyAngle(wearer);
  const degrees = (radians: number): number => round((radians * 180) / Math.PI, 10);
  const sign = turned ? -1 : 1;
  return {
    name,
    label,
    portrait,
    blend: blend?.portrait ?? null,
    skinTone: round(skinTone, 10),
    group: [skinTone > 41 ? 'light skin' : skinTone > 10 ? 'medium skin' : 'dark skin', ...genderOf(portrait)].join('; '),
    rate,
    samples,
    onsetS: whole ? within(episode?.onsetS) : null,
    apexS: within(episode?.apexS),
    offsetS: whole ? within(episode?.offsetS) : null,
    strength: episode === undefined ? 0 : round(episode.strength, 100),
    shares: times.map((seconds) => sharesAt(expressions, seconds).map((share) => Math.round(100 * share))),
    units: states.map(({ activation }) => Object.values(unitsOf(activation)).map((strength) => Math.round(100 * strength))),
    pose: states.map(({ yaw, pitch, roll }) => [sign * degrees(yaw), degrees(pitch), sign * degrees(roll)]),
    glasses: scene.glasses !== null,
    covered: scene.cover !== null,
    talking: expressions.distractors.speech.length > 0,
  };
}

/** Gender from the name of a portrait (canada/003f, composite/m_african). Names of the London set do not contain it. */
function genderOf(portrait: string): string[] {
  const [, canada, composite] = /^(?:canada\/\d+([fm])|composite\/([fm])_)/.exec(portrait) ?? [];
  const letter = canada ?? composite;
  return letter === undefined ? [] : [letter === 'f' ? 'women' : 'men'];
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}

/** Individual typology angle of cheeks and forehead in the photograph, degrees, from CIE Lab under D65. */
function typologyAngle({ portrait: { outline, rgba, width } }: Wearer): number {
  const places = [44, 49, 165, 168, 84, 85].map((point) => outline[point]!);
  const linear = [0, 1, 2].map((c) => {
    const values = places.map(({ x, y }) => rgba[(Math.round(y + 3) * width + Math.round(x)) * 4 + c]! / 255);
    return values.reduce((sum, value) => sum + (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4) / values.length, 0);
  }) as [number, number, number];
  const [r, g, b] = linear;
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.0888);
  return (Math.atan2(116 * y - 16 - 50, 200 * (y - z)) * 180) / Math.PI;
}

function wobble(draw: Draw, size: number): number[] {
  return Array.from({ length: 6 }, () => size * draw.normal());
}

function moved({ rightEye, leftEye, mouth }: AlignmentPoints, by: readonly number[]): AlignmentPoints {
  return {
    rightEye: { x: rightEye.x + by[0]!, y: rightEye.y + by[1]! },
    leftEye: { x: leftEye.x + by[2]!, y: leftEye.y + by[3]! },
    mouth: { x: mouth.x + by[4]!, y: mouth.y + by[5]! },
  };
}

/** Applies the camera's focus and exposure to a frame. */
export function finish(canvas: Canvas, { exposure: gain, blur }: Scene): void {
  canvas.blur(blur);
  if (gain !== 1) for (let i = 0; i < canvas.colour.length; i++) canvas.colour[i]! *= gain;
}

function mirrored(crop: Uint8Array, side: number): Uint8Array {
  const result = new Uint8Array(crop.length);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) for (let c = 0; c < 3; c++) result[(y * side + x) * 3 + c] = crop[(y * side + side - 1 - x) * 3 + c]!;
  return result;
}
