import { findPeaks } from '../src/shared/domain/peaks.ts';
import type { VideoResult } from '../src/shared/domain/results.ts';
import { findSegments } from '../src/shared/domain/segments.ts';
import type { TimelineRow } from '../src/shared/domain/timeline.ts';
import { strongest } from '../src/shared/domain/expressions.ts';
import { someResult, someRow, timing } from './results.ts';

/** A row whose face shows happiness with an intensity of 0..1; slots begin at 1.4 s and last 0.2 s. */
function expressive(faceId: number, slot: number, intensity: number): TimelineRow {
  const probabilities = [intensity, 0, 1 - intensity, 0, 0, 0, 0];
  return someRow(faceId, slot, {
    reading: { probabilities, label: strongest(probabilities), intensity, classAgnostic: 0.1, classSemantic: 0.2, final: 0.3 },
  });
}

const absent = (faceId: number, slot: number): TimelineRow =>
  someRow(faceId, slot, { status: 'no_face', faceConfidence: null, box: null, reading: null, pose: null, unusual: null });
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
/** One smile of 1.6 s around a slot. */
const smile = (slot: number, apex: number): number => Math.max(0, 0.9 - Math.abs(slot - apex) * 0.22);

/**
 * A result with three detected faces. Face 1 is visible in slots 0 to 17 (smile at 8), and missed in 18 to 21; face 3 is the same person
 * after a return, in slots 20 to 39 (smile at 30). Face 2 is visible in all of them (smile at 20). Model rows are those of the analysis.
 */
export function returningFace(video: string): VideoResult {
  const faces = [
    [...range(0, 18).map((slot) => expressive(1, slot, smile(slot, 8))), ...range(18, 22).map((slot) => absent(1, slot))],
    range(0, 40).map((slot) => expressive(2, slot, smile(slot, 20))),
    range(20, 40).map((slot) => expressive(3, slot, smile(slot, 30))),
  ];
  const { summary } = someResult(video);
  const peaks = faces.flatMap((rows) => findPeaks(rows, 'model:adatosk-tiny', (seconds) => timing().nearestFrame(seconds)));
  return {
    summary: { ...summary, faces: 3, peaks: peaks.length },
    rows: faces.flat().sort((a, b) => a.slot - b.slot || a.faceId - b.faceId),
    peaks,
    segments: faces.flatMap((rows) => findSegments(rows, 'model:adatosk-tiny')),
  };
}
