import { randomStream } from '../../../shared/domain/random.ts';
import type { Subjects } from './subjects.ts';
import type { ClipPlan } from './clip-plan.ts';
import { drawVariation } from './clip-plan.ts';
import { finish, subjectOf } from './clip.ts';
import type { View } from '../rendering/draw.ts';
import { FacePainter } from '../rendering/draw.ts';
import type { ExpressionSequence } from './expression-sequence.ts';
import { stateAt } from './expression-sequence.ts';
import { Pose, unitsOf } from '../face/pose.ts';
import { Draw } from '../random/draw.ts';
import { Canvas } from '../rendering/raster.ts';
import type { Scene } from '../rendering/scene.ts';
import { drawScene, paintBackground, paintCovers, wall } from '../rendering/scene.ts';
import type { Variation } from '../face/subject.ts';

/** Somebody in a video. */
export interface Actor {
  readonly portrait: string;
  readonly variation: Variation;
  readonly expressions: ExpressionSequence;
  /** Where the middle between the eyes is at rest, and how far the eyes are apart, pixels of the video. */
  readonly x: number;
  readonly y: number;
  readonly between: number;
  /** From and to when the person is out of the picture, seconds; null for never. */
  readonly away: readonly [number, number] | null;
}

/** A video with one or several rendered faces. */
export interface RenderedVideo {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly durationS: number;
  readonly scene: Scene;
  readonly actors: readonly Actor[];
}

/** What is true of one expression in a video; seconds. */
export interface VideoTruth {
  readonly face: number;
  /** Where the face is at rest, pixels: tells faces of one video apart. */
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly onsetS: number;
  readonly apexS: number;
  readonly offsetS: number;
  readonly strength: number;
  readonly units: Readonly<Record<string, number>>;
}

/** Drawn larger and shrunk, so that edges are smooth. */
const OVERSAMPLED = 1.5;
/** Seconds that it takes somebody to leave the picture. */
const LEAVING_S = 0.7;

/** The frames of a video, one after the other: [height, width, 3] RGB bytes. */
export async function renderVideo(video: RenderedVideo, subjects: Subjects): Promise<Iterable<Uint8Array>> {
  const people = await Promise.all(
    video.actors.map(async (actor) => {
      const pose = new Pose(
        subjectOf({ variation: actor.variation, scene: video.scene, blend: null }, { wearer: await subjects.wearer(actor.portrait), other: null }),
        video.scene.light,
        video.scene.cameraDistance,
      );
      return { actor, pose, painter: new FacePainter(pose) };
    }),
  );
  return frames(video, people);
}

interface Person {
  readonly actor: Actor;
  readonly pose: Pose;
  readonly painter: FacePainter;
}

function* frames(video: RenderedVideo, people: readonly Person[]): Generator<Uint8Array> {
  const even = (value: number): number => 2 * Math.round((OVERSAMPLED * value) / 2);
  const canvas = new Canvas(even(video.width), even(video.height));
  const scale = canvas.width / video.width;
  const still = { a: 1, b: 0, c: 0, d: 0, e: 1, f: 0 };
  for (let frame = 0; frame < video.durationS * video.fps; frame++) {
    const seconds = frame / video.fps;
    paintBackground(canvas, video.scene, still, scale, video.actors[0]?.between ?? 50);
    for (const { actor, pose, painter } of people) {
      const gone = absence(actor.away, seconds);
      if (gone >= 1) continue;
      pose.set(stateAt(actor.expressions, seconds));
      const view = viewOf(pose, actor, scale, gone * video.width);
      painter.draw(canvas, pose, view);
      paintCovers(canvas, video.scene, pose, view, seconds);
    }
    finish(canvas, video.scene);
    yield canvas.shrunk(video.width, video.height);
  }
}

/** 0 in the picture, 1 out of it. */
function absence(away: Actor['away'], seconds: number): number {
  if (away === null) return 0;
  const t = Math.min((seconds - away[0]) / LEAVING_S + 1, (away[1] - seconds) / LEAVING_S + 1, 1);
  return t <= 0 ? 0 : t * t * (3 - 2 * t);
}

/** Puts the face's rest place where the actor stands. */
function viewOf(pose: Pose, { x, y, between }: Actor, scale: number, aside: number): View {
  const { outline } = pose.subject.wearer.portrait;
  const size = (between / pose.between) * scale;
  const middle = { x: (outline[0]!.x + outline[1]!.x) / 2, y: (outline[0]!.y + outline[1]!.y) / 2 };
  return { a: size, b: 0, c: (x - aside) * scale - size * middle.x, d: 0, e: size, f: y * scale - size * middle.y };
}

export function truthOfVideo({ actors }: RenderedVideo): VideoTruth[] {
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  return actors.flatMap(({ expressions, x, y }, face) =>
    expressions.episodes.map(({ label, onsetS, apexS, offsetS, strength }) => ({
      face: face + 1,
      x: Math.round(x),
      y: Math.round(y),
      label,
      onsetS: round(onsetS),
      apexS: round(apexS),
      offsetS: round(offsetS),
      strength: round(strength),
      units: Object.fromEntries(
        Object.entries(unitsOf(stateAt(expressions, apexS).activation))
          .filter(([, value]) => value > 0.05)
          .map(([unit, value]) => [unit, round(value)]),
      ),
    })),
  );
}

/** A planned clip as a small video of its own, as a webcam would film it. */
export function videoOfClip({ name, portrait, variation, expressions, scene }: ClipPlan): RenderedVideo {
  const [width, height, fps] = [320, 320, 25];
  const actor = { portrait, variation, expressions, x: width / 2, y: 0.44 * height, between: 52, away: null };
  return { name, width, height, fps, durationS: expressions.durationS, scene, actors: [actor] };
}

const STUDIO_WALL = [214, 218, 219] as const;

/** A scene and a variation for videos that may be shown: plain light, no covers, the skin as it is. */
export function videoStyle(seed: number, name: string): { scene: Scene; variation: Variation } {
  const draw = new Draw(randomStream(seed, name));
  const scene = drawScene(draw, 'plain');
  // The colour of the studio: loose hair in an averaged photograph is half ground, and looks like hair before that alone.
  return { scene: { ...scene, ownGround: false, background: wall(STUDIO_WALL) }, variation: { ...drawVariation(draw), gain: [1, 1, 1], gamma: 1 } };
}
