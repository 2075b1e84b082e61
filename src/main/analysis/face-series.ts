import type { SamplingGrid } from '../../shared/domain/time.ts';
import type { FaceStatus, HeadPose, SlotReading, TimelineRow } from '../../shared/domain/timeline.ts';
import type { FaceMaps } from '../../shared/domain/mask-maps.ts';
import { MASK_COUNT } from '../../shared/domain/mask-maps.ts';
import { mean } from '../../shared/basics/mean.ts';
import { ACTION_UNITS } from '../../shared/domain/action-units.ts';
import type { SlotSigns } from '../../shared/statistics/doubt.ts';
import { isTurned, unusualReasons } from '../../shared/statistics/doubt.ts';
import { EXPRESSIONS, intensityOf, strongest } from '../../shared/domain/expressions.ts';
import type { FaceObservation } from '../face/face-observer.ts';
import { FRAMES_PER_CLIP, SLOTS_PER_CLIP, TUBE } from '../adatosk/model/config.ts';

export const SAMPLES_PER_SLOT = TUBE.frames;
/** Clips overlap by two slots of eight: the last two slots of a clip are the first two of the next. */
const SAMPLES_BETWEEN_CLIPS = 6 * SAMPLES_PER_SLOT;

/** 16 aligned crops of one face, the input of the network. */
export interface Clip {
  /** Index of the first sample in the sampling grid; always the beginning of a slot. */
  readonly firstSample: number;
  /** [16, side, side, 3] RGB bytes. */
  readonly pixels: Uint8Array;
  /** Number of slots that show the face; the others repeat its last crop. */
  readonly slots: number;
}

/** The network's outputs for a clip, per slot. Masks are means over the patches. */
export interface ClipReading {
  /** [8, 7] */
  readonly slotProbabilities: Float32Array;
  /** [8] each */
  readonly classAgnostic: Float32Array;
  readonly classSemantic: Float32Array;
  readonly final: Float32Array;
  /** [8, 3, patches]: the masks by patch, in the order of MAP_MASKS. */
  readonly maps?: Float32Array;
  /** [8, 7]: similarity to each class. */
  readonly similarity?: Float32Array;
  /** [8, ACTION_UNITS]: intensities of the action units; NaN for units that the model does not have. */
  readonly actionUnits?: Float32Array;
  /** [8]: difference from the reading of the mirror image, 0..1; NaN for a model that does not read mirror images. */
  readonly mirrorDifference?: Float32Array;
}

interface SlotSum {
  readings: number;
  probabilities: number[];
  classAgnostic: number;
  classSemantic: number;
  final: number;
  /** [3, patches] */
  maps: Float32Array | null;
  similarity: number[];
  actionUnits: number[];
  mirrorDifference: number;
}

/** One face from its first to its last sample. It cuts clips and averages the network's outputs by slot. */
export class FaceSeries {
  readonly faceId: number;
  readonly #leastSimilarity: number | null;
  /** The first sample of the present clips: of the series, or after a cut. */
  #firstSample: number;
  readonly #observations: Omit<FaceObservation, 'crop'>[] = [];
  /** The last crops, at most the length of a clip. A sample without a face repeats the crop before it. */
  #crops: Uint8Array[] = [];
  #faceInCrops: boolean[] = [];
  #samples = 0;
  #clippedTo = 0;
  readonly #sums = new Map<number, SlotSum>();

  /** @param leastSimilarity see the model's manifest; null for none */
  constructor(first: FaceObservation, leastSimilarity: number | null = null) {
    this.faceId = first.faceId;
    this.#leastSimilarity = leastSimilarity;
    this.#firstSample = first.sample;
  }

