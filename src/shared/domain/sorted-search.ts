/** Index of the first x that is not below a value; x.length where all are. @param x ascending */
export function lowerBound(x: ArrayLike<number>, value: number): number {
  return firstIndex(x.length, (i) => x[i]! >= value);
}

/** Index of the first x that is above a value; x.length where none is. @param x ascending */
export function upperBound(x: ArrayLike<number>, value: number): number {
  return firstIndex(x.length, (i) => x[i]! > value);
}

/** Index of the x that is nearest to a value, the earlier one on a tie; 0 where there are none. @param x ascending */
export function nearestIndex(x: ArrayLike<number>, value: number): number {
  const after = upperBound(x, value);
  if (after === 0 || after === x.length) return Math.max(0, after - 1);
  return x[after]! - value < value - x[after - 1]! ? after : after - 1;
}

function firstIndex(length: number, isPast: (i: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isPast(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
