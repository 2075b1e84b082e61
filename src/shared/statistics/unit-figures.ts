/** How well a model reads one action unit in the slots of unseen clips. */
export interface UnitFigures {
  /** FACS number. */
  readonly unit: number;
  readonly slots: number;
  /** Share of the slots in which the unit is present. */
  readonly presentShare: number;
  /** Pearson's correlation of intensities; null where one side never changes. */
  readonly correlation: number | null;
  readonly meanAbsoluteError: number;
  /** Area under the ROC curve: present against absent slots; null where one of both is missing. */
  readonly auc: number | null;
}

/** True strengths from here on count as present, and below `absent` as absent. Those between are left out of the AUC. */
export const UNIT_LIMITS = { present: 0.2, absent: 0.05 } as const;

/**
 * @param truth strengths in slots, 0..1
 * @param read the model's intensities in the same slots, 0..1
 */
export function unitFigures(unit: number, truth: readonly number[], read: readonly number[]): UnitFigures {
  const slots = truth.length;
  const present = read.filter((_, i) => truth[i]! >= UNIT_LIMITS.present);
  const absent = read.filter((_, i) => truth[i]! < UNIT_LIMITS.absent);
  return {
    unit,
    slots,
    presentShare: present.length / slots,
    correlation: correlationOf(truth, read),
    meanAbsoluteError: truth.reduce((sum, value, i) => sum + Math.abs(value - read[i]!), 0) / slots,
    auc: areaOf(absent, present),
  };
}

function correlationOf(a: readonly number[], b: readonly number[]): number | null {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [aa, bb, ab] = [0, 0, 0];
  a.forEach((value, i) => {
    const [da, db] = [value - meanA, b[i]! - meanB];
    aa += da * da;
    bb += db * db;
    ab += da * db;
  });
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : null;
}

/** The share of pairs in which the second value is higher, by ranks; ties count half. */
function areaOf(low: readonly number[], high: readonly number[]): number | null {
  if (low.length === 0 || high.length === 0) return null;
  const sorted = low.toSorted((a, b) => a - b);
  const below = (value: number, isTieBelow: boolean): number => {
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (sorted[middle]! < value || (isTieBelow && sorted[middle] === value)) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  return high.reduce((sum, value) => sum + (below(value, false) + below(value, true)) / 2, 0) / (low.length * high.length);
}
