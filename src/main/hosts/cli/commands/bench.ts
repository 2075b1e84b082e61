import type { Command } from 'commander';
import { Argument } from 'commander';
import { required } from '../../../../shared/basics/required.ts';
import { wholeBetween } from '../terminal/options.ts';
import { EXIT, Output } from '../terminal/output.ts';

/** A benchmark prints lines while it runs and returns a flat object of numbers. Ratios are named a_over_b. */
export type Benchmark = (line: (text: string) => void, options: BenchOptions) => Promise<Record<string, number>>;

interface BenchOptions {
  /** Number of kills of the benchmark torture. */
  readonly kills?: number | undefined;
}

/** Imported on demand: no other command needs them. */
const BENCHMARKS: Readonly<Record<string, { readonly load: () => Promise<Benchmark>; readonly about: string }>> = {
  network: {
    load: async () => (await import('../../../../../bench/network.ts')).benchNetwork,
    about: 'base and tiny at token budgets 1, 0.5, 0.25 and their default, on the same clips',
  },
  pipeline: {
    load: async () => (await import('../../../../../bench/pipeline.ts')).benchPipeline,
    about: 'a 2-minute 1280 x 720 video all the way, beside bare decoding',
  },
  'at-once': {
    load: async () => (await import('../../../../../bench/at-once.ts')).benchAtOnce,
    about: 'several videos at once, each with processes of its own: throughput, memory, share of the ideal',
  },
  train: {
    load: async () => (await import('../../../../../bench/train.ts')).benchTrain,
    about: 'training steps of tiny and small beside their forward pass; tiny on moving patterns (ten minutes at most)',
  },
  torture: {
    load: async () => (await import('../../../../../bench/torture.ts')).benchTorture,
    about: 'clients that edit a project and nine kinds of jobs are killed 1000 times, then a disk fills up: acknowledged and lost',
  },
  damage: {
    load: async () => (await import('../../../../../bench/damage.ts')).benchDamage,
    about: '500 times random bytes of a project change on the disk: noticed, shown wrongly, restored from the backup',
  },
  project: {
    load: async () => (await import('../../../../../bench/project.ts')).benchProject,
    about: 'a project of 1,000 videos of an hour and 100,000 segments: opening, listing, memory',
  },
  queue: {
    load: async () => (await import('../../../../../bench/queue.ts')).benchQueue,
    about: 'a batch of 30 clips while a window asks for things, then with its process killed five times',
  },
  circle: {
    load: async () => (await import('../../../../../bench/full-circle.ts')).benchFullCircle,
    about: 'analyse, correct 20 labels, export a set, train, measure on people kept out, analyse again',
  },
  timeline: {
    load: async () => (await import('../../../../../bench/timeline.ts')).benchTimeline,
    about: 'frames a second of the review with two hours of eleven series, in Chromium, beside the same window at rest',
  },
  window: {
    load: async () => (await import('../../../../../bench/window.ts')).benchWindow,
    about: 'opening 40 minutes of video, jumps and labels in the window, in Chromium, in milliseconds',
  },
  shards: {
    load: async () => (await import('../../../../../bench/shards.ts')).benchShards,
    about: '10,000 parts of 100 shards: list, status and merge, in seconds and MB',
  },
  memory: {
    load: async () => (await import('../../../../../bench/memory.ts')).benchMemory,
    about: 'peak memory of all processes at 1, 5 and 20 minutes of video',
  },
};

export function addBench(program: Command, done: (code: number) => void): void {
  const names = Object.keys(BENCHMARKS);
  program
    .command('bench')
    .description('run benchmarks on this computer')
    .addArgument(new Argument('[name]', 'benchmark (default: all)').choices(names))
    .option('--kills <n>', 'torture: how often a program is killed (default: 1000)', wholeBetween(1, 1e6))
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .addHelpText(
      'after',
      `\nMeasurements:\n${Object.entries(BENCHMARKS)
        .map(([name, { about }]) => `  ${name.padEnd(10)}${about}`)
        .join('\n')}`,
    )
    .action(async (name: string | undefined, { json, kills }: { json: boolean; kills?: number }) => {
      const output = new Output(json);
      const numbers: Record<string, number> = {};
      for (const { load } of name === undefined ? Object.values(BENCHMARKS) : [required(BENCHMARKS[name], 'the benchmark')]) {
        const run = await load();
        Object.assign(numbers, await run((text) => output.line(text), { kills }));
      }
      const width = Math.max(...Object.keys(numbers).map((key) => key.length));
      output.result(
        numbers,
        Object.entries(numbers)
          .map(([key, value]) => `${key.padEnd(width)}  ${Number(value.toPrecision(4))}`)
          .join('\n'),
      );
      done(EXIT.done);
    });
}
