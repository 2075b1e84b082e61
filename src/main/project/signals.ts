import type { AppliedEdit } from '../../shared/annotation/editable-rows.ts';
import { step } from '../../shared/annotation/steps.ts';
import { StudioError } from '../../shared/app/errors.ts';
import { roundSeconds } from '../../shared/domain/time.ts';
import { applyEdit, newId } from './edits.ts';
import type { ProjectDatabase } from './store/database.ts';
import { unpackNumbers } from './store/packed-numbers.ts';
import type { PackedSeries } from './store/packed-series.ts';
import { viewOf } from './store/packed-series-view.ts';
import type { SeriesView } from './store/packed-series-view.ts';
import type { SignalBlockRow, SignalRow } from './store/schema.ts';

/** Facts of a signal that its samples do not have. */
export interface SignalFacts {
  readonly videoId: string;
  readonly name: string;
  readonly unit: string;
  /** Name of the file. */
  readonly source: string;
  /** Seconds that are added to the times of the samples. */
  readonly offsetS: number;
}

/** Stores a signal. Call it in a transaction to store several or none. */
export function insertSignal(db: ProjectDatabase, { videoId, name, unit, source, offsetS }: SignalFacts, series: PackedSeries): SignalRow {
  const row: SignalRow = {
    ...{ id: newId(), video_id: videoId, name, unit, source, offset_s: offsetS, samples: series.samples },
    ...{ start_s: series.startS, end_s: series.endS, interval_s: series.intervalS, lowest: series.lowest, highest: series.highest, revision: 1 },
  };
  db.run(db.sql.insertInto('signal').values(row));
  series.blocks.forEach((block, position) => db.run(db.sql.insertInto('signal_block').values({ signal_id: row.id, position, ...block })));
  return row;
}

/** All signals, or those of a video, by video and name. */
export function listSignals(db: ProjectDatabase, video?: string): SignalRow[] {
  const all = db.sql.selectFrom('signal').selectAll().orderBy('video_id').orderBy('source').orderBy('name');
  return db.rows(video === undefined ? all : all.where('video_id', '=', video));
}

/** @throws StudioError 'wrong-usage' for an unknown id */
export function signalOf(db: ProjectDatabase, id: string): SignalRow {
  const row = db.row(db.sql.selectFrom('signal').selectAll().where('id', '=', id));
  if (row === undefined) throw new StudioError('wrong-usage/signal-unknown', { signal: id });
  return row;
}

/** Removes a signal and its samples, which cannot be undone. @throws StudioError 'wrong-usage' for an unknown id */
export function removeSignal(db: ProjectDatabase, id: string): SignalRow {
  return db.transaction(() => {
    const row = signalOf(db, id);
    db.run(db.sql.deleteFrom('signal').where('id', '=', id));
    return row;
  });
}

/** Moves signals on the clock of their video, as one step that can be undone. @returns null if all have this offset already */
export function moveSignals(db: ProjectDatabase, ids: readonly string[], offsetS: number, coderId: string): AppliedEdit | null {
  return db.transaction(() => {
    const rows = ids.map((id) => signalOf(db, id)).filter(({ offset_s }) => offset_s !== offsetS);
    const [first] = rows;
    if (first === undefined) return null;
    const signal = rows.length === 1 ? first.name : first.source;
    const edits = rows.map(({ id, revision }) => ({ table: 'signal', kind: 'update', id, revision, set: { offset_s: offsetS } }) as const);
    return applyEdit(db, { coderId, step: step('signal.move', { signal }), rows: edits });
  });
}

/** A stretch of a signal: times on the clock of the video in seconds, ascending; NaN for missing values. */
export interface SignalSamples {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** The samples of a signal with the offset applied, block by block. */
export function* readSignal(db: ProjectDatabase, { id, offset_s }: SignalRow): Generator<SignalSamples> {
  const positions = db.rows(db.sql.selectFrom('signal_block').select('position').where('signal_id', '=', id).orderBy('position'));
  for (const { position } of positions) {
    const { times, readings } = db.onlyRow(
      db.sql.selectFrom('signal_block').select(['times', 'readings']).where('signal_id', '=', id).where('position', '=', position),
    );
    yield { times: unpackNumbers(times).map((time) => roundSeconds(time + offset_s)), values: unpackNumbers(readings) };
  }
}

/**
 * A span of a signal at the resolution of a screen. Only the blocks of the span are read, and of a long span their overviews.
 * @param from seconds of the file, without the offset, up to `to`
 * @param columns width in pixels
 * @throws StudioError 'wrong-usage' for an unknown id
 */
export function viewSignal(db: ProjectDatabase, id: string, from: number, to: number, columns: number): SeriesView {
  const { interval_s } = signalOf(db, id);
  const blocks = db.sql.selectFrom('signal_block').where('signal_id', '=', id).where('start_s', '<=', to).where('end_s', '>=', from).orderBy('position');
  const positions = db.rows(blocks.select('position')).map(({ position }) => position);
  function* read(): Generator<Pick<SignalBlockRow, 'times' | 'readings' | 'overview'>> {
    for (const position of positions)
      yield db.onlyRow(
        db.sql.selectFrom('signal_block').select(['times', 'readings', 'overview']).where('signal_id', '=', id).where('position', '=', position),
      );
  }
  return viewOf(read(), interval_s, from, to, columns);
}
