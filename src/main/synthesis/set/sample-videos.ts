import type { Expression } from '../../../shared/domain/expressions.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import type { RenderedVideo } from './video.ts';
import { videoStyle } from './video.ts';
import type { Episode, Liveliness, ExpressionSequence } from './expression-sequence.ts';
import { drawEpisode, drawExpressionSequence, drawTimes } from './expression-sequence.ts';
import { Draw } from '../random/draw.ts';

/** One face of a sample video: its expressions, separated by pauses, and its other movements. */
interface Part {
  readonly portrait: string;
  /** Position as shares of width and height, and distance between the eyes in pixels. */
  readonly place: readonly [number, number, number];
  readonly shows: readonly Expression[];
  readonly liveliness: Liveliness;
  readonly away?: readonly [number, number];
}

interface Sample {
  readonly name: string;
  readonly durationS: number;
  readonly parts: readonly Part[];
}

const QUIET: Liveliness = { talking: 0, yaw: 0.05 };
const TALKING: Liveliness = { talking: 1, yaw: -0.1 };
const MIDDLE = [0.5, 0.5, 60] as const;

/** Sample videos are published, so they show only composites (averages of several people). */
const SAMPLES: readonly Sample[] = [
  {
    name: 'happiness-and-surprise',
    durationS: 12,
    parts: [{ portrait: 'composite/f_multi', place: MIDDLE, shows: ['happiness', 'surprise', 'happiness'], liveliness: QUIET }],
  },
  {
    name: 'sadness-and-anger',
    durationS: 12,
    parts: [{ portrait: 'composite/m_easian', place: MIDDLE, shows: ['sadness', 'anger', 'sadness'], liveliness: QUIET }],
  },
  {
    name: 'disgust-and-fear',
    durationS: 12,
    parts: [{ portrait: 'composite/f_african', place: MIDDLE, shows: ['disgust', 'fear', 'disgust'], liveliness: QUIET }],
  },
  {
    name: 'all-six',
    durationS: 20,
    parts: [{ portrait: 'composite/m_white', place: MIDDLE, shows: ['happiness', 'sadness', 'surprise', 'disgust', 'anger', 'fear'], liveliness: QUIET }],
  },
  {
    name: 'interview-talking',
    durationS: 14,
    parts: [{ portrait: 'composite/f_wasian', place: MIDDLE, shows: ['happiness', 'surprise', 'disgust'], liveliness: TALKING }],
  },
  {
    name: 'two-people',
    durationS: 12,
    parts: [
      { portrait: 'composite/f_white', place: [0.26, 0.54, 50], shows: ['happiness', 'surprise'], liveliness: QUIET },
      { portrait: 'composite/m_african', place: [0.74, 0.56, 50], shows: ['sadness', 'happiness'], liveliness: QUIET },
    ],
  },
  {
    name: 'leaves-and-returns',
    durationS: 14,
    parts: [{ portrait: 'composite/m_wasian', place: MIDDLE, shows: ['happiness', 'surprise', 'anger'], liveliness: QUIET, away: [4.6, 7.4] }],
  },
  {
    name: 'head-turned',
    durationS: 10,
    parts: [{ portrait: 'composite/f_easian', place: MIDDLE, shows: ['happiness', 'surprise'], liveliness: { talking: 0, yaw: 0.38 } }],
  },
  { name: 'neutral-talking', durationS: 8, parts: [{ portrait: 'composite/m_multi', place: MIDDLE, shows: [], liveliness: TALKING }] },
];

const SIZE = { width: 400, height: 320, fps: 25 } as const;

/** The sample videos of the repository. The same seed gives the same videos. */
export function sampleVideos(seed: number): RenderedVideo[] {
  return SAMPLES.map(({ name, durationS, parts }) => {
    const { scene } = videoStyle(seed, name);
    const actors = parts.map(({ portrait, place: [x, y, between], shows, liveliness, away }) => ({
      portrait,
      variation: { ...videoStyle(seed, `${name} ${portrait}`).variation, balance: 0.4 },
      expressions: sequence(new Draw(randomStream(seed, `${name} performance ${portrait}`)), shows, durationS, liveliness, away),
      x: x * SIZE.width,
      y: y * SIZE.height,
      between,
      away: away ?? null,
    }));
    return { name, ...SIZE, durationS, scene, actors };
  });
}

/** Expressions one after the other, spread over the time in which the person is in the picture. */
function sequence(
  draw: Draw,
  shows: readonly Expression[],
  durationS: number,
  liveliness: Liveliness,
  away: readonly [number, number] | undefined,
): ExpressionSequence {
  const episodes: Episode[] = [];
  const room = durationS / Math.max(1, shows.length);
  shows.forEach((label, i) => {
    const times = drawTimes(draw, label, true);
    const length = times.rise + times.beforeApex + times.afterApex + times.fall;
    let onset = i * room + draw.between(0.25, 0.5) * Math.max(0.2, room - length);
    // No expression while the person leaves or returns.
    if (away !== undefined && onset < away[1] + 0.8 && onset + length > away[0] - 0.8)
      onset = onset + length / 2 < away[0] ? away[0] - 0.9 - length : away[1] + 0.9;
    const episode = drawEpisode(draw, label, Math.max(0.4, onset), times);
    episodes.push({ ...episode, strength: 0.75 + 0.25 * draw.next() });
  });
  return drawExpressionSequence(draw, episodes, durationS, liveliness);
}
