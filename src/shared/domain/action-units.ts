/**
 * The action units of FACS (Ekman, Friesen and Hager 2002) that rendered faces show and that the truth of a rendered clip has, in
 * its order. Readings, tables and the project store have these units in this order.
 */
export const ACTION_UNITS = [1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20, 22, 23, 24, 25, 26, 27, 28, 45] as const;
export type ActionUnitNumber = (typeof ACTION_UNITS)[number];

/** Names of the units in FACS. */
export const UNIT_NAMES: Readonly<Record<ActionUnitNumber, string>> = {
  1: 'inner brow raiser',
  2: 'outer brow raiser',
  4: 'brow lowerer',
  5: 'upper lid raiser',
  6: 'cheek raiser',
  7: 'lid tightener',
  9: 'nose wrinkler',
  10: 'upper lip raiser',
  12: 'lip corner puller',
  14: 'dimpler',
  15: 'lip corner depressor',
  16: 'lower lip depressor',
  17: 'chin raiser',
  18: 'lip pucker',
  20: 'lip stretcher',
  22: 'lip funneler',
  23: 'lip tightener',
  24: 'lip pressor',
  25: 'lips part',
  26: 'jaw drop',
  27: 'mouth stretch',
  28: 'lip suck',
  45: 'blink',
};

/** Strengths of the intensities of FACS, in hundredths: five equal steps from trace (A) to maximum (E). */
export const FACS_STRENGTH: Readonly<Record<string, number>> = { A: 20, B: 40, C: 60, D: 80, E: 100 };

/** AU43 is the movement of AU45, for longer. */
const SAME_MOVEMENT: Readonly<Record<number, number>> = { 43: 45 };

/** The FACS number of a label such as 'AU12' or 'au 06'; null for other labels and for units that no model has. */
export function unitOfLabel(label: string): ActionUnitNumber | null {
  const digits = /^AU ?0*(\d{1,2})$/i.exec(label.trim())?.[1];
  const number = SAME_MOVEMENT[Number(digits)] ?? Number(digits);
  return ACTION_UNITS.find((unit) => unit === number) ?? null;
}

export type UnitColumn = `au${string}_intensity`;

/** The name of a unit's column in tables, for example 'au01_intensity'. */
export const unitColumn = (unit: number): UnitColumn => `au${String(unit).padStart(2, '0')}_intensity`;

export const UNIT_COLUMNS: readonly UnitColumn[] = ACTION_UNITS.map(unitColumn);

/** Must stand wherever intensities of action units are shown or exported. */
export const UNITS_CAUTION = 'experimental, learned from rendered faces';

/**
 * Brings the values of a model's units into the order of ACTION_UNITS. A unit that the model does not have is null; further units
 * of the model are left out.
 * @param units FACS numbers of the model's units
 * @param values one for each of them
 */
export function inUnitOrder(units: readonly number[], values: ArrayLike<number>): (number | null)[] {
  return ACTION_UNITS.map((unit) => values[units.indexOf(unit)] ?? null);
}
