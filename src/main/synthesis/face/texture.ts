/** A picture with which triangles are painted, [height, width, 4] RGBA bytes. */
export interface Texture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray;
}
