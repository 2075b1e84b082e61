import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { EXPRESSIONS } from '../../src/shared/domain/expressions.ts';
import { analysedProject } from './analysed-project.ts';
import type { InteropCheck, InteropRow } from './interop-check.ts';
import { compared } from './interop-check.ts';
import type { Line } from './lines.ts';
import { lineDifferences } from './lines.ts';
import { adatosk, runScript } from './other-programs.ts';

const FORMS = ['videomae', 'frames', 'dfew', 'videofolder'] as const;
const SIDE = 224;
const DFEW_FRAMES = 16;
/** Largest mean difference of the pictures of two forms, of 255: MP4 and JPEG are compressed in different ways. */
const PICTURE_TOLERANCE = 4;

/** Split, name, label, frames, height, width, and the mean difference from the pictures of the first form (null where the frames are others). */
type Clip = readonly [split: string, name: string, label: number | string, frames: number, height: number, width: number, difference: number | null];
type Found = Readonly<Record<'videomae' | 'raw-frames' | 'frame-folders' | 'dfew' | 'videofolder', readonly Clip[]>>;

/** Fine-tuning sets of a project, with the loaders of the programs that they are for. */
export const FINE_TUNING_SETS: InteropCheck = {
  python: ['decord==0.6.0', 'opencv-python-headless==4.12.0.88', 'pandas==3.1.1', 'datasets==5.2.0'],
  programs: [],
  async *rows(folder, python) {
    const project = analysedProject(folder);
    for (const form of FORMS)
      adatosk('fine-tuning-set', '--project', project, '--layer', 'model', '--form', form, '--shares', '0.4,0.3,0.3', '--out', join(folder, form));
    const [decord = '', opencv = '', datasets = ''] = runScript(python, 'fine-tuning-sets.py', folder).trim().split('\n').at(-1)!.split(', ');
    const found = JSON.parse(readFileSync(join(folder, 'found.json'), 'utf8')) as Found;
    const clips = clipsOf(folder);
    const frames = new Map(found['raw-frames'].map(([, name, , count]) => [name, count]));
    const lines = (splitOf: (clip: SetClip) => string, labelOf: (clip: SetClip) => number | string): Line[] =>
      clips.map((clip) => [splitOf(clip), clip.name, String(labelOf(clip)), frames.get(clip.name) ?? NaN, SIDE, SIDE]);
    const split = ({ part }: SetClip): string => (part === 'validation' ? 'val' : part);
    yield comparedClips('videomae', `pandas and ${decord}, as VideoMAE`, lines(split, classOf), found.videomae);
    yield comparedClips('frames (rawframes_*.csv)', `pandas and ${opencv}, as VideoMAE V2`, lines(split, classOf), found['raw-frames']);
    yield comparedClips('frames', `pandas and ${opencv}, as MAE-DFER`, lines(split, classOf), found['frame-folders']);
    yield comparedClips('dfew', `pandas and ${opencv}, as loaders of DFEW`, dfewLines(clips), found.dfew);
    yield comparedClips(
      'videofolder',
      `${datasets} of Hugging Face`,
      lines(({ part }) => part, classOf),
      found.videofolder,
    );
  },
};

interface SetClip {
  readonly name: string;
  readonly label: string;
  readonly part: string;
  readonly fold: number;
}

const classOf = ({ label }: SetClip): number => EXPRESSIONS.indexOf(label as (typeof EXPRESSIONS)[number]);

/** The clips of the set, from the table of their origin. */
function clipsOf(folder: string): SetClip[] {
  const rows = parse(readFileSync(join(folder, 'videomae', 'provenance.csv')), { columns: true }) as unknown as Record<
    'clip' | 'label' | 'split' | 'fold',
    string
  >[];
  return rows.map(({ clip, label, split, fold }) => ({ name: clip, label, part: split, fold: Number(fold) }));
}

/** In each fold, a clip is in one part. Labels count from 1. */
function dfewLines(clips: readonly SetClip[]): Line[] {
  return [1, 2, 3, 4, 5].flatMap((fold) =>
    clips.map((clip): Line => [`${clip.fold === fold ? 'test' : 'train'} ${fold}`, clip.name, String(classOf(clip) + 1), DFEW_FRAMES, SIDE, SIDE]),
  );
}

function comparedClips(format: string, reader: string, expected: readonly Line[], found: readonly Clip[]): InteropRow {
  const lines = found.map(([split, name, label, ...sizes]): Line => [split, name, String(label), ...sizes.slice(0, 3)]);
  const others = found.filter(([, , , , , , difference]) => difference !== null && difference > PICTURE_TOLERANCE);
  return compared({ format, reader }, expected.length, 'clips: part, label, number and size of the decoded frames, pictures', [
    ...lineDifferences(format, expected, lines, 0),
    ...others.map(([, name, , , , , difference]) => `${name}: pictures differ by ${String(difference)}`),
  ]);
}
