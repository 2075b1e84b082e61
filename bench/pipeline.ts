import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startChildProcessEngine } from '../src/main/adatosk/runtime/child-process-engine.ts';
import { ensureModelFile, findModel, modelsFolder } from '../src/main/adatosk/runtime/models.ts';
import type { Model } from '../src/main/adatosk/runtime/models.ts';
import type { Device, ReadyEngines } from '../src/main/adatosk/runtime/providers.ts';
import { startEngines } from '../src/main/adatosk/runtime/providers.ts';
import { AnalysisJournal } from '../src/main/analysis/analysis-journal.ts';
import { analyseVideo } from '../src/main/analysis/analyse-video.ts';
import { detectorFiles } from '../src/main/face/detector-files.ts';
import { findProgram } from '../src/main/media/programs.ts';
import { DEFAULT_OPTIONS } from '../src/main/services/settings/defaults.ts';
import { benchVideo } from './bench-video.ts';
import { CpuSeconds } from './cpu-seconds.ts';

const MINUTES = 2;
/** Only an analysis of more than 20 s keeps what an interrupted one goes on with. */
const MINUTES_TO_RESUME = 15;

/**
 * Speed of the whole analysis with the tiny model on the processor, as a multiple of real time, the share of each stage, and the
 * processor time of each process. Decoding alone by ffmpeg, before and after, is the reference that makes results of different
 * computers comparable. An analysis that was interrupted at its end is compared with the whole.
 */
export async function benchPipeline(line: (text: string) => void): Promise<Record<string, number>> {
  line(`making a ${MINUTES}-minute video of 1280 x 720 …`);
  const video = await benchVideo(MINUTES);
  const model = await findModel('tiny');
  await ensureModelFile(model);
  const engines = await startOnProcessor(model);
  const journals = await mkdtemp(join(tmpdir(), 'adatosk-bench-journal-'));
  try {
    const before = await bareDecoding(video);
    const tools = { network: engines.network, detectors: engines.detectors, model: model.manifest };
    const options = { ...DEFAULT_OPTIONS, tokenBudget: model.manifest.defaultTokenBudget };
    const { network: session, detectors } = engines;
    const spent = (): number => detectors.search.milliseconds + detectors.near.milliseconds;
    const started = { network: session.milliseconds, detectors: spent() };
    line('analysing …');
    const cpu = new CpuSeconds({ network: engines.pids[0], detectors: engines.pids[1] });
    const { stages, video: probed, faces, rows } = await analyseVideo(video, tools, options, null, () => undefined);
    const cpuSeconds = cpu.since();
    const decoding = (before + (await bareDecoding(video))) / 2;
    const seconds = probed.timing.duration;
    const network = session.milliseconds - started.network;
    const detector = spent() - started.detectors;
    const runs = { search: detectors.search.runs, near: detectors.near.runs, network: session.runs };
    line('resuming an analysis …');
    const long = await benchVideo(MINUTES_TO_RESUME);
    const openJournal = (): Promise<AnalysisJournal> => AnalysisJournal.open(journals, { videoSha256: long, modelSha256: '', options: '' }, true);
    const journal = await openJournal();
    const whole = await analyseVideo(long, tools, options, journal, () => undefined);
    await journal.close();
    const interrupted = await openJournal();
    const resumed = await analyseVideo(long, tools, options, interrupted, () => undefined);
    await interrupted.discard();
    line('Stages run side by side on the same cores: their shares may add up to more than 1.');
    return {
      times_real_time: (1000 * seconds) / stages.total,
      decoding_times_real_time: (1000 * seconds) / decoding,
      pipeline_over_decoding: stages.total / decoding,
      share_probing: stages.probing / stages.total,
      share_waiting_for_frames: stages.waitingForFrames / stages.total,
      share_detectors: detector / stages.total,
      share_cropping: stages.cropping / stages.total,
      share_network: network / stages.total,
      search_runs: runs.search,
      near_runs: runs.near,
      network_runs: runs.network,
      resumed_over_whole: resumed.stages.total / whole.stages.total,
      ...cpuSeconds,
      in_whole_numbers: engines.provider === 'cpu-int8' ? 1 : 0,
      faces,
      slots_with_a_face: rows.filter(({ status }) => status !== 'no_face').length,
      slots: rows.length,
    };
  } finally {
    engines.stop();
    await rm(journals, { recursive: true, force: true });
  }
}

/** The engines without a graphics card: in whole numbers where this processor computes them right. */
async function startOnProcessor(model: Model): Promise<ReadyEngines> {
  const start = (device: Device): Promise<ReadyEngines> => startEngines(startChildProcessEngine, model, detectorFiles(modelsFolder()), device);
  return start('cpu-int8').catch(() => start('cpu'));
}

/** Time in which ffmpeg decodes the video without output, in milliseconds. */
async function bareDecoding(video: string): Promise<number> {
  const ffmpeg = await findProgram('ffmpeg');
  const start = performance.now();
  await promisify(execFile)(ffmpeg.path, ['-v', 'error', '-i', video, '-f', 'null', '-']);
  return performance.now() - start;
}
