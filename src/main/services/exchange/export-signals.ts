import { join } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import { notice } from '../../../shared/app/notices.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import { slotMeans } from '../../../shared/statistics/resampled.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import type { Cell } from '../../formats/tables.ts';
import { csvLines } from '../../formats/tables.ts';
import { listSignals, readSignal } from '../../project/signals.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import type { WrittenExport } from './export-labels.ts';
import { writeDictionary } from './export-labels.ts';
import { facesOf, readColumns } from '../../project/tracked-faces.ts';

const TABLE = { file: 'signals.csv', columns: ['video', 'slot', 'start_s', 'end_s', 'signal', 'unit', 'value', 'samples', 'signal_file', 'video_id', 'path'] };

/** A video and the run of which the slots count; null for a video without results. */
export interface SignalsOf {
  readonly video: VideoRow;
  readonly run: string | null;
}

/**
 * Writes signals.csv: the signals at the slots of the timeline, a row for each video, signal and slot. The offset is applied.
 * @throws StudioError 'wrong-usage' if no video has signals
 */
export async function writeSignals(db: ProjectDatabase, videos: readonly SignalsOf[], out: string): Promise<WrittenExport> {
  const withSignals = videos.filter(({ video }) => listSignals(db, video.id).length > 0);
  if (withSignals.length === 0) throw new StudioError('wrong-usage/no-signals', {});
  const file = join(out, TABLE.file);
  await writeAtomically(file, signalLines(db, withSignals));
  const untimed = withSignals.filter(({ run }) => run === null).map(({ video }) => video.name);
  return { files: [file, await writeDictionary(out, [TABLE])], losses: untimed.length === 0 ? [] : [notice('export/no-slots', { videos: untimed })] };
}

function* signalLines(db: ProjectDatabase, videos: readonly SignalsOf[]): Generator<string> {
  yield csvLines([TABLE.columns]);
  for (const { video, run } of videos) {
    if (run === null) continue;
    const slots = slotsOf(db, run, video.id);
    const [starts, ends] = [slots.map(({ startS }) => startS), slots.map(({ endS }) => endS)];
    for (const signal of listSignals(db, video.id)) {
      const { means, counts } = slotMeans(readSignal(db, signal), starts, ends);
      const rows = slots.map(({ slot, startS, endS }, i): Cell[] => {
        const mean = means[i] ?? NaN;
        const value = Number.isNaN(mean) ? null : Number(mean.toPrecision(DIGITS));
        return [
          video.name,
          slot,
          roundSeconds(startS),
          roundSeconds(endS),
          signal.name,
          signal.unit,
          value,
          counts[i] ?? 0,
          signal.source,
          video.id,
          video.path,
        ];
      });
      if (rows.length > 0) yield csvLines(rows);
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
