import type { Command } from 'commander';
import { Option } from 'commander';
import { resolve } from 'node:path';
import { fromFact, StudioError } from '../../../../shared/app/errors.ts';
import { sentenceOfFact } from '../../../../shared/app/facts.ts';
import { sentencesOf } from '../../../../shared/app/notices.ts';
import { startChildProcessWorker } from '../../../services/analysis/workers/video-workers.ts';
import type { VideoSummary } from '../../../../shared/domain/results.ts';
import { analyseFolder } from '../../../services/analysis/analyse-folder.ts';
import type { AnalyseOutcome, AnalyseRequest } from '../../../services/analysis/analyse-folder.ts';
import type { RepeatedRun } from '../../../services/analysis/runs/repeat-run.ts';
import { readRepeatedRun } from '../../../services/analysis/runs/repeat-run.ts';
import type { Device } from '../../../services/settings/defaults.ts';
import { startChildProcessEngine } from '../../../services/studio/processes.ts';
import { DEFAULT_MODEL, DEFAULT_OPTIONS, DEVICES } from '../../../services/settings/defaults.ts';
import type { Shard } from '../../../services/analysis/shards/share.ts';
import { numberBetween, readShard, wholeBetween } from '../terminal/options.ts';
import { counted, EXIT, exitCodeOf, Output, stopOnRequest } from '../terminal/output.ts';
import { ProgressLine } from '../terminal/progress-line.ts';

interface AnalyzeOptions {
  config?: string;
  out: string;
  model: string;
  device: Device;
  threads?: number;
  tokenBudget?: number;
  atOnce: number | 'auto';
  resume: boolean;
  project?: string;
  list?: string;
  shard?: Shard;
  allowFailures: boolean;
  json: boolean;
  confidentScore: number;
  confidentWidth: number;
  smallestFace: number;
  longestGap: number;
  from?: number;
  to?: number;
  searchEvery: number;
  peakProminence: number;
  peakHeight: number;
  peakDuration: number;
}

const { face, peaks, segments } = DEFAULT_OPTIONS;

export function addAnalyze(program: Command, done: (code: number) => void): void {
  program
    .command('analyze')
    .description('analyse videos: write the faces and the proposed expressions over time as tables')
    .argument('[path...]', 'videos or folders; subfolders are included')
    .requiredOption('--out <folder>', 'folder for the tables')
    .option('--config <file>', 'repeat the analysis of this run.json: its videos, model, device and options')
    .option('--list <file>', 'file with one path a line, instead of paths (see: adatosk list)')
    .option('--shard <I/N>', 'analyse shard I of N only and write no tables; "slurm" takes both from the array job (see: adatosk merge)', readShard)
    .option('--allow-failures', 'exit with 0 even if some videos failed', false)
    .option('--model <id>', 'model (see: adatosk models list)', DEFAULT_MODEL)
    .addOption(new Option('--device <name>', 'device that runs the network').choices(DEVICES).default('auto'))
    .option('--threads <n>', 'processor threads for the network (default: all cores of an analysis but one)', wholeBetween(1, 256))
    .option('--at-once <n>', 'videos that are analysed in parallel, or auto: as many as this computer has cores and memory for', autoOrWhole, 'auto')
    .option('--token-budget <share>', 'share of the tokens that the network keeps, 0.01 to 1 (default: that of the model)', numberBetween(0.01, 1))
    .option('--from <s>', 'analyse each video from this moment on', numberBetween(0, 1e7))
    .option('--to <s>', 'analyse each video up to this moment', numberBetween(0, 1e7))
    .option('--project <folder>', 'also store the run in this project; creates the project if necessary')
    .option('--resume', 'reuse the finished videos of an earlier run with the same model and options', false)
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .option('--confident-score <p>', 'faces with a lower detector score are marked low_confidence', numberBetween(0, 1), face.confidentScore)
    .option('--confident-width <px>', 'narrower faces are marked low_confidence', numberBetween(0, 10000), face.confidentWidth)
    .option('--smallest-face <px>', 'smallest width of a face', numberBetween(4, 10000), face.smallestFace)
    .option('--longest-gap <s>', 'a face that is missing for longer gets a new id', numberBetween(0, 3600), face.longestGap)
    .option('--search-every <n>', 'run the face detector on every n-th sample', wholeBetween(1, 10), face.searchEvery)
    .option('--peak-prominence <p>', 'smallest rise of intensity that is a peak', numberBetween(0, 1), peaks.prominence)
    .option('--peak-height <p>', 'smallest intensity of a peak', numberBetween(0, 1), peaks.height)
    .option('--peak-duration <s>', 'shortest peak, onset to offset', numberBetween(0, 60), peaks.minimumDuration)
    .action(async (paths: string[], options: AnalyzeOptions, command: Command) => done(await analyze(paths, options, command)));
}

/** The options that may differ where a run is repeated. */
const FREE_OPTIONS: ReadonlySet<string> = new Set(['config', 'out', 'threads', 'atOnce', 'resume', 'project', 'allowFailures', 'json']);

