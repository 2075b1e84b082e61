/**
 * One decoded picture as YUV 4:2:0 planes, 8 bits, limited range. Both sides are even. `u` and `v` are half as
 * wide and half as high as `y`.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly matrix: 'bt601' | 'bt709';
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}
