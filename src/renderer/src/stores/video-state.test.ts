import { describe, expect, test } from 'vitest';
import type { QueueJob } from '../../../shared/domain/queue.ts';
import type { LibraryVideo } from './project-store.ts';
import { isNew, matchesFilter, newestJobs, stateOf } from './video-state.ts';

const analysed = { run: 'r', status: 'done', failure: null, warnings: [], faces: 2, faceShare: 0.5, peaks: [] } as unknown as LibraryVideo['analysed'];
const video = (given: Partial<LibraryVideo> = {}): LibraryVideo =>
  ({ id: 'v', path: '/v.mp4', name: 'v.mp4', review: 'new', isMissing: false, analysed: null, ...given }) as LibraryVideo;
const job = (status: QueueJob['status'], given: Partial<QueueJob> = {}): QueueJob =>
  ({ id: status, path: '/v.mp4', status, isHeld: false, failure: null, startedAt: null, endedAt: null, ...given }) as QueueJob;

function state(of: LibraryVideo, jobs: readonly QueueJob[], { share = 0, now = 0, runStart = '' } = {}) {
  const progress = new Map(jobs.map(({ id }) => [id, { share }]));
  return stateOf(of, { jobs: newestJobs(jobs), progress, runStarts: new Map([['r', runStart]]), now });
}
const EIGHT = '2026-01-02T08:00:00.000Z';
const NINE = '2026-01-02T09:00:00.000Z';

describe('the state of a video', () => {
  test('running: with the time left from the time that the finished share took', () => {
    const running = job('running', { startedAt: EIGHT });
    expect(state(video(), [running], { share: 0.25, now: Date.parse(EIGHT) + 60_000 })).toEqual({
      kind: 'running',
      job: 'running',
      share: 0.25,
      secondsLeft: 180,
    });
    expect(state(video(), [running], { share: 0.01, now: Date.parse(NINE) })).toMatchObject({ share: 0.01, secondsLeft: null });
  });

  test('a failed video is failed with its reason, not new', () => {
    const failure = { id: 'damaged-video/frames', parameters: {} };
    const failed = state(video(), [job('failed', { failure, endedAt: EIGHT })]);
    expect(failed).toEqual({ kind: 'failed', job: 'failed', failure });
    expect(isNew(failed)).toBe(false);
    expect(matchesFilter('failed', video(), failed)).toBe(true);
    expect(matchesFilter('not_analysed', video(), failed)).toBe(false);
    // Its review has not begun, whatever became of its analysis.
    expect(matchesFilter('new', video(), failed)).toBe(true);
  });

  test('a later run overtakes a failure, an earlier one does not', () => {
    const jobs = [job('failed', { endedAt: EIGHT })];
    expect(state(video({ analysed }), jobs, { runStart: NINE })).toEqual({ kind: 'analysed', faces: 2, faceShare: 0.5 });
    expect(state(video({ analysed }), jobs, { runStart: '2026-01-02T07:00:00.000Z' }).kind).toBe('failed');
  });

  test('of several jobs, a waiting one counts before those that have ended, and of those the last', () => {
    const ended = [job('cancelled', { endedAt: NINE }), job('failed', { endedAt: EIGHT })];
    expect(state(video(), ended).kind).toBe('stopped');
    expect(state(video(), [...ended, job('waiting')])).toEqual({ kind: 'queued', job: 'waiting', isHeld: false });
  });

  test('without a job: not analysed, analysed, failed in a run, or missing', () => {
    expect(state(video(), []).kind).toBe('not_analysed');
    expect(state(video({ analysed }), []).kind).toBe('analysed');
    expect(state(video({ analysed: { ...analysed!, status: 'failed' } }), []).kind).toBe('failed');
    expect(state(video({ isMissing: true, analysed }), []).kind).toBe('missing');
    expect(isNew(state(video({ isMissing: true }), []))).toBe(false);
  });

  test('the filter for queued videos shows the running ones, too', () => {
    expect(matchesFilter('queued', video(), state(video(), [job('running')]))).toBe(true);
    expect(matchesFilter('queued', video(), state(video(), [job('done', { endedAt: EIGHT })]))).toBe(true);
    expect(matchesFilter('queued', video(), state(video(), []))).toBe(false);
  });
});
