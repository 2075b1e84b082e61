import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { ACTION_UNITS } from '../../../shared/domain/action-units.ts';
import { expressionAt, EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { FaceClip, FaceSet } from '../../../shared/domain/face-set.ts';
import { FACE_SET_FILE } from '../../../shared/domain/face-set.ts';
import type { FineTuningForm } from '../../../shared/domain/fine-tuning.ts';
import { required } from '../../../shared/basics/required.ts';
import type { Split } from '../../../shared/domain/splits.ts';
import { SPLITS } from '../../../shared/domain/splits.ts';
import { encodeStrips } from '../../face/face-strips.ts';
import { encodeVideo } from '../../media/encode-video.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import type { ClipUnits } from './fine-tuning-units.ts';
import { sampledUnits } from './fine-tuning-units.ts';
import type { Cell } from '../../formats/tables.ts';
import { csvLines } from '../../formats/tables.ts';

/** One clip of a set. Times are seconds from the start of the clip; null without a peak. */
export interface SetClip {
  /** Number with five digits, starting at 1. It must not reveal a person or a file. */
  readonly name: string;
  /** Index into EXPRESSIONS; null for a clip of action units alone, which only the form 'faces' has. */
  readonly label: number | null;
  /** Action units, in seconds of the video, and the start of the clip there; null where they are unknown. */
  readonly units: (ClipUnits & { readonly clipStartS: number }) | null;
  readonly split: Split;
  /** Index of the fold, 0..4, for forms with folds. */
  readonly fold: number;
  readonly participant: string;
  readonly onsetS: number | null;
  readonly apexS: number | null;
  readonly offsetS: number | null;
}

/** Face crops: RGB bytes [samples, side, side, 3]. */
export interface ClipPictures {
  readonly crops: Uint8Array;
  readonly samples: number;
  readonly side: number;
  readonly rate: number;
}

/** Writes a set in one form. */
export interface FineTuningWriter {
  /** Size and sample rate of the crops that `add` expects. */
  readonly side: number;
  readonly rate: number;
  add(clip: SetClip, pictures: ClipPictures): Promise<void>;
  /** Writes the lists; must be called after the last clip. */
  finish(clips: readonly SetClip[]): Promise<void>;
}

/** Input of common networks for faces in videos. */
const STANDARD = { side: 224, rate: 25 } as const;
const QUALITY = 18;
const DFEW_FRAMES = 16;
const LISTS: Readonly<Record<Split, string>> = { train: 'train.csv', validation: 'val.csv', test: 'test.csv' };

/** The writer of a form with images. @param own side and rate of the model that this program trains */
export function writerOf(form: Exclude<FineTuningForm, 'references'>, out: string, own: { side: number; rate: number }): FineTuningWriter {
  return { faces: facesWriter, videomae: videoMaeWriter, frames: framesWriter, dfew: dfewWriter, videofolder: videoFolderWriter }[form](out, own);
}

/** Aligned crops as JPEG strips, the format that `adatosk train --data` reads. */
function facesWriter(out: string, { side, rate }: { side: number; rate: number }): FineTuningWriter {
  const written = new Map<string, { samples: number; strips: number[] }>();
  return {
    side,
    rate,
    add: async ({ name }, { crops, samples }) => {
      const { bytes, lengths } = await encodeStrips(crops, side);
      await writeAtomically(join(out, 'clips', `${name}.jpegs`), [bytes]);
      written.set(name, { samples, strips: lengths });
    },
    finish: async (clips) => {
      const set: FaceSet = {
        format: 'adatosk-faces',
        version: 1,
        side,
        rate,
        seed: 0,
        ...(clips.some(({ units }) => units !== null) && { actionUnits: [...ACTION_UNITS] }),
        credits: ['labels of a project of AdaTosk Studio'],
        clips: clips.map(({ name, label, split, participant, onsetS, apexS, offsetS, units }): FaceClip => {
          const { samples, strips } = required(written.get(name), 'a written clip');
          return {
            ...{ name, label: label === null ? null : expressionAt(label), split, participant, group: null, samples, strips, onsetS, apexS, offsetS },
            shares: null,
            units: units && sampledUnits(units, ACTION_UNITS, units.clipStartS, samples, rate),
            ...(units && { knownUnits: [...units.known] }),
          };
        }),
      };
      await writeAtomically(join(out, FACE_SET_FILE), [JSON.stringify(set)]);
    },
  };
}

/** VideoMAE's lists: lines of «path label», with paths relative to the folder of the set. */
function videoMaeWriter(out: string): FineTuningWriter {
  return {
    ...STANDARD,
    add: async ({ name }, pictures) => writeMp4(join(out, 'clips'), name, pictures),
    finish: (clips) => writeLists(out, clips, (clip) => `clips/${clip.name}.mp4 ${classOf(clip)}`),
  };
}

/**
 * Folders of aligned frames. The lists have lines of «folder label», as MAE-DFER reads them; rawframes_*.csv have lines of
 * «folder frames label» for the raw-frame loader of VideoMAE V2.
 */
function framesWriter(out: string): FineTuningWriter {
  const counts = new Map<string, number>();
  return {
    ...STANDARD,
    add: async ({ name }, { crops, samples, side }) => {
      counts.set(name, samples);
      await writeFrames(join(out, 'frames', name), crops, side, range(samples), 6);
    },
    finish: async (clips) => {
      await writeLists(out, clips, (clip) => `frames/${clip.name} ${classOf(clip)}`);
      await writeLists(out, clips, (clip) => `frames/${clip.name} ${counts.get(clip.name)} ${classOf(clip)}`, 'rawframes_');
    },
  };
}

/** DFEW's layout: 16 frames per clip, five folds of single-labelled clips, labels from 1 in the order of EXPRESSIONS. */
function dfewWriter(out: string): FineTuningWriter {
  return {
    ...STANDARD,
    add: async ({ name }, { crops, samples, side }) => {
      const chosen = range(DFEW_FRAMES).map((i) => Math.min(samples - 1, Math.floor(((i + 0.5) * samples) / DFEW_FRAMES)));
      await writeFrames(join(out, 'Clip', 'clip_224x224_16f', name), crops, side, chosen, 5);
    },
    finish: async (clips) => {
      for (let fold = 0; fold < 5; fold++)
        for (const [part, isIn] of [
          ['train', (clip: SetClip) => clip.fold !== fold],
          ['test', (clip: SetClip) => clip.fold === fold],
        ] as const) {
          const rows: Cell[][] = [['video_name', 'label'], ...clips.filter(isIn).map((clip): Cell[] => [Number(clip.name), classOf(clip) + 1])];
          await writeAtomically(join(out, 'EmoLabel_DataSplit', `${part}(single-labeled)`, `set_${fold + 1}.csv`), [csvLines(rows)]);
        }
    },
  };
}

/**
 * Hugging Face's videofolder: SPLIT/LABEL/NAME.mp4, and metadata.csv in the folder of each split, because Hugging Face ignores one beside
 * them. Every split has a folder for every class: other loaders number the folders that are there, and a missing one would shift the
 * numbers.
 */
function videoFolderWriter(out: string): FineTuningWriter {
  const folderOf = (clip: SetClip): string => `${clip.split}/${expressionAt(classOf(clip))}`;
  return {
    ...STANDARD,
    add: async (clip, pictures) => writeMp4(join(out, folderOf(clip)), clip.name, pictures),
    finish: async (clips) => {
      for (const [split, own] of Map.groupBy(clips, (clip) => clip.split)) {
        for (const name of EXPRESSIONS) await mkdir(join(out, split, name), { recursive: true });
        const rows: Cell[][] = [
          ['file_name', 'label', 'participant', 'onset_s', 'apex_s', 'offset_s'],
          ...own.map((clip): Cell[] => {
            const { name, participant, onsetS, apexS, offsetS } = clip;
            const label = expressionAt(classOf(clip));
            return [`${label}/${name}.mp4`, label, participant, onsetS, apexS, offsetS];
          }),
        ];
        await writeAtomically(join(out, split, 'metadata.csv'), [csvLines(rows)]);
      }
    },
  };
}

/** The class of a clip in a form that has no others. */
const classOf = ({ label }: SetClip): number => required(label ?? undefined, 'the class of a clip');

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

async function writeMp4(folder: string, name: string, { crops, samples, side, rate }: ClipPictures): Promise<void> {
  await mkdir(folder, { recursive: true });
  const size = side * side * 3;
  const frames = range(samples).map((i) => crops.subarray(i * size, (i + 1) * size));
  await encodeVideo(join(folder, `${name}.mp4`), { width: side, height: side, fps: rate, quality: QUALITY }, frames);
}

async function writeFrames(folder: string, crops: Uint8Array, side: number, chosen: readonly number[], digits: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const size = side * side * 3;
  for (const [i, sample] of chosen.entries())
    await sharp(crops.subarray(sample * size, (sample + 1) * size), { raw: { width: side, height: side, channels: 3 } })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toFile(join(folder, `${String(i + 1).padStart(digits, '0')}.jpg`));
}

async function writeLists(out: string, clips: readonly SetClip[], line: (clip: SetClip) => string, prefix = ''): Promise<void> {
  for (const split of SPLITS)
    await writeAtomically(
      join(out, `${prefix}${LISTS[split]}`),
      clips.filter((clip) => clip.split === split).map((clip) => `${line(clip)}\n`),
    );
}
