import { describe, expect, test } from 'vitest';
import { emptySummary } from '../../../analysis/batch.ts';
import type { VideoFile } from '../../../media/video-files.ts';
import type { WorkerAnswer, WorkerPort, WorkerRequest, WorkerTask } from './video-worker-messages.ts';
import { VideoWorkers, videosAtOnce } from './video-workers.ts';

const video = (name: string): VideoFile => ({ path: `/${name}`, name, bytes: 1 });
const done = (name: string): WorkerAnswer => ({ kind: 'done', summary: emptySummary(name, 'cancelled', null), resumed: false });
const ignore = (): void => undefined;
const never = new AbortController().signal;

/** A worker of which the test writes the answers. */
class WrittenWorker implements WorkerPort {
  readonly pid = 7;
  readonly received: WorkerRequest[] = [];
  answer: (answer: WorkerAnswer) => void = ignore;
  readonly #ends: ((reason: string) => void)[] = [];
  send(request: WorkerRequest): void {
    this.received.push(request);
  }
  onMessage(listener: (answer: WorkerAnswer) => void): void {
    this.answer = listener;
  }
  onEnd(listener: (reason: string) => void): void {
    this.#ends.push(listener);
  }
  kill(reason = 'signal SIGKILL'): void {
    for (const end of this.#ends) end(reason);
  }
}

function open(): { workers: VideoWorkers; started: WrittenWorker[] } {
  const started: WrittenWorker[] = [];
  const workers = new VideoWorkers({ out: '/out' } as WorkerTask, () => started[started.push(new WrittenWorker()) - 1]!, 2);
  return { workers, started };
}

describe('workers', () => {
  test('take one video at a time, and the next one when they are free', async () => {
    const { workers, started } = open();
    const shares: number[] = [];
    const [a, b] = [workers.run(video('a'), (share) => shares.push(share), never), workers.run(video('b'), ignore, never)];
    expect(started.map(({ received }) => received.map(({ kind }) => kind))).toEqual([
      ['open', 'analyse'],
      ['open', 'analyse'],
    ]);
    started[0]!.answer({ kind: 'share', share: 0.5, timesRealTime: 3 });
    started[0]!.answer(done('a'));
    expect((await a).summary.video).toBe('a');
    expect(shares).toEqual([0.5]);
    const c = workers.run(video('c'), ignore, never);
    expect(started).toHaveLength(2);
    started[0]!.answer(done('c'));
    started[1]!.answer(done('b'));
    expect([(await b).summary.video, (await c).summary.video]).toEqual(['b', 'c']);
  });

  test('that die fail their video alone; the next video gets another worker', async () => {
    const { workers, started } = open();
    const failing = workers.run(video('a'), ignore, never);
    started[0]!.kill('signal SIGKILL');
    expect((await failing).summary).toMatchObject({ video: 'a', status: 'failed', failure: { id: 'engine-died/network' } });
    const next = workers.run(video('b'), ignore, never);
    expect(started).toHaveLength(2);
    started[1]!.answer(done('b'));
    expect((await next).summary.video).toBe('b');
  });

  test('pass on the errors that stop a batch, and the wish to stop', async () => {
    const { workers, started } = open();
    const controller = new AbortController();
    const running = workers.run(video('a'), ignore, controller.signal);
    controller.abort();
    expect(started[0]!.received.at(-1)).toEqual({ kind: 'stop' });
    started[0]!.answer({ kind: 'failed', fact: { id: 'disk-full', parameters: { path: '/out' } } });
    await expect(running).rejects.toMatchObject({ code: 'disk-full' });
  });
});

test('an analysis takes two cores and a gigabyte; on a graphics card, two share it', () => {
  expect(videosAtOnce('cpu-int8', 16, 64e9)).toBe(8);
  expect(videosAtOnce('cpu', 16, 3.5e9)).toBe(3);
  expect(videosAtOnce('cpu', 2, 8e9)).toBe(1);
  expect(videosAtOnce('cpu', 1, 0.2e9)).toBe(1);
  expect(videosAtOnce('cuda', 16, 64e9)).toBe(2);
});
