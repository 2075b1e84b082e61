import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Split } from '../../../shared/domain/splits.ts';
import type { ClipPlan } from './clip-plan.ts';
import type { People } from './clip.ts';
import { readFaceModel } from '../face/face-model.ts';
import type { Extent } from '../face/portrait.ts';
import { readPortrait } from '../face/portrait.ts';
import type { Rig } from '../face/rig-data.ts';
import { makeRig } from '../face/rig.ts';
import type { Wearer } from '../face/subject.ts';
import { wear } from '../face/subject.ts';

/** Folders of the face model and the portraits. */
export interface SubjectFiles {
  readonly faceModel: string;
  readonly portraits: string;
}

/** Sets of portraits with outlines. */
export const PORTRAIT_SETS = ['london-neutral', 'canada', 'composite'] as const;

/**
 * Names of all portraits with outlines, SET/ID, sorted.
 * @throws StudioError where the folder has none
 */
export async function portraitNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const set of PORTRAIT_SETS) {
    const files = await readdir(join(folder, set)).catch(() => []);
    const outlined = new Set(files.filter((file) => file.endsWith('.json')).map((file) => basename(file, '.json')));
    for (const file of files) if (file.endsWith('.jpg') && outlined.has(basename(file, '.jpg'))) names.push(`${set}/${basename(file, '.jpg')}`);
  }
  if (names.length === 0) throw new StudioError('file-missing/portraits', { folder });
  return names.sort();
}

/** Fits portraits on demand and caches the most recently used ones, because a fit takes a fifth of a second. */
export class Subjects {
  readonly #place: SubjectFiles;
  readonly #extent: Extent;
  readonly #rig: Promise<Rig>;
  readonly #kept = new Map<string, Promise<Wearer>>();

  constructor(place: SubjectFiles, extent: Extent) {
    this.#place = place;
    this.#extent = extent;
    this.#rig = readFaceModel(place.faceModel).then(makeRig);
  }

  wearer(name: string): Promise<Wearer> {
    const kept = this.#kept.get(name) ?? this.#fit(name);
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    if (this.#kept.size > PORTRAITS_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return kept;
  }

  async people({ portrait, blend }: Pick<ClipPlan, 'portrait' | 'blend'>): Promise<People> {
    return { wearer: await this.wearer(portrait), other: blend === null ? null : await this.wearer(blend.portrait) };
  }

  async #fit(name: string): Promise<Wearer> {
    return wear(await this.#rig, await readPortrait(join(this.#place.portraits, `${name}.jpg`), this.#extent));
  }
}

/** Number of cached portraits, about 1 MB each. */
const PORTRAITS_KEPT = 200;

/**
 * The portraits of a split: of every ten in a set, two are for the test, one is for validation, and seven are for training.
 * Composites (averages of several people) are in no split, because published videos use them.
 */
export function portraitsOf(split: Split, names: readonly string[]): string[] {
  return PORTRAIT_SETS.filter((set) => set !== 'composite').flatMap((set) =>
    names.filter((name) => name.startsWith(`${set}/`)).filter((_, i) => (i % 5 === 2 ? 'test' : i % 10 === 3 ? 'validation' : 'train') === split),
  );
}
