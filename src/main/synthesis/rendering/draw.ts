import type { Placement } from '../../face/resample.ts';
import type { Pose } from '../face/pose.ts';
import type { Canvas, Corners, Paint } from './raster.ts';
import { texturePaint } from './raster.ts';

/** An affine map from pixels of the photograph to pixels of the output: (a x + b y + c, d x + e y + f). */
export type View = Placement;

/** Inverts a placement (from output to photograph) to a view (from photograph to output), with pixel centres at 0.5. @param scale oversampling of the output */
export function viewFor({ a, b, c, d, e, f }: Placement, scale: number): View {
  const area = a * e - b * d;
  const inverse = { a: e / area, b: -b / area, d: -d / area, e: a / area };
  const shift = (value: number): number => (value + 0.5) * scale;
  return {
    a: inverse.a * scale,
    b: inverse.b * scale,
    c: shift(-inverse.a * c - inverse.b * f),
    d: inverse.d * scale,
    e: inverse.e * scale,
    f: shift(-inverse.d * c - inverse.e * f),
  };
}

/** Colours of parts that the photograph does not show, as shares of white under the portrait's light. */
const TEETH = [0.93, 0.89, 0.8] as const;
const GUMS = [0.62, 0.32, 0.32] as const;
const CAVITY = [0.3, 0.11, 0.1] as const;

/** Draws one subject. It reuses its memory for every frame. */
export class FacePainter {
  readonly #corners: Corners;
  readonly #sheet: Corners;

  constructor(pose: Pose) {
    const count = pose.x.length;
    this.#corners = { x: new Float32Array(count), y: new Float32Array(count), z: pose.z, u: pose.u, v: pose.v, shade: pose.shade };
    const { x, y } = pose.subject.wearer.sheet;
    this.#sheet = { x: new Float32Array(x.length), y: new Float32Array(x.length), z: pose.sheet.z, u: x, v: y, shade: pose.sheet.shade };
  }

  /** Draws a posed subject on the canvas: portrait, eyes and mouth, and the skin above them. */
  draw(canvas: Canvas, pose: Pose, view: View): void {
    const { wearer, behind, face } = pose.subject;
    const { rig } = wearer;
    const corners = this.#corners;
    const sheet = this.#sheet;
    project(pose.x, pose.y, corners, view);
    project(pose.sheet.x, pose.sheet.y, sheet, view);
    const finishSkin = canvas.drawOver(rig.skin, corners, 'front', face);
    canvas.newLayer();
    canvas.draw(wearer.sheet.triangles, sheet, 'both', texturePaint(canvas, behind));
    canvas.newLayer();
    for (const [index, eye] of rig.eyes.entries()) canvas.draw(eye.triangles, corners, 'both', this.#eyePaint(canvas, pose, index));
    this.#drawMouth(canvas, pose);
    finishSkin();
  }

  /** Paints sclera, iris, pupil and reflection, darker below the upper lid. */
  #eyePaint(canvas: Canvas, pose: Pose, eye: number): Paint {
    const { sclera, iris, wearer } = pose.subject;
    const { colour, width } = canvas;
    const { landmarks } = wearer.rig.model;
    const lid = eye === 0 ? [37, 38, 40, 41] : [43, 44, 46, 47];
    const [upper, lower] = [0, 2].map((at) => (this.#corners.y[landmarks[lid[at]!]!]! + this.#corners.y[landmarks[lid[at + 1]!]!]!) / 2) as [number, number];
    const opening = Math.max(1, lower - upper);
    const light = meanShade(
      pose,
      lid.map((landmark) => landmarks[landmark]!),
    );
    return forEach((pixel, u, v, shade) => {
      const radius = Math.sqrt(u * u + v * v);
      const y = Math.floor(pixel / width) + 0.5;
      const under = Math.min(1, Math.max(0.35, 0.45 + ((y - upper) / opening) * 1.3));
      const edge = Math.min(1, Math.max(0, (1.08 - radius) / 0.16));
      const pupil = Math.min(1, Math.max(0, (0.46 - radius) / 0.12));
      const rim = radius > 0.72 && radius < 1.05 ? 0.72 : 1;
      const glint = (u + 0.25) ** 2 + (v - 0.3) ** 2 < 0.03 ? 130 : 0;
      const strength = light * under * (0.55 + 0.45 * shade);
      for (let c = 0; c < 3; c++) {
        const ring = iris[c]! * rim * (1 - 0.85 * pupil);
        colour[3 * pixel + c] = strength * (sclera[c]! * 1.12 * (1 - edge) + ring * edge) + glint * light;
      }
    });
  }

  #drawMouth(canvas: Canvas, pose: Pose): void {
    const { rig, skinLight } = pose.subject.wearer;
    // The whites of the eyes give the colour of the light.
    const { sclera } = pose.subject;
    const white = (sclera[0]! + sclera[1]! + sclera[2]!) / 3;
    const tint = sclera.map((value) => 0.5 + (0.5 * value) / white);
    const { landmarks } = rig.model;
    const opening = pose.mouthOpening() / pose.between;
    if (opening <= 0) return;
    const front = Math.max(pose.z[landmarks[62]!]!, pose.z[landmarks[66]!]!);
    // A wide open mouth is brighter inside than a narrow one.
    const open = Math.min(1, opening / 0.2);
    const light = (0.5 + 0.5 * open) * (60 + 0.95 * skinLight) * meanShade(pose, [landmarks[51]!, landmarks[57]!]);
    const depth = 1.1 * pose.between;
    const flat = (shares: readonly number[], gain: number): Paint => {
      const { colour } = canvas;
      return forEach((pixel, _u, _v, near) => {
        const deep = Math.max(0.25, 1 - Math.max(0, front - near) / depth);
        for (let c = 0; c < 3; c++) colour[3 * pixel + c] = light * gain * deep * shares[c]! * tint[c]!;
      });
    };
    // Depth instead of shade as the interpolated attribute: deeper parts of the mouth are darker.
    const corners = { ...this.#corners, shade: pose.z };
    const lips = [48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59].map((landmark) => landmarks[landmark]!);
    const reach = (values: Float32Array): [number, number] => [Math.min(...lips.map((v) => values[v]!)), Math.max(...lips.map((v) => values[v]!))];
    const [[left, right], [top, bottom]] = [reach(corners.x), reach(corners.y)];
    canvas.within(left, top, right, bottom);
    canvas.draw(rig.cavity, corners, 'both', flat(CAVITY, 0.8));
    canvas.draw(rig.gums, corners, 'both', flat(GUMS, 0.85));
    canvas.draw(rig.teeth, corners, 'both', flat(TEETH, 1));
    canvas.within(0, 0, canvas.width, canvas.height);
  }
}

/** A paint with a callback per pixel, for parts with few pixels (see Hits). */
function forEach(paint: (pixel: number, u: number, v: number, shade: number) => void): Paint {
  return ({ count, pixels, u, v, shade }) => {
    for (let n = 0; n < count; n++) paint(pixels[n]!, u[pixels[n]!]!, v[pixels[n]!]!, shade[pixels[n]!]!);
  };
}

function meanShade(pose: Pose, vertices: readonly number[]): number {
  return vertices.reduce((sum, vertex) => sum + pose.shade[vertex]! / vertices.length, 0);
}

function project(x: Float32Array, y: Float32Array, to: Corners, { a, b, c, d, e, f }: View): void {
  for (let i = 0; i < x.length; i++) {
    to.x[i] = a * x[i]! + b * y[i]! + c;
    to.y[i] = d * x[i]! + e * y[i]! + f;
  }
}
