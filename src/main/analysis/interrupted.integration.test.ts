import { appendFile, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ffmpeg, temporaryFolder, TWO_FACES } from '../../../testing/videos.ts';
import { startChildProcessEngine } from '../adatosk/runtime/child-process-engine.ts';
import { ensureModelFile, findModel, modelsFolder } from '../adatosk/runtime/models.ts';
import { startEngines } from '../adatosk/runtime/providers.ts';
import { detectorFiles } from '../face/detector-files.ts';
import { DEFAULT_OPTIONS } from '../services/settings/defaults.ts';
import { AnalysisJournal } from './analysis-journal.ts';
import type { VideoAnalysis } from './analyse-video.ts';
import { analyseVideo } from './analyse-video.ts';

const folder = await temporaryFolder();
/** Longer than the time before the interruption in which crops are made again. */
const video = join(folder, 'long.mp4');
await ffmpeg('-stream_loop', '5', '-i', TWO_FACES, '-t', '45', '-an', '-c:v', 'libx264', '-preset', 'ultrafast', video);

const model = await findModel('tiny');
await ensureModelFile(model);
const engines = await startEngines(startChildProcessEngine, model, detectorFiles(modelsFolder()), 'cpu');
afterAll(() => engines.stop());
const { network, detectors } = engines;
const tools = { network, detectors, model: model.manifest };
const options = { ...DEFAULT_OPTIONS, tokenBudget: model.manifest.defaultTokenBudget };
const key = { videoSha256: 'a', modelSha256: 'b', options: 'c' };
const pace = { beginsAfterMs: 0, writesEveryMs: 0 };
const openJournal = (at: string): Promise<AnalysisJournal> => AnalysisJournal.open(at, key, true, pace);

/** What an analysis found, and how often each model ran. */
async function analyse(journal: AnalysisJournal | null, until = 1): Promise<{ analysis: VideoAnalysis | undefined; runs: Record<string, number> }> {
  const before = [network.runs, detectors.near.runs, detectors.search.runs];
  const stop = new AbortController();
  const onProgress = (share: number): void => {
    if (share > until) stop.abort();
  };
  const analysis = await analyseVideo(video, tools, options, journal, onProgress, stop.signal).catch(() => undefined);
  await journal?.close();
  return { analysis, runs: { network: network.runs - before[0]!, near: detectors.near.runs - before[1]!, search: detectors.search.runs - before[2]! } };
}

const resultOf = (analysis: VideoAnalysis | undefined): unknown => {
  expect(analysis).toBeDefined();
  const { rows, peaks, segments, maps, faces } = analysis!;
  return { rows, peaks, segments, maps, faces };
};

const whole = await analyse(null);
const expected = resultOf(whole.analysis);

test('an interrupted analysis goes on where it was, with the result of an uninterrupted one', async () => {
  const at = await temporaryFolder();
  const first = await analyse(await openJournal(at), 0.75);
  expect(first.analysis).toBeUndefined();
  const second = await analyse(await openJournal(at), 0.9);
  expect(second.analysis).toBeUndefined();
  const journal = await openJournal(at);
  expect(journal.firstCrop).toBeGreaterThan(100);
  expect(journal.earlierMs).toBeGreaterThan(0);
  const third = await analyse(journal);
  expect(resultOf(third.analysis)).toEqual(expected);
  for (const name of ['network', 'near', 'search']) {
    const sum = [first, second, third].reduce((total, { runs }) => total + runs[name]!, 0);
    expect(third.runs[name]).toBeLessThan(0.25 * whole.runs[name]!);
    // What was running when the analysis stopped runs again.
    expect(sum - whole.runs[name]!).toBeLessThan(12);
  }
  await journal.discard();
  expect(await readdir(at)).toEqual([]);
});

test('a damaged journal gives the same result', async () => {
  const at = await temporaryFolder();
  await analyse(await openJournal(at), 0.75);
  const [name] = await readdir(at);
  const file = join(at, name!);
  const lines = (await readFile(file, 'latin1')).split('\n');
  const damaged = lines.map((line, i) =>
    i % 7 === 3 && line.includes('"search"') ? line.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10)) : line,
  );
  await writeFile(file, damaged.join('\n'), 'latin1');
  await appendFile(file, '12345678 {"search":"1 near', 'latin1');
  expect(resultOf((await analyse(await openJournal(at))).analysis)).toEqual(expected);
});

test('a journal without a clip that has no crops any more is not used', async () => {
  const at = await temporaryFolder();
  await analyse(await openJournal(at), 0.75);
  const [name] = await readdir(at);
  const file = join(at, name!);
  const lines = (await readFile(file, 'latin1')).split('\n');
  await writeFile(file, lines.filter((line) => !line.includes('"clip":"1 0"')).join('\n'), 'latin1');
  const journal = await openJournal(at);
  await expect(analyseVideo(video, tools, options, journal, () => undefined)).rejects.toThrow('damaged journal');
  await journal.close();
});

test('another model or other options have another journal; old ones are deleted', async () => {
  const at = await temporaryFolder();
  await analyse(await openJournal(at), 0.1);
  const other = await AnalysisJournal.open(at, { ...key, options: 'd' }, true, pace);
  expect(other.earlierMs).toBe(0);
  await AnalysisJournal.deleteOld(at);
  const [name] = await readdir(at);
  expect(name).toMatch(/\.journal$/);
  const old = new Date(Date.now() - 15 * 86_400_000);
  await utimes(join(at, name!), old, old);
  await AnalysisJournal.deleteOld(at);
  expect(await readdir(at)).toEqual([]);
});
