import type { AnnotatedPeak, AnnotatedSegment, AnnotationDocument } from '../src/shared/annotation/annotation-document.ts';
import { randomStream } from '../src/shared/basics/random.ts';

/** Labels with what formats have to escape. */
const NASTY = [
  'happiness',
  'it\'s "quoted"',
  'a, b; c',
  'line\nbreak',
  '😀 عربي',
  '<&>',
  '',
  ' x ',
  'ends in ]',
  'back\\slash (in) brackets\\',
  '-->',
  'face 3',
  'face 3 peak',
  '1.5',
  '=1+1',
  'tab\there',
  ']]>',
];

/** A random document with difficult content: unusual names, labels without duration, adjacent and overlapping labels, 0 to 8 faces. */
export function randomDocument(seed: number): AnnotationDocument {
  const random = randomStream(seed, 'annotations');
  const whole = (n: number): number => Math.floor(n * random());
  const pick = <T>(values: readonly T[]): T => values[whole(values.length)]!;
  const faces = pick([0, 1, 1, 2, 8]);
  const durationS = 1 + 100 * random();
  const segments = (): AnnotatedSegment[] =>
    Array.from({ length: faces === 0 ? 0 : whole(12) }, () => {
      const startS = pick([Math.round(1000 * durationS * random()) / 1000, whole(5)]);
      const length = pick([0, 0.2, 1, 3 * random()]);
      const remarks = { comment: pick([null, null, 'looks away; "yes"', 'conf=1\nline']), modifiers: pick([null, null, 'left', 'left|very strong']) };
      const confidence = pick([null, Math.round(1e6 * random()) / 1e6]);
      return { face: 1 + whole(faces), label: pick(NASTY), startS, endS: startS + length, confidence, ...remarks };
    });
  const peaks = (): AnnotatedPeak[] =>
    Array.from({ length: faces === 0 ? 0 : whole(4) }, () => {
      const apexS = pick([1, Math.round(1e6 * durationS * random()) / 1e6]);
      const [rise, fall] = [pick([0, 0.25]), pick([0, 0.5])];
      const remarks = { comment: pick([null, 'small']), modifiers: pick([null, 'left']) };
      return { face: 1 + whole(faces), label: pick(NASTY), onsetS: Math.max(0, apexS - rise), apexS, offsetS: apexS + fall, ...remarks };
    });
  const names = ['model', 'Ann', 'Ann face 2', 'Ann peaks', 'Ben "B" & <C>', 'عربي 😀', 'O\'Neil, "x"'].slice(0, 1 + whole(7));
  return {
    video: { path: pick(['/videos/a b.mp4', 'C:\\Studie\\prä 1.mp4', "/v/it's 😀.mp4"]), name: 'a b.mp4', durationS, fps: pick([25, 29.97, null]) },
    participant: pick(['', 'P 01', '"p" & <q>']),
    layers: names.map((name) => ({
      name,
      annotator: `${name} made it`,
      segments: segments(),
      peaks: peaks(),
    })),
    vocabulary: [...new Set(NASTY)].map((label) => ({ name: label, description: label })),
    warnings: ['not "validated" & <weak>\nreally'],
  };
}
