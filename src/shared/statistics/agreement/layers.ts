/** A labelled span [startS, endS) of one face in a layer, in seconds. */
export interface LabelledSpan {
  readonly label: string;
  readonly startS: number;
  readonly endS: number;
}

/** The category for time without a label. */
export const UNLABELLED = 'none';

/**
 * Divides a layer into units of time. Each unit has the label at its middle; where labels overlap, the one that began last.
 * @param unitS length of a unit in seconds
 */
export function labelsInUnits(spans: readonly LabelledSpan[], startS: number, endS: number, unitS: number): string[] {
  const units = Math.max(0, Math.floor((endS - startS) / unitS + 1e-9));
  const labels = new Array<string>(units).fill(UNLABELLED);
  for (const { label, startS: from, endS: to } of spans.toSorted((a, b) => a.startS - b.startS)) {
    const first = Math.max(0, Math.ceil((from - startS) / unitS - 0.5 - 1e-9));
    const last = Math.min(units - 1, Math.ceil((to - startS) / unitS - 0.5 - 1e-9) - 1);
    for (let unit = first; unit <= last; unit++) labels[unit] = label;
  }
  return labels;
}

/**
 * The labels of several layers in each unit of time of one face, [units][layers].
 * @param wherever whether to keep units that have no label in any layer
 */
export function unitsOf(layers: readonly (readonly LabelledSpan[])[], endS: number, unitS: number, wherever = false): string[][] {
  const columns = layers.map((spans) => labelsInUnits(spans, 0, endS, unitS));
  const units = (columns[0] ?? []).map((_, unit) => columns.map((labels) => labels[unit]!));
  return wherever ? units : units.filter((labels) => labels.some((label) => label !== UNLABELLED));
}

/** The labels of two layers in each unit of time, up to the end of the last span. */
export function pairedUnits(first: readonly LabelledSpan[], second: readonly LabelledSpan[], unitS: number): [string, string][] {
  const endS = [...first, ...second].reduce((last, span) => Math.max(last, span.endS), 0);
  return unitsOf([first, second], endS, unitS).map(([a, b]) => [a!, b!]);
}

/**
 * Pairs spans of two layers that are the same event: their intersection over union is at least `overlap`. Pairs with the
 * largest value are matched first, each span at most once. A span without a partner is paired with UNLABELLED, as in the
 * modified kappa of ELAN and EasyDIAg (Holle and Rein 2015).
 */
export function matchEvents(first: readonly LabelledSpan[], second: readonly LabelledSpan[], overlap: number): [string, string][] {
  const candidates = first.flatMap((a, i) =>
    second.flatMap((b, j) => {
      const shared = Math.min(a.endS, b.endS) - Math.max(a.startS, b.startS);
      const share = shared / (Math.max(a.endS, b.endS) - Math.min(a.startS, b.startS));
      return shared > 0 && share >= overlap ? [{ i, j, share }] : [];
    }),
  );
  const [left, right] = [new Set(first.keys()), new Set(second.keys())];
  const pairs: [string, string][] = [];
  for (const { i, j } of candidates.sort((a, b) => b.share - a.share || a.i - b.i || a.j - b.j)) {
    if (!left.has(i) || !right.has(j)) continue;
    left.delete(i);
    right.delete(j);
    pairs.push([first[i]!.label, second[j]!.label]);
  }
  for (const i of left) pairs.push([first[i]!.label, UNLABELLED]);
  for (const j of right) pairs.push([UNLABELLED, second[j]!.label]);
  return pairs;
}
