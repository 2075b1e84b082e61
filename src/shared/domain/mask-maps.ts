/** The masks that have a weight for each place of the face, in the order in which they lie. */
export const MAP_MASKS = ['class_agnostic', 'class_semantic', 'final'] as const;
export type MapMask = (typeof MAP_MASKS)[number];
export const MASK_COUNT = MAP_MASKS.length;

/** One face's mask weights by place, slot by slot, for showing them on the face. */
export interface FaceMaps {
  /** Places along each side of the aligned crop. */
  readonly side: number;
  /** [slots] numbers of the slots that were read. */
  readonly slots: Int32Array;
  /** [slots, 4]: where the crop lay in the picture: x and y between eyes and mouth, side in pixels, roll in radians. */
  readonly places: Float32Array;
  /** [slots, 3, side, side]: weights 0..1 in 255ths, rows from above, in the order of MAP_MASKS. */
  readonly weights: Uint8Array;
  /** [slots, classes]: how like each class's prototype the slot's tokens are, the mean over the places. */
  readonly similarity: Float32Array;
}

/** Where the point half way between eyes and mouth stands in a crop, as shares of its side (main/face/alignment.ts). */
export const CROP_MIDDLE = { x: 0.5, y: 0.56 } as const;
