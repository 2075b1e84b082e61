/** The masks with a weight for each patch, in the order in which they are stored. */
export const MAP_MASKS = ['class_agnostic', 'class_semantic', 'final'] as const;
export type MapMask = (typeof MAP_MASKS)[number];
export const MASK_COUNT = MAP_MASKS.length;

/** Mask weights of one face by slot and patch, for display on the face. */
export interface FaceMaps {
  /** Patches along each side of the aligned crop. */
  readonly side: number;
  /** [slots] indices of the slots that the network has read. */
  readonly slots: Int32Array;
  /** [slots, 4] places of the crop in the picture: x and y of the point between eyes and mouth, side in pixels, roll in radians. */
  readonly places: Float32Array;
  /** [slots, 3, side, side] weights 0..1 in 255ths, with rows from top to bottom, in the order of MAP_MASKS. */
  readonly weights: Uint8Array;
  /** [slots, classes] similarity of the slot's tokens to each class embedding, mean over the patches. */
  readonly similarity: Float32Array;
}

/** Position of the point half way between eyes and mouth in a crop, as shares of its side (main/face/alignment.ts). */
export const CROP_MIDDLE = { x: 0.5, y: 0.56 } as const;
