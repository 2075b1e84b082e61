/** A picture that triangles are painted with: [height, width, 4]. */
export interface Texture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray;
}
