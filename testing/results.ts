import { strongest } from '../src/shared/domain/expressions.ts';
import type { RunRecord, VideoResult } from '../src/shared/domain/results.ts';
import { TimingTable } from '../src/shared/domain/time.ts';
import type { TimelineRow } from '../src/shared/domain/timeline.ts';

/** The record of a run, for tests. */
export const RECORD: RunRecord = {
  appVersion: '0.1.0',
  model: { id: 'adatosk-tiny', sha256: 'ab', trained: true },
  warnings: [],
  device: 'cpu',
  options: { tokenBudget: 0.4 },
  thresholds: {},
  start: '2026-11-24T10:00:00.000Z',
  end: '2026-11-24T10:05:00.000Z',
  cancelled: false,
};

/** A timeline row with values of many digits, like those of a network. */
export function someRow(faceId: number, slot: number, more: Partial<TimelineRow> = {}): TimelineRow {
  const raw = Array.from({ length: 7 }, (_, i) => 1 + Math.sin(slot * 7 + i + faceId));
  const sum = raw.reduce((a, b) => a + b, 0);
  const probabilities = raw.map((value) => value / sum);
  return {
    faceId,
    slot,
    startS: 1.4 + slot / 5,
    endS: 1.4 + (slot + 1) / 5,
    startFrame: slot * 6,
    endFrame: slot * 6 + 6,
    status: 'ok',
    faceConfidence: 1 / 3,
    box: { x: 100 / 3, y: -20 / 3, width: 123.456, height: 234.567 },
    reading: { probabilities, label: strongest(probabilities), intensity: 1 - probabilities[2]!, classAgnostic: 1 / 7, classSemantic: 2 / 7, final: 3 / 7 },
    pose: { yaw: -20 / 3, pitch: 10 / 3, roll: 0 },
    unusual: slot % 3 === 0 ? ['turned', 'mirror_differs'] : [],
    ...more,
  };
}

export function someResult(video: string): VideoResult {
  const rows = [...Array.from({ length: 20 }, (_, slot) => [someRow(1, slot), someRow(2, slot)]).flat()];
  rows.push(someRow(0, 20, { status: 'no_face', faceConfidence: null, box: null, reading: null, pose: null, unusual: null }));
  const at = { startS: 1.4, endS: 2.4, startFrame: 0, endFrame: 30 };
  return {
    summary: {
      video,
      sha256: 'cd',
      durationS: 4.2,
      frames: 126,
      fps: 30,
      variableRate: true,
      faces: 2,
      faceShare: 20 / 21,
      meanConfidence: 1 / 3,
      peaks: 1,
      secondsTaken: 1,
      timesRealTime: 4.2,
      status: 'done',
      failure: null,
      warnings: [],
    },
    rows,
    segments: [{ faceId: 1, segmentId: 1, label: 'anger', ...at, confidence: 0.7, coder: 'model', source: 'model:adatosk-tiny' }],
    peaks: [
      {
        faceId: 2,
        peakId: 1,
        label: 'fear',
        onsetS: 1.4,
        apexS: 1.9,
        offsetS: 2.3,
        apexFrame: 15,
        intensity: 0.9,
        prominence: 0.5,
        final: 0.4,
        source: 'model:adatosk-tiny',
      },
    ],
  };
}

export const timing = (): TimingTable =>
  new TimingTable(
    Float64Array.from({ length: 126 }, (_, i) => 1.4 + i / 30 + (i % 3) / 90000),
    1 / 30,
    { duplicateTimestamps: 1, missingTimestamps: 2, tick: 1 / 90000 },
  );
export const FILE = { path: '/videos/a "quoted", ünïcode 😀.mp4', name: 'a.mp4', size: 1, modifiedMs: 2 };
