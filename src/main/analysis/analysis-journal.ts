import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { crc32 } from 'node:zlib';
import { SLOTS_PER_CLIP } from '../adatosk/model/config.ts';
import { ACTION_UNITS } from '../../shared/domain/action-units.ts';
import { EXPRESSIONS } from '../../shared/domain/expressions.ts';
import type { DetectionMemory, FaceSearch } from '../face/detector.ts';
import type { Detection } from '../face/face-geometry.ts';
import type { ClipReading } from './face-series.ts';
import type { ResultKey } from './result-parts.ts';

interface Pace {
  /** Work after which a journal begins: a short video is analysed again at less cost. */
  readonly beginsAfterMs: number;
  /** Time between two writes: a killed analysis loses so much work. */
  readonly writesEveryMs: number;
}

/** The folder of a run's journals. @param out folder of the run */
export function journalsFolder(out: string): string {
  return join(out, '.adatosk', 'unfinished');
}

const PACE: Pace = { beginsAfterMs: 20_000, writesEveryMs: 5_000 };
/** A journal that nothing was added to for so long is deleted. */
const KEPT_DAYS = 14;
/**
 * Crops are needed again from so many samples before the last detection on: the clips that the network had not read yet
 * (at most four of one face, of 16 samples each, some of them after an absence).
 */
const SAMPLES_WITH_CROPS = 200;

type Entry =
  | { readonly search: string; readonly found: readonly Detection[] }
  | { readonly clip: string; readonly values: string; readonly layout?: number }
  | { readonly spentMs: number };

/** Of the numbers of a reading. Those of another version are read again. */
const LAYOUT = 2;

/** The journal is damaged so that the analysis must begin again without it. */
export class IncompleteJournal extends Error {
  constructor() {
    super('damaged journal');
  }
}

/**
 * What the detectors found and the network read so far in one video, in a file, so that an interrupted analysis goes on
 * where it was. The analysis decodes the video from its start again, but everything in the journal is neither searched nor
 * read again. The result is the same as without an interruption. The file has places and numbers, but no pictures.
 *
 * Each line is a checksum and an entry; damaged lines are skipped. Every entry depends only on the video, the model and the
 * options, which the name of the file stands for. Two processes may therefore add to one journal.
 */
export class AnalysisJournal implements DetectionMemory {
  readonly #file: string;
  readonly #pace: Pace;
  readonly #detections = new Map<string, readonly Detection[]>();
  /** Places of the clips' lines in the file. A reading is read from there when it is needed: those of a long video exceed memory. */
  readonly #readings = new Map<string, { readonly at: number; readonly length: number }>();
  readonly #begun = performance.now();
  #earlierMs = 0;
  #lastSample = -1;
  #pending: string[] = [];
  #written = this.#begun;
  #writing: Promise<void> = Promise.resolve();
  #opening: Promise<FileHandle> | undefined;
  /** Whether nothing is added any more. */
  #isOver = false;

  private constructor(file: string, pace: Pace) {
    this.#file = file;
    this.#pace = pace;
  }

