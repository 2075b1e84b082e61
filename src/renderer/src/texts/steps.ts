/**
 * What a coder's steps are called in the project, whatever language the window speaks: a project goes from one person to
 * another. The window says them in its own language, by the same names in its catalogue (`steps`).
 */
export const STEPS = {
  create: 'Label {label}',
  relabel: 'Relabel as {label}',
  relabelAll: 'Relabel {count} {label} as {to}',
  accept: 'Accept {label}',
  acceptMany: 'Accept {count} proposals',
  reject: 'Reject {label}',
  rejectMany: 'Reject {count} proposals',
  remove: 'Delete {label}',
  move: 'Move {label}',
  split: 'Split {label}',
  merge: 'Merge {label}',
  peakCreate: 'Add peak of {label}',
  peakAccept: 'Accept peak of {label}',
  peakRelabel: 'Relabel peak as {label}',
  peakMove: 'Move peak of {label}',
  peakRemove: 'Delete peak of {label}',
  noteCreate: 'Write a note',
  noteRemove: 'Delete a note',
  adjudicate: 'Adjudicate a disagreement',
  adjudicateMany: 'Adjudicate {count} agreements',
  labels: 'Change the labels of the project',
  markNew: 'Mark as new',
  markInReview: 'Mark as in review',
  markDone: 'Mark as done',
} as const;
export type StepName = keyof typeof STEPS;
export type StepValues = Readonly<Record<string, string | number>>;

/** As it is kept in the project. */
export function stepLabel(name: StepName, values: StepValues = {}): string {
  return STEPS[name].replace(/\{(\w+)\}/g, (_, key: string) => String(values[key]));
}

/** Longest wording first: a peak's step would be read as a label's, whose name then begins with "peak of". */
const PATTERNS = Object.entries(STEPS)
  .toSorted(([, a], [, b]) => worded(b).length - worded(a).length)
  .map(([name, text]) => ({
    name: name as StepName,
    pattern: new RegExp(`^${text.replace(/\{(\w+)\}/g, (_, key: string) => `(?<${key}>${key === 'count' ? '\\d+' : '.+'})`)}$`),
  }));

function worded(text: string): string {
  return text.replace(/\{\w+\}/g, '');
}

/** Which step a kept label tells of, and with what; null for one of another program or version. */
export function readStep(label: string): { readonly name: StepName; readonly values: StepValues } | null {
  for (const { name, pattern } of PATTERNS) {
    const found = pattern.exec(label);
    if (found !== null) return { name, values: { ...found.groups } };
  }
  return null;
}
