/**
 * One client of the torture benchmark: it opens a project and edits its coder's layer at random as fast as possible. It
 * acknowledges every stored edit on standard output: «ack CLOCK ENTRY».
 * Arguments: folder, coder, layer, seed.
 */
import { step } from '../src/shared/annotation/steps.ts';
import type { AppliedEdit, RowEdit } from '../src/shared/annotation/editable-rows.ts';
import { StudioError } from '../src/shared/app/errors.ts';
import { randomStream } from '../src/shared/basics/random.ts';
import type { ProjectDatabase } from '../src/main/project/store/database.ts';
import { applyEdit, newId, redo, undo } from '../src/main/project/edits.ts';
import { openProject } from '../src/main/project/store/open-project.ts';
import type { SegmentRow } from '../src/main/project/store/schema.ts';
import { writeSync } from 'node:fs';

const [folder, coder, layer, seed] = process.argv.slice(2) as [string, string, string, string];
const random = randomStream(Number(seed), 'torture');
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const LABELS = ['happiness', 'sadness', 'neutral', 'anger', 'surprise', 'disgust', 'fear'];

function newSegment(): RowEdit {
  const start = 3600 * random();
  const provenance = { made_by: coder, made_at: new Date().toISOString(), proposal_id: null, model_sha256: null };
  const times = { start_s: start, end_s: start + 5 * random() };
  return {
    table: 'segment',
    kind: 'insert',
    row: { id: newId(), layer_id: layer, face_id: 1, label: pick(LABELS), confidence: null, ...times, ...provenance },
  };
}

function changed(segment: SegmentRow): RowEdit {
  const at = { table: 'segment', id: segment.id, revision: segment.revision } as const;
  const kind = random();
  if (kind < 0.2) return { ...at, kind: 'delete' };
  return { ...at, kind: 'update', set: kind < 0.6 ? { label: pick(LABELS) } : { end_s: segment.end_s + random() } };
}

/** One edit of one to forty rows. Edits of many rows make a half-written edit visible. */
function oneEdit(db: ProjectDatabase): AppliedEdit | null {
  const kind = random();
  if (kind < 0.15) return undo(db, coder);
  if (kind < 0.25) return redo(db, coder);
  const own = db.rows(db.sql.selectFrom('segment').selectAll().where('layer_id', '=', layer).limit(200));
  const count = random() < 0.2 ? 40 : 1 + Math.floor(3 * random());
  const rows =
    own.length < 50 || random() < 0.3
      ? Array.from({ length: count }, newSegment)
      : [...new Set(Array.from({ length: Math.min(count, own.length) }, () => pick(own)))].map(changed);
  return applyEdit(db, { coderId: coder, step: step('other', { text: 'torture' }), rows });
}

const { db } = await openProject(folder);
writeSync(1, 'ready\n');
for (;;) {
  try {
    const applied = oneEdit(db);
    if (applied !== null) writeSync(1, `ack ${applied.clock} ${applied.entry}\n`);
  } catch (error) {
    if (!(error instanceof StudioError && error.code === 'disk-full')) throw error;
    writeSync(1, 'full\n');
    break;
  }
}
