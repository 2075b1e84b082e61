/** Pixels left and right of the time axis, the same in every lane. On the left are the headers of the lanes. */
export const MARGIN = { left: 176, right: 12 } as const;
