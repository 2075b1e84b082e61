import type { Picture } from '../../shared/domain/picture.ts';
import { cropPlacement, placeOf } from './alignment.ts';
import type { Detection } from './face-geometry.ts';
import { resampleRgb } from './resample.ts';

const SIDE = 32;

/**
 * The similarity above which two looks are plainly those of the same person. On rendered faces in front of one camera, looks of one
 * person before and after a cut correlate by 0.93 or more, those of two people by 0.68 to 0.88.
 */
export const SAME_PERSON = 0.9;

/** The look of a face: its aligned crop in grey, of mean 0 and length 1, [32, 32]. */
export type Look = Float32Array;

export function lookOf(picture: Picture, { points }: Pick<Detection, 'points'>): Look {
  const crop = new Uint8Array(SIDE * SIDE * 3);
  resampleRgb(picture, cropPlacement(placeOf(points), SIDE), SIDE, SIDE, crop, 'edge');
  const grey = Float32Array.from({ length: SIDE * SIDE }, (_, i) => crop[3 * i]! + 2 * crop[3 * i + 1]! + crop[3 * i + 2]!);
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  const length = Math.sqrt(grey.reduce((sum, value) => sum + (value - mean) ** 2, 0)) || 1;
  return grey.map((value) => (value - mean) / length);
}

/** Correlation of two looks, -1..1. */
export function similarity(a: Look, b: Look): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