  /** Adds the next sample. Returns a clip where one is complete. */
  add(observation: FaceObservation): Clip | undefined {
    const { crop, ...rest } = observation;
    this.#observations.push(rest);
    if (this.#crops.length === 0) {
      // After a cut, the clips go on when the face is there.
      if (crop === null) return undefined;
      this.#firstSample = observation.sample - (observation.sample % SAMPLES_PER_SLOT);
      if (observation.sample !== this.#firstSample) this.#push(crop, true);
    }
    this.#push(crop ?? this.#crops.at(-1)!, crop !== null);
    return this.#samples >= FRAMES_PER_CLIP && (this.#samples - FRAMES_PER_CLIP) % SAMPLES_BETWEEN_CLIPS === 0 ? this.#cut() : undefined;
  }

  /**
   * Ends the clips: at the end of the series, or at a cut, after which others begin. Returns a clip that includes the last sample,
   * unless a clip already did. A short series is padded with its last crop.
   */
  end(): Clip | undefined {
    const clip = this.#lastClip();
    this.#crops = [];
    this.#faceInCrops = [];
    this.#samples = 0;
    this.#clippedTo = 0;
    return clip;
  }

  #lastClip(): Clip | undefined {
    if (this.#crops.length === 0) return undefined;
    if (this.#samples % SAMPLES_PER_SLOT === 1) this.#push(this.#crops.at(-1)!, true);
    if (this.#clippedTo === this.#samples) return undefined;
    const slots = Math.min(SLOTS_PER_CLIP, this.#samples / SAMPLES_PER_SLOT);
    while (this.#samples < FRAMES_PER_CLIP) this.#push(this.#crops.at(-1)!, true);
    const clip = this.#cut();
    return clip && { ...clip, slots };
  }

  read({ firstSample, slots }: Clip, reading: ClipReading): void {
    for (let s = 0; s < slots; s++) {
      const slot = firstSample / SAMPLES_PER_SLOT + s;
      let sum = this.#sums.get(slot);
      if (sum === undefined) {
        sum = {
          readings: 0,
          probabilities: EXPRESSIONS.map(() => 0),
          classAgnostic: 0,
          classSemantic: 0,
          final: 0,
          maps: null,
          similarity: EXPRESSIONS.map(() => 0),
          actionUnits: ACTION_UNITS.map(() => 0),
          mirrorDifference: 0,
        };
        this.#sums.set(slot, sum);
      }
      sum.readings += 1;
      for (let c = 0; c < EXPRESSIONS.length; c++) {
        sum.probabilities[c]! += reading.slotProbabilities[s * EXPRESSIONS.length + c]!;
        sum.similarity[c]! += reading.similarity?.[s * EXPRESSIONS.length + c] ?? 0;
      }
      sum.classAgnostic += reading.classAgnostic[s]!;
      sum.classSemantic += reading.classSemantic[s]!;
      sum.final += reading.final[s]!;
      for (let u = 0; u < ACTION_UNITS.length; u++) sum.actionUnits[u]! += reading.actionUnits?.[s * ACTION_UNITS.length + u] ?? NaN;
      sum.mirrorDifference += reading.mirrorDifference?.[s] ?? NaN;
      if (reading.maps !== undefined) addMaps(sum, reading.maps, s);
    }
  }

  /** The face's rows, one per slot, including slots in which the face was absent. */
  rows(grid: SamplingGrid): TimelineRow[] {
    const bySlot = new Map<number, Omit<FaceObservation, 'crop'>[]>();
    for (const observation of this.#observations) {
      const slot = Math.floor(observation.sample / SAMPLES_PER_SLOT);
      bySlot.set(slot, [...(bySlot.get(slot) ?? []), observation]);
    }
    return [...bySlot].map(([slot, observations]) => this.#row(grid, slot, observations));
  }

  /** Mask weights by patch for every slot that was read and in which the face was present; null without such slots. */
  maps(): FaceMaps | null {
    const places = new Map<number, NonNullable<FaceObservation['place']>>();
    for (const { sample, place } of this.#observations) if (place) places.set(Math.floor(sample / SAMPLES_PER_SLOT), place);
    const read = [...this.#sums].filter(([slot, { maps }]) => maps !== null && places.has(slot)).sort(([a], [b]) => a - b);
    const first = read[0]?.[1].maps;
    if (first === undefined || first === null) return null;
    const weights = new Uint8Array(read.length * first.length);
    read.forEach(([, { maps, readings }], i) => maps!.forEach((value, k) => (weights[i * first.length + k] = Math.round((255 * value) / readings))));
    return {
      side: Math.round(Math.sqrt(first.length / MASK_COUNT)),
      slots: Int32Array.from(read, ([slot]) => slot),
      places: Float32Array.from(
        read.flatMap(([slot]) => {
          const { x, y, side, roll } = places.get(slot)!;
          return [x, y, side, roll];
        }),
      ),
      similarity: Float32Array.from(read.flatMap(([, { similarity, readings }]) => similarity.map((value) => value / readings))),
      weights,
    };
  }

  #row(grid: SamplingGrid, slot: number, observations: readonly Omit<FaceObservation, 'crop'>[]): TimelineRow {
    const pose = poseOf(observations);
    const found = statusOf(observations);
    const status = found === 'ok' && isTurned(pose) ? 'low_confidence' : found;
    const scores = observations.flatMap(({ score }) => (score === null ? [] : [score]));
    const boxes = observations.flatMap(({ box }) => (box === null ? [] : [box]));
    return {
      ...slotSpan(grid, slot),
      faceId: this.faceId,
      status,
      faceConfidence: scores.length === 0 ? null : mean(scores),
      box:
        boxes.length === 0
          ? null
          : {
              x: mean(boxes.map(({ x }) => x)),
              y: mean(boxes.map(({ y }) => y)),
              width: mean(boxes.map(({ width }) => width)),
              height: mean(boxes.map(({ height }) => height)),
            },
      reading: status === 'no_face' ? null : this.#reading(slot),
      pose,
      unusual: status === 'no_face' ? null : unusualReasons({ pose, faceConfidence: scores.length === 0 ? null : mean(scores), ...this.#signs(slot) }),
    };
  }

  /** What the network's outputs say about how usual the face is. */
  #signs(slot: number): Pick<SlotSigns, 'similarity' | 'leastSimilarity' | 'mirrorDifference'> {
    const sum = this.#sums.get(slot);
    const leastSimilarity = this.#leastSimilarity;
    if (sum === undefined) return { similarity: null, leastSimilarity, mirrorDifference: null };
    const { readings, similarity, mirrorDifference } = sum;
    return {
      similarity: Math.max(...similarity) / readings,
      leastSimilarity,
      mirrorDifference: Number.isNaN(mirrorDifference) ? null : mirrorDifference / readings,
    };
  }

  #reading(slot: number): SlotReading | null {
    const sum = this.#sums.get(slot);
    if (sum === undefined) return null;
    const probabilities = sum.probabilities.map((value) => value / sum.readings);
    return {
      probabilities,
      label: strongest(probabilities),
      intensity: intensityOf(probabilities),
      classAgnostic: sum.classAgnostic / sum.readings,
      classSemantic: sum.classSemantic / sum.readings,
      final: sum.final / sum.readings,
      ...unitsOf(sum),
    };
  }

  #push(crop: Uint8Array, hasFace: boolean): void {
    this.#crops.push(crop);
    this.#faceInCrops.push(hasFace);
    if (this.#crops.length > FRAMES_PER_CLIP) {
      this.#crops.shift();
      this.#faceInCrops.shift();
    }
    this.#samples += 1;
  }

  #cut(): Clip | undefined {
    this.#clippedTo = this.#samples;
    if (!this.#faceInCrops.includes(true)) return undefined;
    const size = this.#crops[0]!.length;
    const pixels = new Uint8Array(FRAMES_PER_CLIP * size);
    this.#crops.forEach((crop, i) => pixels.set(crop, i * size));
    return { firstSample: this.#firstSample + this.#samples - FRAMES_PER_CLIP, pixels, slots: SLOTS_PER_CLIP };
  }
}

function addMaps(sum: SlotSum, maps: Float32Array, slot: number): void {
  const size = maps.length / SLOTS_PER_CLIP;
  const own = maps.subarray(slot * size, (slot + 1) * size);
  if (sum.maps === null) sum.maps = Float32Array.from(own);
  else for (let i = 0; i < size; i++) sum.maps[i]! += own[i]!;
}

function unitsOf({ actionUnits, readings }: SlotSum): Pick<SlotReading, 'actionUnits'> {
  if (actionUnits.every((sum) => Number.isNaN(sum))) return {};
  return { actionUnits: actionUnits.map((sum) => (Number.isNaN(sum) ? null : sum / readings)) };
}

/** The mean pose over a slot; null where the face was not detected in it. */
function poseOf(observations: readonly Pick<FaceObservation, 'pose'>[]): HeadPose | null {
  const poses = observations.flatMap(({ pose }) => (pose === null || pose === undefined ? [] : [pose]));
  const [first] = poses;
  if (first === undefined) return null;
  /** Angles near 180 degrees have values of both signs. */
  const angle = (of: (pose: HeadPose) => number): number => wrapped(of(first) + mean(poses.map((pose) => wrapped(of(pose) - of(first)))));
  return { yaw: angle(({ yaw }) => yaw), pitch: angle(({ pitch }) => pitch), roll: angle(({ roll }) => roll) };
}

const wrapped = (degrees: number): number => degrees - 360 * Math.round(degrees / 360);

function statusOf(observations: readonly { status: FaceStatus }[]): FaceStatus {
  if (observations.every(({ status }) => status === 'no_face')) return 'no_face';
  return observations.every(({ status }) => status === 'ok') ? 'ok' : 'low_confidence';
}

/** A hole in a recording that is longer has one row, in seconds. Files with wrong timestamps have holes of hours. */
const LONGEST_HOLE_IN_SLOTS_S = 10;

/** The rows for slots without any face. */
export function rowsWithoutFace(grid: SamplingGrid, occupied: ReadonlySet<number>): TimelineRow[] {
  const slots = Math.ceil(grid.samples / SAMPLES_PER_SLOT);
  const rows: TimelineRow[] = [];
  for (let slot = 0; slot < slots; slot++) {
    if (occupied.has(slot) || !isCovered(grid, slot)) continue;
    const span = slotSpan(grid, slot);
    let last = slot;
    while (last + 1 < slots && isCovered(grid, last + 1) && isInHole(grid, last) && isInHole(grid, last + 1) && !occupied.has(last + 1)) last += 1;
    const { endS, endFrame } = slotSpan(grid, last);
    const isLong = endS - span.startS > LONGEST_HOLE_IN_SLOTS_S;
    const covered = isLong ? { ...span, endS, endFrame } : span;
    rows.push({ ...covered, faceId: 0, status: 'no_face', faceConfidence: null, box: null, reading: null, pose: null, unusual: null });
    if (isLong) slot = last;
  }
  return rows;
}

function samplesOf(grid: SamplingGrid, slot: number): number[] {
  const first = slot * SAMPLES_PER_SLOT;
  return Array.from({ length: Math.min(SAMPLES_PER_SLOT, grid.samples - first) }, (_, i) => first + i);
}

/** Whether all of a slot is in a hole of the recording. */
const isInHole = (grid: SamplingGrid, slot: number): boolean => samplesOf(grid, slot).every((sample) => grid.isInHole(sample));

/** Whether all of a slot is analysed. */
const isCovered = (grid: SamplingGrid, slot: number): boolean => samplesOf(grid, slot).every((sample) => grid.covers(sample));

/** Time and frames of a slot. The last slot ends with the video. */
function slotSpan(grid: SamplingGrid, slot: number): Pick<TimelineRow, 'slot' | 'startS' | 'endS' | 'startFrame' | 'endFrame'> {
  const first = slot * SAMPLES_PER_SLOT;
  const next = first + SAMPLES_PER_SLOT;
  return {
    slot,
    startS: grid.boundary(first),
    endS: next >= grid.samples ? grid.table.end : grid.boundary(next),
    startFrame: grid.boundaryFrame(first),
    endFrame: grid.boundaryFrame(next),
  };
}
