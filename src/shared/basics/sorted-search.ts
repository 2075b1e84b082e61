/** Index of the first x >= value; x.length where there is none. @param x ascending */
export function lowerBound(x: ArrayLike<number>, value: number): number {
  return firstIndex(x.length, (i) => x[i]! >= value);
}

/** Index of the first x > value; x.length where there is none. @param x ascending */
export function upperBound(x: ArrayLike<number>, value: number): number {
  return firstIndex(x.length, (i) => x[i]! > value);
}

/** Index of the x nearest to a value, of two equally near ones the earlier; 0 where x is empty. @param x ascending */
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
