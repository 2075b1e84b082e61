import { StudioError } from '../../../shared/app/errors.ts';
import { notice } from '../../../shared/app/notices.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import { slotMeans } from '../../../shared/statistics/resampled.ts';
import type { Cell } from '../../formats/tables.ts';
import { listSignals, readSignal } from '../../project/signals.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import type { ExportProgress, TableSet } from './export-tables.ts';
import { facesOf, readColumns } from '../../project/tracked-faces.ts';

const TABLE = { file: 'signals.csv', columns: ['video', 'slot', 'start_s', 'end_s', 'signal', 'unit', 'value', 'samples', 'signal_file', 'video_id', 'path'] };

/** A video and the run of which the slots count; null for a video without results. */
export interface SignalsOf {
  readonly video: VideoRow;
  readonly run: string | null;
}

/**
 * signals.csv: the signals at the slots of the timeline, a row for each video, signal and slot. The offset is applied.
 * @throws StudioError 'wrong-usage' if no video has signals
 */
export function signalTables(db: ProjectDatabase, videos: readonly SignalsOf[], progress: ExportProgress): TableSet {
  const withSignals = videos.filter(({ video }) => listSignals(db, video.id).length > 0);
  if (withSignals.length === 0) throw new StudioError('wrong-usage/no-signals', {});
  const untimed = withSignals.filter(({ run }) => run === null).map(({ video }) => video.name);
  progress.expect(withSignals.length);
  return {
    tables: [{ ...TABLE, rows: () => signalRows(db, withSignals, progress) }],
    losses: untimed.length === 0 ? [] : [notice('export/no-slots', { videos: untimed })],
  };
}

async function* signalRows(db: ProjectDatabase, videos: readonly SignalsOf[], progress: ExportProgress): AsyncGenerator<Cell[]> {
  for (const { video, run } of videos) {
    await progress.step();
    if (run === null) continue;
    const slots = slotsOf(db, run, video.id);
    const [starts, ends] = [slots.map(({ startS }) => startS), slots.map(({ endS }) => endS)];
    for (const signal of listSignals(db, video.id)) {
      const { means, counts } = slotMeans(readSignal(db, signal), starts, ends);
      for (const [i, { slot, startS, endS }] of slots.entries()) {
        const mean = means[i] ?? NaN;
        const value = Number.isNaN(mean) ? null : Number(mean.toPrecision(DIGITS));
        const span = [roundSeconds(startS), roundSeconds(endS)];
        yield [video.name, slot, ...span, signal.name, signal.unit, value, counts[i] ?? 0, signal.source, video.id, video.path];
      }
    }
  }
}

/** Digits of a mean: more than any recording has, and none of the rounding of sums. */
const DIGITS = 12;

/** The slots of a video in order of time, those without a face too. */
function slotsOf(db: ProjectDatabase, run: string, video: string): { slot: number; startS: number; endS: number }[] {
  const found = new Map<number, { slot: number; startS: number; endS: number }>();
  for (const { face } of facesOf(db, run, video)) {
    const { slots, times } = readColumns(db, run, video, face);
    slots.forEach((slot, i) => found.set(slot, { slot, startS: times[i] ?? NaN, endS: times[slots.length + i] ?? NaN }));
  }
  return [...found.values()].sort((a, b) => a.slot - b.slot);
}
