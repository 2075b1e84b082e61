/** Tracks over the time axis, in their default order. */
export const TRACK_NAMES = [
  ...(['probabilities', 'intensity', 'masks', 'similarity', 'confidence'] as const),
  ...(['units', 'pose', 'doubt', 'thumbnails', 'sound', 'trials'] as const),
] as const;
export type TrackName = (typeof TRACK_NAMES)[number];

export interface TrackSetting {
  readonly name: TrackName;
  readonly shown: boolean;
  /** Factor of the default height. */
  readonly height: number;
}
