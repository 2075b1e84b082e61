/** Number of videos that all coders get, of all videos and the share for double coding (0 to 1). A part of a video counts as one. */
export const doubleCoded = (videos: number, share: number): number => Math.ceil(share * videos - 1e-9);
