import type { RowChange } from '../../shared/annotation/editable-rows.ts';
import type { Step } from '../../shared/annotation/steps.ts';
import { nextEntry } from './edits.ts';
import type { ProjectDatabase } from './store/database.ts';

/** The step that the next undo or redo of a coder changes. */
export interface NextStep {
  /** Id of its entry in the journal. */
  readonly entry: number;
  readonly step: Step;
  /** Ids of the videos whose rows it changes; empty for a step of the whole project, such as a change of the coding scheme. */
  readonly videos: readonly string[];
}

/** Finds the step that `undo` or `redo` (edits.ts) would change. @returns null if there is none */
export function nextStep(db: ProjectDatabase, coderId: string, direction: 'undo' | 'redo'): NextStep | null {
  const entry = nextEntry(db, coderId, direction);
  if (entry === null) return null;
  if (entry.step.kind === 'labels.change') return { entry: entry.id, step: entry.step, videos: [] };
  const ids = entry.changes.flatMap((change) => videoOfChange(db, change, entry.changes));
  return { entry: entry.id, step: entry.step, videos: [...new Set(ids)] };
}

function videoOfChange(db: ProjectDatabase, { table, id, before, after }: RowChange, all: readonly RowChange[]): string[] {
  if (table === 'video') return [id];
  const row = after ?? before;
  const named = row?.['video_id'];
  if (named !== undefined) return named === null ? [] : [String(named)];
  const layerId = row?.['layer_id'];
  if (layerId === undefined || layerId === null) return [];
  const inStep = all.find((change) => change.table === 'layer' && change.id === layerId);
  const known = (inStep?.after ?? inStep?.before)?.['video_id'];
  const layer = known ?? db.row(db.sql.selectFrom('layer').select('video_id').where('id', '=', String(layerId)))?.video_id;
  return layer === undefined || layer === null ? [] : [String(layer)];
}
