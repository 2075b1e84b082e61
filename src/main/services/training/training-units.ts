import { sampleValues, valueAt } from '../../training/data/clip-source.ts';
import type { CachedClip } from '../../training/data/cached-clips.ts';

/**
 * The action units that a training learns, in the order of their numbers: those that the clips know and those of the first model. A unit of
 * the model that no clip knows keeps what the model has learned of it.
 * @returns none where the clips know none
 * @param ofSet FACS numbers of the units of the set's clips; null for a set without units
 * @param ofModel those of the first model; undefined without a model, or for one without units
 */
export function trainingUnits(clips: readonly CachedClip[], ofSet: readonly number[] | null, ofModel: readonly number[] | undefined): readonly number[] {
  const withUnits = clips.filter(({ units }) => units !== null && units !== undefined);
  const known = (ofSet ?? []).filter((_, i) => withUnits.some(({ knownUnits }) => knownUnits === undefined || knownUnits[i] === 1));
  return known.length === 0 ? [] : [...new Set([...known, ...(ofModel ?? [])])].sort((a, b) => a - b);
}

/**
 * A clip with its units in the order of a training.
 * @param ofSet FACS numbers of the clip's units @param units those of the training
 */
export function inTrainingUnits(clip: CachedClip, ofSet: readonly number[] | null, units: readonly number[]): CachedClip {
  const { units: own, knownUnits, samples } = clip;
  if (own === null || own === undefined || ofSet === null || units.join() === ofSet.join()) return clip;
  const columns = units.map((unit) => ofSet.indexOf(unit));
  return {
    ...clip,
    units: sampleValues(Array.from({ length: samples }, (_, sample) => columns.map((column) => (column < 0 ? 0 : valueAt(own, sample, column))))),
    knownUnits: columns.map((column) => (column < 0 ? 0 : (knownUnits?.[column] ?? 1))),
  };
}
