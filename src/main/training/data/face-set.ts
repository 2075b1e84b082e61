import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import { ACTION_UNITS } from '../../../shared/domain/action-units.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { FaceClip, FaceSet } from '../../../shared/domain/face-set.ts';
import { FACE_SET_FILE, faceSetSchema } from '../../../shared/domain/face-set.ts';
import type { CachedClip } from './cached-clips.ts';
import { sampleValues } from './clip-source.ts';
import type { KnownRow } from './splits.ts';

/** Whether a folder is a set of aligned faces. */
export function isFaceSet(path: string): boolean {
  return existsSync(join(path, FACE_SET_FILE));
}

/**
 * Reads a set of aligned faces.
 * @throws StudioError 'data-set-invalid' for a damaged set
 */
export async function readFaceSet(folder: string): Promise<{ set: FaceSet; clips: { row: KnownRow; clip: CachedClip }[] }> {
  const path = join(folder, FACE_SET_FILE);
  let set: FaceSet;
  try {
    set = faceSetSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new StudioError('data-set-invalid/face-set', { file: path }, error);
  }
  return { set, clips: set.clips.map((clip) => ({ row: rowOf(folder, clip), clip: clipIn(folder, set, clip) })) };
}

/** FACS numbers of the units of a set's clips; null for a set without units, and where they are not known. */
export function unitsOfSet({ actionUnits, clips }: FaceSet): readonly number[] | null {
  const count = clips.find(({ units }) => units !== null)?.units?.[0]?.length ?? 0;
  if (count === 0) return null;
  const numbers = actionUnits ?? ACTION_UNITS;
  return numbers.length === count ? numbers : null;
}

function rowOf(folder: string, { name, label, split, participant, group, onsetS, apexS, offsetS }: FaceClip): KnownRow {
  const file = join(folder, 'clips', `${name}.jpegs`);
  const index = label === null ? null : EXPRESSIONS.indexOf(label);
  return { from: name, path: file, sha256: name, label: index, startS: null, endS: null, onsetS, apexS, offsetS, participant, group, split };
}

function clipIn(folder: string, set: FaceSet, clip: FaceClip): CachedClip {
  const { side, rate, actionUnits = ACTION_UNITS } = set;
  const { name, label, samples, strips, onsetS, apexS, offsetS, shares, units, knownUnits } = clip;
  const present = new Array<boolean>(samples).fill(true);
  return {
    face: { file: join(folder, 'clips', `${name}.jpegs`), side, startS: 0, endS: samples / rate, rate, firstSample: 0, present, strips },
    first: 0,
    samples,
    label: label === null ? null : EXPRESSIONS.indexOf(label),
    moments: onsetS === null || offsetS === null ? null : { onset: onsetS * rate, apex: (apexS ?? (onsetS + offsetS) / 2) * rate, offset: offsetS * rate },
    shares: shares && sampleValues(shares),
    units: units && sampleValues(units),
    ...(units !== null && knownUnits !== undefined && { knownUnits: actionUnits.map((unit) => (knownUnits.includes(unit) ? 1 : 0)) }),
  };
}

/**
 * @param side side of the model's crops in pixels
 * @param rate samples a second of the model's clips
 * @throws StudioError 'data-set-invalid' where the crops of the set differ
 */
export function refuseOtherCrops(folder: string, set: Pick<FaceSet, 'side' | 'rate'>, side: number, rate: number): void {
  if (set.side === side && set.rate === rate) return;
  throw new StudioError('data-set-invalid/crop-size', { folder, side: set.side, rate: set.rate, wantedSide: side, wantedRate: rate });
}