  /**
   * The journal of an analysis.
   * @param folder is created when the journal begins
   * @param resume whether to go on with what an interrupted analysis has added, or to begin again
   */
  static async open(folder: string, key: ResultKey, resume: boolean, pace = PACE): Promise<AnalysisJournal> {
    const name = createHash('sha256')
      .update(JSON.stringify([key.videoSha256, key.modelSha256, key.options]))
      .digest('hex');
    const journal = new AnalysisJournal(join(folder, `${name.slice(0, 32)}.journal`), pace);
    if (resume) await journal.#read();
    else await rm(journal.#file, { force: true }).catch(() => undefined);
    return journal;
  }

  /** Deletes journals of analyses that were not continued. */
  static async deleteOld(folder: string, now = Date.now()): Promise<void> {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((each) => each.endsWith('.journal'))) {
      const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: now }));
      if (now - mtimeMs > KEPT_DAYS * 86_400_000) await rm(join(folder, name), { force: true }).catch(() => undefined);
    }
  }

  /** Time that earlier attempts took, in milliseconds. */
  get earlierMs(): number {
    return this.#earlierMs;
  }

  get #spentMs(): number {
    return this.#earlierMs + performance.now() - this.#begun;
  }

  /** The first sample whose crops may be needed: the clips before it are in the journal. */
  get firstCrop(): number {
    return Math.max(0, this.#lastSample - SAMPLES_WITH_CROPS);
  }

  async detections(search: FaceSearch, find: () => Promise<Detection[]>): Promise<Detection[]> {
    const key = nameOf(search);
    const known = this.#detections.get(key);
    if (known !== undefined) {
      this.#detections.delete(key);
      return [...known];
    }
    const found = await find();
    this.#add({ search: key, found });
    return found;
  }

  /**
   * What the network reads in a clip.
   * @param read asks the network
   * @throws IncompleteJournal for a clip before `firstCrop` whose line is damaged: it has no crops
   */
  async reading(faceId: number, firstSample: number, read: () => Promise<Required<ClipReading>>): Promise<Required<ClipReading>> {
    const key = `${faceId} ${firstSample}`;
    const known = await this.#known(key);
    if (known !== undefined) return known;
    if (firstSample < this.firstCrop) throw new IncompleteJournal();
    const reading = await read();
    this.#add({ clip: key, values: packed(reading), layout: LAYOUT });
    return reading;
  }

  /** Keeps the journal for the next attempt. */
  async close(): Promise<void> {
    if (!this.#isOver && this.#opening !== undefined) this.#write();
    this.#isOver = true;
    await this.#writing;
    await this.#opening?.then((handle) => handle.close()).catch(() => undefined);
    this.#opening = undefined;
  }

  /** Deletes the journal, after the last attempt. */
  async discard(): Promise<void> {
    this.#isOver = true;
    await this.close();
    await rm(this.#file, { force: true }).catch(() => undefined);
  }

  #handle(): Promise<FileHandle> {
    this.#opening ??= mkdir(dirname(this.#file), { recursive: true, mode: 0o700 }).then(() => open(this.#file, 'a+', 0o600));
    return this.#opening;
  }

  async #known(key: string): Promise<Required<ClipReading> | undefined> {
    const line = this.#readings.get(key);
    if (line === undefined) return undefined;
    this.#readings.delete(key);
    try {
      const handle = await this.#handle();
      const { buffer } = await handle.read(Buffer.alloc(line.length), 0, line.length, line.at);
      const entry = entryOf(buffer.toString('latin1'));
      return entry !== undefined && 'clip' in entry && entry.clip === key ? unpacked(entry.values) : undefined;
    } catch {
      return undefined;
    }
  }

  #add(entry: Entry): void {
    if (this.#isOver) return;
    this.#pending.push(lineOf(entry));
    const now = performance.now();
    if (this.#spentMs < this.#pace.beginsAfterMs || now - this.#written < this.#pace.writesEveryMs) return;
    this.#written = now;
    this.#write();
  }

  #write(): void {
    const text = [...this.#pending, lineOf({ spentMs: Math.round(this.#spentMs) })].join('');
    this.#pending = [];
    // A full or disconnected disk ends the journal, not the analysis.
    this.#writing = this.#writing.then(() => this.#append(text)).catch(() => void (this.#isOver = true));
  }

  async #append(text: string): Promise<void> {
    const handle = await this.#handle();
    // The line before may be half a line of a killed process.
    await handle.appendFile(`\n${text}`, 'latin1');
  }

  async #read(): Promise<void> {
    const input = createReadStream(this.#file, { encoding: 'latin1' });
    let at = 0;
    try {
      for await (const line of createInterface({ input, crlfDelay: Infinity })) {
        const entry = entryOf(line);
        if (entry !== undefined) this.#remember(entry, at, line.length);
        at += line.length + 1;
      }
    } catch {
      // There is none yet, or it cannot be read: what is missing is searched and read again.
    }
  }

  #remember(entry: Entry, at: number, length: number): void {
    if ('search' in entry) {
      this.#detections.set(entry.search, entry.found);
      this.#lastSample = Math.max(this.#lastSample, Number(entry.search.split(' ')[0]));
    } else if ('clip' in entry) {
      if (entry.layout === LAYOUT) this.#readings.set(entry.clip, { at, length });
    } else this.#earlierMs = Math.max(this.#earlierMs, entry.spentMs);
  }
}

function nameOf({ sample, model, region, threshold, turn }: FaceSearch): string {
  return [sample, model, region.x, region.y, region.side, threshold, turn].join(' ');
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

function lineOf(entry: Entry): string {
  const text = JSON.stringify(entry);
  return `${checksum(text)} ${text}\n`;
}

function entryOf(line: string): Entry | undefined {
  const text = line.slice(9);
  return line.length > 9 && line.slice(0, 8) === checksum(text) ? (JSON.parse(text) as Entry) : undefined;
}

/** All numbers of a reading one after the other, in base64. */
function packed({ slotProbabilities, classAgnostic, classSemantic, final, similarity, actionUnits, mirrorDifference, maps }: Required<ClipReading>): string {
  const parts = [slotProbabilities, classAgnostic, classSemantic, final, similarity, actionUnits, mirrorDifference, maps];
  return Buffer.concat(parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))).toString('base64');
}

function unpacked(values: string): Required<ClipReading> {
  const bytes = Uint8Array.from(Buffer.from(values, 'base64'));
  const all = new Float32Array(bytes.buffer);
  let at = 0;
  const take = (count: number): Float32Array => all.slice(at, (at += count));
  const ofClasses = SLOTS_PER_CLIP * EXPRESSIONS.length;
  return {
    slotProbabilities: take(ofClasses),
    classAgnostic: take(SLOTS_PER_CLIP),
    classSemantic: take(SLOTS_PER_CLIP),
    final: take(SLOTS_PER_CLIP),
    similarity: take(ofClasses),
    actionUnits: take(SLOTS_PER_CLIP * ACTION_UNITS.length),
    mirrorDifference: take(SLOTS_PER_CLIP),
    maps: take(all.length - at),
  };
}
