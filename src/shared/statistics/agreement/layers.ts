/** A labelled span [startS, endS) of one face in a layer, in seconds. */
export interface LabelledSpan {
  readonly label: string;
  readonly startS: number;
  readonly endS: number;
}

/** The category for time without a label. No label is empty, in any language. */
export const UNLABELLED = '';

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
 * @param excluded spans whose units are left out: those with their middle in a span
 */
export function unitsOf(
  layers: readonly (readonly LabelledSpan[])[],
  endS: number,
  unitS: number,
  wherever = false,
  excluded: readonly Pick<LabelledSpan, 'startS' | 'endS'>[] = [],
): string[][] {
  const columns = layers.map((spans) => labelsInUnits(spans, 0, endS, unitS));
  const leftOut = labelsInUnits(
    excluded.map((span) => ({ ...span, label: EXCLUDED })),
    0,
    endS,
    unitS,
  );
  const units = (columns[0] ?? []).map((_, unit) => columns.map((labels) => labels[unit]!));
  return units.filter((labels, unit) => leftOut[unit] !== EXCLUDED && (wherever || labels.some((label) => label !== UNLABELLED)));
}

const EXCLUDED = 'excluded';

/** The labels of two layers in each unit of time, up to the end of the last span. @param excluded as for unitsOf */
export function pairedUnits(
  first: readonly LabelledSpan[],
  second: readonly LabelledSpan[],
  unitS: number,
  excluded: readonly Pick<LabelledSpan, 'startS' | 'endS'>[] = [],
): [string, string][] {
  const endS = [...first, ...second].reduce((last, span) => Math.max(last, span.endS), 0);
  return unitsOf([first, second], endS, unitS, false, excluded).map(([a, b]) => [a!, b!]);
}

/** Time in seconds that spans with a label cover. Time that several of them cover counts once. */
export function secondsOf(spans: readonly LabelledSpan[], label: string): number {
  let [seconds, coveredToS] = [0, -Infinity];
  for (const span of spans.filter((each) => each.label === label).sort((a, b) => a.startS - b.startS)) {
    seconds += Math.max(0, span.endS - Math.max(span.startS, coveredToS));
    coveredToS = Math.max(coveredToS, span.endS);
  }
  return seconds;
}
