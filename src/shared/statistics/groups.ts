import type { ObservedFace, ObservedSlots } from './summaries.ts';

/**
 * A face with groups (positive, negative …) in the place of labels: segments and peaks have the group of their label, and the
 * probability of a group is the sum of those of its labels. Labels without a group are left out.
 * @param groupOf the group of each label
 */
export function groupedFace(face: ObservedFace, groupOf: ReadonlyMap<string, string>): ObservedFace {
  const grouped = <T extends { readonly label: string }>(rows: readonly T[]): T[] =>
    rows.flatMap((row) => {
      const label = groupOf.get(row.label);
      return label === undefined ? [] : [{ ...row, label }];
    });
  return { ...face, segments: grouped(face.segments), peaks: grouped(face.peaks), slots: face.slots === null ? null : groupedSlots(face.slots, groupOf) };
}

function groupedSlots({ times, shares }: ObservedSlots, groupOf: ReadonlyMap<string, string>): ObservedSlots {
  const sums: Record<string, Float32Array> = {};
  for (const [label, values] of Object.entries(shares)) {
    const group = groupOf.get(label);
    if (group === undefined) continue;
    const sum = (sums[group] ??= new Float32Array(values.length));
    // NaN stays NaN: there is no face in any label.
    for (const [i, value] of values.entries()) sum[i]! += value;
  }
  return { times, shares: sums };
}
