/**
 * One decoded frame as YUV 4:2:0 planes, 8 bits, limited range. Width and height are even. `u` and `v` have half the width
 * and half the height of `y`.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly matrix: 'bt601' | 'bt709';
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}
