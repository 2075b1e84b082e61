import type { VideoResult } from '../../shared/domain/results.ts';
import type { TimingTable } from '../../shared/domain/time.ts';
import type { ProjectDatabase } from './store/database.ts';

/**
 * Times of a video count from the container's start. Videos that a project of version 0.1 has labels or results of keep the
 * clock of that version, the file's own timestamps, so that their labels stay where they are.
 */
export function hasFileClock(db: ProjectDatabase, video: string): boolean {
  return db.row(db.sql.selectFrom('file_clock').select('video_id').where('video_id', '=', video)) !== undefined;
}

/**
 * What to add to seconds from the container's start, to get seconds on the video's clock in this project.
 * @param origin the file's timestamp at the container's start, in seconds
 */
export function clockShift(db: ProjectDatabase, video: string, origin: number): number {
  return hasFileClock(db, video) ? origin : 0;
}

/** A timing table of the file, on the video's clock in this project. */
export function onProjectClock(db: ProjectDatabase, video: string, table: TimingTable): TimingTable {
  const shift = clockShift(db, video, table.findings.origin);
  return shift === 0 ? table : table.movedBy(shift);
}

/** A result with all times moved by some seconds. */
export function resultMovedBy(result: VideoResult, seconds: number): VideoResult {
  if (seconds === 0) return result;
  return {
    ...result,
    rows: result.rows.map((row) => ({ ...row, startS: row.startS + seconds, endS: row.endS + seconds })),
    segments: result.segments.map((segment) => ({ ...segment, startS: segment.startS + seconds, endS: segment.endS + seconds })),
    peaks: result.peaks.map((peak) => ({ ...peak, onsetS: peak.onsetS + seconds, apexS: peak.apexS + seconds, offsetS: peak.offsetS + seconds })),
  };
}