async function analyze(paths: string[], options: AnalyzeOptions, command: Command): Promise<number> {
  const repeated = options.config === undefined ? null : await readRepeatedRun(options.config);
  if (repeated !== null) refuseOtherOptions(paths, options, command);
  else if ((paths.length === 0) === (options.list === undefined)) throw new StudioError('wrong-usage/paths-or-list', {});
  if (options.shard !== undefined && options.project !== undefined) throw new StudioError('wrong-usage/shard-with-project', {});
  const output = new Output(options.json);
  const signal = stopOnRequest();
  let progress: ProgressLine | undefined;
  const outcome = await analyseFolder(
    { ...requestOf(paths, options), ...repeated?.request },
    { startEngine: startChildProcessEngine, startWorker: startChildProcessWorker },
    {
      onReady: ({ videos, atOnce, model, device, findings, warnings }) => {
        output.line(`${counted(videos.length, 'video')}, model ${model.manifest.id}, on ${device}${atOnce > 1 ? `, ${atOnce} at once` : ''}`);
        for (const { name, available, reason } of findings) if (!available) output.line(`  not on ${name}: ${sentenceOfFact(reason)}`);
        for (const warning of sentencesOf(warnings)) output.line(`  warning: ${warning}`);
        progress = new ProgressLine(videos.map(({ bytes }) => bytes));
      },
      onProgress: ({ video, index, share, timesRealTime, summary, resumed }) => {
        if (summary === undefined) progress?.update(video.name, index, share, timesRealTime);
        else progress?.finish(lineFor(summary, resumed), index, !resumed && summary.status === 'done');
      },
    },
    signal,
  );
  if (repeated !== null) warnOfChangedVideos(outcome, repeated);
  return conclude(outcome, options, output, signal.aborted);
}

function refuseOtherOptions(paths: readonly string[], options: AnalyzeOptions, command: Command): void {
  const given = Object.keys(options).filter((name) => command.getOptionValueSource(name) === 'cli' && !FREE_OPTIONS.has(name));
  const other = paths[0] ?? (given[0] === undefined ? undefined : `--${given[0].replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  if (other !== undefined) throw new StudioError('wrong-usage/config-with-option', { option: other });
}

function warnOfChangedVideos({ summaries }: AnalyseOutcome, { inputs }: RepeatedRun): void {
  for (const { video, sha256 } of summaries) {
    const before = inputs.get(video);
    if (before !== undefined && before !== null && sha256 !== null && before !== sha256)
      process.stderr.write(`warning: ${video} is not the file of the run that is repeated (SHA-256 ${sha256.slice(0, 12)}…, then ${before.slice(0, 12)}…)\n`);
  }
}

/** 'auto' or a whole number, 1 to 64. */
function autoOrWhole(text: string): number | 'auto' {
  return text === 'auto' ? text : wholeBetween(1, 64)(text);
}

function requestOf(paths: string[], options: AnalyzeOptions): AnalyseRequest {
  return {
    paths,
    command: process.argv.slice(2),
    list: options.list ?? null,
    shard: options.shard ?? null,
    out: options.out,
    model: options.model,
    device: options.device,
    threads: options.threads ?? null,
    resume: options.resume,
    atOnce: options.atOnce,
    project: options.project ?? null,
    options: {
      tokenBudget: options.tokenBudget ?? null,
      face: {
        ...face,
        confidentScore: options.confidentScore,
        confidentWidth: options.confidentWidth,
        smallestFace: options.smallestFace,
        longestGap: options.longestGap,
        searchEvery: options.searchEvery,
      },
      peaks: { ...peaks, prominence: options.peakProminence, height: options.peakHeight, minimumDuration: options.peakDuration },
      segments,
      ...(options.from === undefined && options.to === undefined ? {} : { span: { startS: options.from ?? 0, endS: options.to ?? null } }),
    },
  };
}

function lineFor(summary: VideoSummary, resumed: boolean): string {
  if (summary.status === 'cancelled') return `stopped   ${summary.video}`;
  if (summary.status === 'failed') return `FAILED    ${summary.video}: ${summary.failure === null ? '' : sentenceOfFact(summary.failure)}`;
  const speed = resumed ? 'from an earlier run' : `${summary.timesRealTime?.toFixed(1)} times real time`;
  return `done      ${summary.video}: ${counted(summary.faces ?? 0, 'face')}, ${counted(summary.peaks ?? 0, 'peak')}, ${speed}${summary.warnings.length === 0 ? '' : ` (${sentencesOf(summary.warnings).join(' ')})`}`;
}

function conclude({ summaries, record, timesRealTime }: AnalyseOutcome, options: AnalyzeOptions, output: Output, stopped: boolean): number {
  const out = resolve(options.out);
  const { shard } = options;
  const count = (status: VideoSummary['status']): number => summaries.filter((summary) => summary.status === status).length;
  const [finished, failed] = [count('done'), count('failed')];
  const speed = timesRealTime === null ? '' : `, ${timesRealTime.toFixed(1)} times real time`;
  const note = record.warnings.join('; ');
  const text = `${finished} of ${summaries.length} done, ${failed} failed${stopped ? ', stopped on request' : ''}${speed}; ${shard === undefined ? 'tables' : `parts of shard ${shard.index} of ${shard.of}`} in ${out}${note === '' ? '' : ` (${note})`}`;
  output.result(
    {
      videos: summaries.length,
      done: finished,
      failed,
      cancelled: count('cancelled'),
      timesRealTime,
      device: record.device,
      model: record.model.id,
      trained: record.model.trained,
      note,
      out,
      ...(shard === undefined ? {} : { shard: shard.index, of: shard.of }),
    },
    text,
  );
  if (stopped) return EXIT.interrupted;
  const failures = summaries.flatMap(({ failure }) => (failure === null ? [] : [exitCodeOf(fromFact(failure).code)]));
  if (failures.includes(EXIT.tryAgain)) return EXIT.tryAgain;
  return failed > 0 && !options.allowFailures ? EXIT.someFailed : EXIT.done;
}
