import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import { notice } from '../../../shared/app/notices.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import type { Expression } from '../../../shared/domain/expressions.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { Split } from '../../../shared/domain/splits.ts';
import { assignGroups } from '../../../shared/domain/stratified-groups.ts';
import { decodeText } from '../../formats/decode-text.ts';
import { findVideos, readableVideos } from '../../media/video-files.ts';
import type { ClipRow } from './clip-row.ts';
import { rowOfVideo } from './clip-row.ts';

/**
 * Public sets of facial expressions in videos, in the layout in which their authors give them out. The person who trains has them
 * from their authors, under their terms; this program has none of them.
 *
 * - DFEW (Jiang et al. 2020): EmoLabel_DataSplit/{train,test}(single-labeled)/set_N.csv, videos anywhere below Clip
 * - FERV39k (Wang et al. 2022): 4_setups/All_scenes/{train,test}_All.csv, videos in 2_ClipsforFaceCrop
 * - MAFW (Liu et al. 2022): Train & Test Set/single/no_caption/set_N/{train,test}.txt, videos in data/clips
 * - RAVDESS (Livingstone and Russo 2018): Actor_NN/MM-VV-EE-II-SS-RR-AA.mp4
 * - CREMA-D (Cao et al. 2014): VideoFlash/AAAA_SSS_EEE_II.flv
 *
 * Actors of RAVDESS and CREMA-D are divided whole into five folds. The other sets do not name their people; they have folds or a division
 * of their own.
 */
export type PublicSetName = 'DFEW' | 'FERV39k' | 'MAFW' | 'RAVDESS' | 'CREMA-D';

interface PublicSet {
  readonly name: PublicSetName;
  /** Number of folds; 1 for a set with a single division. */
  readonly folds: number;
  /** Whether a folder has this layout. */
  readonly isIn: (folder: string, names: readonly string[]) => boolean;
  /** @param fold 1 to `folds`; null divides only where the set is divided by its authors: into its first fold */
  readonly read: (folder: string, fold: number | null) => Promise<ClipRow[]>;
}

const FOLDS = 5;
/** Share of the training clips of a set with given divisions that validates. */
const VALIDATION_SHARE = 0.1;
const SEED = 1;

const DFEW_SPLITS = 'EmoLabel_DataSplit';
const FERV39K_SPLITS = join('4_setups', 'All_scenes');
const MAFW_SPLITS = join('Train & Test Set', 'single', 'no_caption');
const RAVDESS_NAME = /^(\d\d)-(\d\d)-(\d\d)-\d\d-\d\d-\d\d-(\d\d)$/;
const CREMAD_NAME = /^(\d{4})_[A-Z]{3}_([A-Z]{3})_[A-Z]{2}$/;

const PUBLIC_SETS: readonly PublicSet[] = [
  { name: 'DFEW', folds: FOLDS, isIn: (_, names) => names.includes(DFEW_SPLITS), read: readDfew },
  { name: 'FERV39k', folds: 1, isIn: (folder) => existsSync(join(folder, FERV39K_SPLITS, 'train_All.csv')), read: readFerv39k },
  { name: 'MAFW', folds: FOLDS, isIn: (folder) => existsSync(join(folder, MAFW_SPLITS)), read: readMafw },
  { name: 'RAVDESS', folds: FOLDS, isIn: (_, names) => names.some((name) => /^Actor_\d\d$/.test(name)), read: readRavdess },
  { name: 'CREMA-D', folds: FOLDS, isIn: (_, names) => names.includes('VideoFlash'), read: readCremaD },
];

/**
 * Reads a public set.
 * @param fold the fold that tests; null where the person chose none
 * @returns null for a folder that has none of the layouts
 * @throws StudioError 'wrong-usage/fold' for a fold that the set does not have; 'data-set-invalid/public-set' where the videos are not there
 */
export async function readPublicSet(folder: string, fold: number | null): Promise<ClipRow[] | null> {
  const names = await readdir(folder);
  const set = PUBLIC_SETS.find(({ isIn }) => isIn(folder, names));
  if (set === undefined) return null;
  if (fold !== null && (fold < 1 || fold > set.folds)) throw new StudioError('wrong-usage/fold', { set: set.name, folds: set.folds, fold });
  return set.read(folder, fold);
}

