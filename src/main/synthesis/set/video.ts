import { randomStream } from '../../../shared/basics/random.ts';
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

/** A person in a rendered video. */
export interface Actor {
  readonly portrait: string;
  readonly variation: Variation;
  readonly expressions: ExpressionSequence;
  /** Position of the point between the eyes at rest, in pixels of the video. */
  readonly x: number;
  readonly y: number;
  /** Distance between the eyes, in pixels of the video. */
  readonly between: number;
  /** Begin and end of the person's absence, in seconds; null for none. */
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

/** Ground truth of one expression in a video; times in seconds. */
export interface VideoTruth {
  readonly face: number;
  /** Position of the face at rest, in pixels; it identifies the face in the video. */
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly onsetS: number;
  readonly apexS: number;
  readonly offsetS: number;
  readonly strength: number;
  readonly units: Readonly<Record<string, number>>;
}

/** Oversampling of the canvas, which is then reduced to smooth edges. */
const OVERSAMPLED = 1.5;
/** Time in which a person leaves the picture, in seconds. */
const LEAVING_S = 0.7;

/** Renders the frames of a video, [height, width, 3] RGB bytes each. */
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
  const identity = { a: 1, b: 0, c: 0, d: 0, e: 1, f: 0 };
  for (let frame = 0; frame < video.durationS * video.fps; frame++) {
    const seconds = frame / video.fps;
    paintBackground(canvas, video.scene, identity, scale, video.actors[0]?.between ?? 50);
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

/** Absence of a person at a time: 0 in the picture, 1 outside it. */
function absence(away: Actor['away'], seconds: number): number {
  if (away === null) return 0;
  const t = Math.min((seconds - away[0]) / LEAVING_S + 1, (away[1] - seconds) / LEAVING_S + 1, 1);
  return t <= 0 ? 0 : t * t * (3 - 2 * t);
}

/** The view that moves the face at rest to the position of the actor. @param aside shift to the left in pixels of the video */
function viewOf(pose: Pose, { x, y, between }: Actor, scale: number, aside: number): View {
  const { outline } = pose.subject.wearer.portrait;
  const size = (between / pose.between) * scale;
  const middle = { x: (outline[0]!.x + outline[1]!.x) / 2, y: (outline[0]!.y + outline[1]!.y) / 2 };
  return { a: size, b: 0, c: (x - aside) * scale - size * middle.x, d: 0, e: size, f: y * scale - size * middle.y };
}

export function truthOfVideo({ actors }: RenderedVideo): VideoTruth[] {
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  return actors.flatMap(({ expressions, x, y }, face) =>
    expressions.episodes
      .filter(({ label }) => label !== 'neutral')
      .map(({ label, onsetS, apexS, offsetS, strength }) => ({
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

/** Converts a planned clip to a small video, like one from a webcam. */
export function videoOfClip({ name, portrait, variation, expressions, scene }: ClipPlan): RenderedVideo {
  const [width, height, fps] = [320, 320, 25];
  const actor = { portrait, variation, expressions, x: width / 2, y: 0.44 * height, between: 52, away: null };
  return { name, width, height, fps, durationS: expressions.durationS, scene, actors: [actor] };
}

const STUDIO_WALL = [214, 218, 219] as const;

/** A scene and a variation for published videos: plain light, no occlusions, skin as in the photograph. */
export function videoStyle(seed: number, name: string): { scene: Scene; variation: Variation } {
  const draw = new Draw(randomStream(seed, name));
  const scene = drawScene(draw, 'plain');
  // A wall in the studio's colour: loose hair in an averaged photograph is half background and looks right only before that colour.
  return { scene: { ...scene, ownGround: false, background: wall(STUDIO_WALL) }, variation: { ...drawVariation(draw), gain: [1, 1, 1], gamma: 1 } };
}
