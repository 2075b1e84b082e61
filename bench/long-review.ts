/**
 * Makes a project with one long analysed video: for two hours 45,000 slots of ten series, 2,000 segments and 500 peaks, which are made
 * up. It is the test case for the speed of the window. Usage: long-review.ts FOLDER [VIDEO]; without a video, one of two hours is made.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EXPRESSIONS } from '../src/shared/domain/expressions.ts';
import type { PerExpression } from '../src/shared/domain/expressions.ts';
import type { RunRecord, VideoResult } from '../src/shared/domain/results.ts';
import type { TimelineRow } from '../src/shared/domain/timeline.ts';
import { randomStream } from '../src/shared/basics/random.ts';
import { probeVideo } from '../src/main/media/probe.ts';
import { findProgram } from '../src/main/media/programs.ts';
import { openProject } from '../src/main/project/store/open-project.ts';
import { RECORD } from '../testing/results.ts';
import { beginRun, endRun, recordResult } from '../src/main/project/recorded-results.ts';

const TWO_HOURS = 7200;
const SLOTS_PER_SECOND = 6.25;
const SECONDS_PER_SEGMENT = 3.6;
const SECONDS_PER_PEAK = 14.4;

const [folder, given] = process.argv.slice(2) as [string, string?];
mkdirSync(folder, { recursive: true });
const path = given ?? (await makeTwoHours(join(folder, 'two-hours.mp4')));
const name = basename(path);
const { timing } = await probeVideo(path);
const SECONDS = Math.round(timing.duration);
const SLOTS = Math.round(SECONDS * SLOTS_PER_SECOND);
const SEGMENTS = Math.floor(SECONDS / SECONDS_PER_SEGMENT);
const PEAKS = Math.floor(SECONDS / SECONDS_PER_PEAK);
const FPS = timing.frames / timing.duration;

async function makeTwoHours(to: string): Promise<string> {
  const ffmpeg = await findProgram('ffmpeg');
  const source = `testsrc=size=160x120:rate=5:duration=${TWO_HOURS}`;
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-pix_fmt', 'yuv420p'];
  const { status, stderr } = spawnSync(ffmpeg.path, ['-v', 'error', '-f', 'lavfi', '-i', source, ...encoder, to], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return to;
}

const random = randomStream(1, 'two hours');
const step = SECONDS / SLOTS;
const rows: TimelineRow[] = Array.from({ length: SLOTS }, (_, slot) => {
  const away = slot % 9000 > 8700;
  const weights = EXPRESSIONS.map((_name, i) => Math.exp(2 * Math.sin(slot / (40 + 13 * i) + i) + random()));
  const total = weights.reduce((a, b) => a + b, 0);
  const probabilities = weights.map((weight) => weight / total) as unknown as PerExpression;
  return {
    slot,
    startS: slot * step,
    endS: (slot + 1) * step,
    startFrame: Math.floor(slot * step * FPS),
    endFrame: Math.floor((slot + 1) * step * FPS),
    faceId: 1,
    status: away ? 'no_face' : 'ok',
    faceConfidence: away ? null : 0.9,
    box: away ? null : { x: 40, y: 30, width: 60, height: 60 },
    reading: away
      ? null
      : { probabilities, label: 'happiness', intensity: 1 - probabilities[2]!, classAgnostic: random(), classSemantic: 0.4 + 0.2 * random(), final: random() },
  };
});
const result: VideoResult = {
  summary: {
    video: name,
    sha256: 'ab',
    durationS: SECONDS,
    frames: timing.frames,
    fps: FPS,
    variableRate: false,
    faces: 1,
    faceShare: 0.97,
    meanConfidence: 0.9,
    peaks: PEAKS,
    secondsTaken: 1,
    timesRealTime: SECONDS,
    status: 'done',
    failure: null,
    warnings: [],
  },
  rows,
  segments: Array.from({ length: SEGMENTS }, (_, i) => {
    const startS = (i * SECONDS) / SEGMENTS;
    const common = { faceId: 1, segmentId: i + 1, label: EXPRESSIONS[i % 7]!, startS, endS: startS + 3.4, startFrame: 0, endFrame: 0 };
    return { ...common, confidence: random(), coder: 'model', source: 'model:bench' };
  }),
  peaks: Array.from({ length: PEAKS }, (_, i) => {
    const apexS = ((i + 0.5) * SECONDS) / PEAKS;
    const common = { faceId: 1, peakId: i + 1, label: EXPRESSIONS[i % 7]!, onsetS: apexS - 1, apexS, offsetS: apexS + 1, apexFrame: 0 };
    return { ...common, intensity: 0.8, prominence: 0.5, final: 0.5, source: 'model:bench' };
  }),
};
const { db, close } = await openProject(join(folder, 'project'), { create: true });
const record: RunRecord = { ...RECORD, model: { id: 'bench', sha256: 'ab', trained: false }, warnings: ['made up, to measure the window'] };
const run = beginRun(db, record);
recordResult(db, run, { path, name, size: statSync(path).size, modifiedMs: statSync(path).mtimeMs }, result, timing);
endRun(db, run, record);
close();
