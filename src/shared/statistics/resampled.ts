/** Time series at the slots of a timeline. */

/** A stretch of a series: times in seconds, ascending; NaN for missing values. */
export interface Samples {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** A series at the slots of a timeline. */
export interface SlotMeans {
  /** [slots] mean of the samples in the slot; NaN without any. */
  readonly means: Float64Array;
  /** [slots] samples with a value. */
  readonly counts: Int32Array;
}

/**
 * The mean of the samples in each slot. Slots are half-open: a sample at the end of one belongs to the next one.
 * @param stretches in order of time
 * @param starts [slots] in seconds, ascending
 * @param ends [slots] no later than the start of the next slot
 */
export function slotMeans(stretches: Iterable<Samples>, starts: ArrayLike<number>, ends: ArrayLike<number>): SlotMeans {
  const sums = new Float64Array(starts.length);
  const counts = new Int32Array(starts.length);
  let slot = 0;
  for (const { times, values } of stretches) {
    for (let i = 0; i < times.length; i++) {
      const [time, value] = [times[i]!, values[i]!];
      while (slot + 1 < starts.length && starts[slot + 1]! <= time) slot += 1;
      if (slot >= starts.length || time < starts[slot]! || time >= ends[slot]! || Number.isNaN(value)) continue;
      sums[slot] = sums[slot]! + value;
      counts[slot] = counts[slot]! + 1;
    }
  }
  return { means: sums.map((sum, i) => (counts[i]! === 0 ? NaN : sum / counts[i]!)), counts };
}
