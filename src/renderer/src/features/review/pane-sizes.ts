/** Sizes of the panes in pixels. */
export interface PaneSizes {
  /** Height of the row with video, face and labels. */
  readonly top: number;
  readonly leastTop: number;
  readonly labels: number;
  readonly face: number;
  readonly inspector: number;
}

const HEADER = 36;
/** Height of the controls below the face. */
const FACE_CONTROLS = 56;
const between = (least: number, value: number, most: number): number => Math.round(Math.max(least, Math.min(most, value)));

/**
 * The sizes with which the review begins. The lanes get more than half of the height, so that both masks, the probabilities and the
 * coder's own tier are in sight; the face is as large as its row is high. @param width of the window @param height of the window
 */
export function paneSizes(width: number, height: number): PaneSizes {
  const top = between(200, 0.425 * (height - HEADER), 448);
  return {
    top,
    leastTop: 160,
    labels: between(170, 0.15 * width, 260),
    face: between(180, Math.min(top - FACE_CONTROLS, 0.24 * width), 448),
    inspector: between(290, 0.25 * width, 400),
  };
}
