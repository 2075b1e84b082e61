import type { FloatTensor } from '../../../shared/domain/model-session.ts';
import type { UnitFigures } from '../../../shared/statistics/unit-figures.ts';
import { unitFigures } from '../../../shared/statistics/unit-figures.ts';
import { OUTPUTS } from '../../adatosk/model/adatosk.ts';
import type { ClipFacts } from '../data/clip-source.ts';
import { slotMeans } from '../data/sampling.ts';

/** Collects what a model reads of the action units that a set and the model both have. */
export class UnitReadings {
  readonly #ofModel: readonly number[];
  readonly #ofSet: readonly number[];
  readonly #units: readonly number[];
  readonly #truth: number[][];
  readonly #read: number[][];

  /** @param ofModel FACS numbers of the model's units @param ofSet those of the set's clips; null for none */
  constructor(ofModel: readonly number[] | undefined, ofSet: readonly number[] | null) {
    this.#ofModel = ofModel ?? [];
    this.#ofSet = ofSet ?? [];
    this.#units = this.#ofModel.filter((unit) => this.#ofSet.includes(unit));
    this.#truth = this.#units.map(() => []);
    this.#read = this.#units.map(() => []);
  }

  /** Adds the slots of one window of a clip. */
  add({ units, knownUnits }: ClipFacts, window: readonly number[], outputs: Readonly<Record<string, FloatTensor>>): void {
    const read = outputs[OUTPUTS.actionUnits]?.data;
    if (read === undefined || units === null || units === undefined || this.#units.length === 0) return;
    const truth = slotMeans(units, window);
    const [ofModel, ofSet] = [this.#ofModel.length, this.#ofSet.length];
    this.#units.forEach((unit, i) => {
      const [m, s] = [this.#ofModel.indexOf(unit), this.#ofSet.indexOf(unit)];
      if (knownUnits?.[s] === 0) return;
      for (let slot = 0; slot < truth.length / ofSet; slot++) {
        this.#truth[i]!.push(truth[slot * ofSet + s]!);
        this.#read[i]!.push(read[slot * ofModel + m]!);
      }
    });
  }

  /** The figures of each unit; null where nothing was added. */
  figures(): UnitFigures[] | null {
    const known = this.#units.flatMap((unit, i) => (this.#truth[i]!.length === 0 ? [] : [unitFigures(unit, this.#truth[i]!, this.#read[i]!)]));
    return known.length === 0 ? null : known;
  }
}