/** DFEW numbers its seven classes from 1, in the order of EXPRESSIONS. */
async function readDfew(folder: string, fold: number | null): Promise<ClipRow[]> {
  const videos = await videosIn('DFEW', join(folder, 'Clip'), (name) => String(Number(name)));
  const tableOf = (split: GivenSplit): string => join(folder, DFEW_SPLITS, `${split}(single-labeled)`, `set_${fold ?? 1}.csv`);
  const rows = await listedRows(tableOf, (line, number) => {
    if (number === 1) return null;
    const [name = '', label = ''] = line.split(',');
    return { path: videos(String(Number(name))), label: Number(label) - 1 };
  });
  return withValidation(complete('DFEW', rows));
}

const FERV39K_CLASSES = classesNamed({
  Happy: 'happiness',
  Sad: 'sadness',
  Neutral: 'neutral',
  Angry: 'anger',
  Surprise: 'surprise',
  Disgust: 'disgust',
  Fear: 'fear',
});

/** Lines are 'SCENE/CLASS/NUMBER CLASS'. */
async function readFerv39k(folder: string): Promise<ClipRow[]> {
  const videos = await videosIn('FERV39k', join(folder, '2_ClipsforFaceCrop'), (_, path) => path.slice(0, -extname(path).length));
  const tableOf = (split: GivenSplit): string => join(folder, FERV39K_SPLITS, `${split}_All.csv`);
  const rows = await listedRows(tableOf, (line) => {
    const [name = '', label = ''] = line.split(' ');
    return { path: videos(name), label: FERV39K_CLASSES(label) };
  });
  return withValidation(complete('FERV39k', rows));
}

const MAFW_CLASSES = classesNamed({ 1: 'anger', 2: 'disgust', 3: 'fear', 4: 'happiness', 5: 'neutral', 6: 'sadness', 7: 'surprise' });

/** Lines are 'NAME.mp4 CLASS', the class as a name or as a number from 1. Its four further classes are left out. */
async function readMafw(folder: string, fold: number | null): Promise<ClipRow[]> {
  const videos = await videosIn('MAFW', join(folder, 'data', 'clips'), (name) => name);
  const tableOf = (split: GivenSplit): string => join(folder, MAFW_SPLITS, `set_${fold ?? 1}`, `${split}.txt`);
  const rows = await listedRows(tableOf, (line) => {
    const [name = '', word = ''] = line.split(/\s+/);
    const named = (EXPRESSIONS as readonly string[]).indexOf(word);
    const label = named < 0 ? MAFW_CLASSES(word) : named;
    return label === null ? null : { path: videos(basename(name, extname(name))), label };
  });
  return withValidation(complete('MAFW', rows));
}

/** Calm is not one of the seven classes. */
const RAVDESS_CLASSES = classesNamed({ '01': 'neutral', '03': 'happiness', '04': 'sadness', '05': 'anger', '06': 'fear', '07': 'disgust', '08': 'surprise' });
const SOUND_ALONE = '03';

async function readRavdess(folder: string, fold: number | null): Promise<ClipRow[]> {
  const { videos } = readableVideos(await findVideos([folder]));
  const seen = new Set<string>();
  const rows = videos.flatMap(({ path, name }): ClipRow[] => {
    const [, modality, , emotion = '', actor = ''] = RAVDESS_NAME.exec(basename(path, extname(path))) ?? [];
    const label = RAVDESS_CLASSES(emotion);
    if (modality === undefined || modality === SOUND_ALONE || label === null) return [];
    // Files with and without sound show the same pictures.
    const shown = basename(path, extname(path)).slice(3);
    if (seen.has(shown)) return [];
    seen.add(shown);
    return [{ ...rowOfVideo(name, path), label, participant: `Actor ${actor}`, group: Number(actor) % 2 === 0 ? 'women' : 'men' }];
  });
  return byFold(complete('RAVDESS', rows), fold);
}

const CREMAD_CLASSES = classesNamed({ ANG: 'anger', DIS: 'disgust', FEA: 'fear', HAP: 'happiness', NEU: 'neutral', SAD: 'sadness' });

async function readCremaD(folder: string, fold: number | null): Promise<ClipRow[]> {
  const { videos } = readableVideos(await findVideos([join(folder, 'VideoFlash')]));
  const rows = videos.flatMap(({ path, name }): ClipRow[] => {
    const [, actor, emotion = ''] = CREMAD_NAME.exec(basename(path, extname(path))) ?? [];
    const label = CREMAD_CLASSES(emotion);
    return actor === undefined || label === null ? [] : [{ ...rowOfVideo(name, path), label, participant: actor }];
  });
  return byFold(complete('CREMA-D', rows), fold);
}

/** The divisions that the authors of these sets give out. */
type GivenSplit = 'train' | 'test';
/** `path` is undefined where the video is missing. */
type ListedRow = Omit<ClipRow, 'path'> & { readonly path: string | undefined };

/**
 * The rows of the lists for training and testing.
 * @param rowOf the video and the class of a line, or null for a line that is none of the set's; `number` counts lines from 1
 */
async function listedRows(
  tableOf: (split: GivenSplit) => string,
  rowOf: (line: string, number: number) => Pick<ListedRow, 'path' | 'label'> | null,
): Promise<ListedRow[]> {
  const lists = await Promise.all(
    (['train', 'test'] as const).map(async (split) => {
      const table = tableOf(split);
      return (await linesOf(table)).flatMap((line, i): ListedRow[] => {
        const row = rowOf(line, i + 1);
        return row === null ? [] : [{ ...rowOfVideo(notice('place/line', { file: basename(table), line: i + 1 }), ''), split, ...row }];
      });
    }),
  );
  return lists.flat();
}

function classesNamed(names: Readonly<Record<string, Expression>>): (name: string) => number | null {
  return (name) => {
    const expression = names[name];
    return expression === undefined ? null : EXPRESSIONS.indexOf(expression);
  };
}

async function linesOf(table: string): Promise<string[]> {
  const text = await readFile(table).catch((error: unknown) => {
    throw new StudioError('file-missing/clip-set', { path: table }, error);
  });
  return decodeText(text)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
}

/**
 * The videos below a folder by their keys.
 * @param key of a video, from its name without ending and its path below the folder; the first video of a key counts
 * @throws StudioError 'data-set-invalid/public-set' without any video
 */
async function videosIn(set: PublicSetName, root: string, key: (name: string, path: string) => string): Promise<(key: string) => string | undefined> {
  const { videos } = existsSync(root) ? readableVideos(await findVideos([root])) : { videos: [] };
  if (videos.length === 0) throw new StudioError('data-set-invalid/public-set', { set, folder: root });
  const paths = new Map<string, string>();
  for (const { path, name } of videos) {
    const own = key(basename(name, extname(name)), name);
    if (!paths.has(own)) paths.set(own, path);
  }
  return (wanted) => paths.get(wanted);
}

/** @throws StudioError 'data-set-invalid/public-set-rows' if videos of some rows are missing or no row is usable */
function complete(set: PublicSetName, rows: readonly ListedRow[]): ClipRow[] {
  const missing = rows.filter(({ path }) => path === undefined);
  const unknown = rows.filter(({ label }) => label === null || !(label in EXPRESSIONS));
  const [first] = [...missing, ...unknown];
  if (rows.length === 0 || first !== undefined)
    throw new StudioError('data-set-invalid/public-set-rows', {
      set,
      rows: rows.length,
      missing: missing.length,
      unknown: unknown.length,
      from: first?.from ?? '',
    });
  return rows as ClipRow[];
}

/** Draws a part of the training rows of each class for validation: these sets have none. */
function withValidation(rows: readonly ClipRow[]): ClipRow[] {
  const random = randomStream(SEED, 'public set');
  return rows.map((row) => (row.split === 'train' && random() < VALIDATION_SHARE ? { ...row, split: 'validation' as const } : row));
}

/** Divides the people of a set: one fold tests, the next one validates, the others train. Without a fold, rows have no split. */
function byFold(rows: readonly ClipRow[], fold: number | null): ClipRow[] {
  if (fold === null) return [...rows];
  const groups = [...Map.groupBy(rows, ({ participant }) => participant ?? '')].map(([name, own]) => ({
    name,
    counts: EXPRESSIONS.map((_, label) => own.filter((row) => row.label === label).length),
  }));
  const folds = assignGroups(groups, new Array<number>(FOLDS).fill(1 / FOLDS), randomStream(SEED, 'folds'));
  const splitOf = (own: number): Split => (own === fold - 1 ? 'test' : own === fold % FOLDS ? 'validation' : 'train');
  return rows.map((row) => ({ ...row, split: splitOf(folds.get(row.participant ?? '') ?? 0) }));
}
