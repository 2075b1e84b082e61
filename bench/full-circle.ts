import { step } from '../src/shared/annotation/steps.ts';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowEdit } from '../src/shared/annotation/editable-rows.ts';
import { acceptProposal, createSegment, clearSpan } from '../src/shared/annotation/segment-edits.ts';
import { applyEdit, newId } from '../src/main/project/edits.ts';
import { allVideos } from '../src/main/project/library.ts';
import { inProject } from '../src/main/project/store/open-project.ts';
import { addCoder, layersOf, readLayer } from '../src/main/project/review.ts';

const PROGRAM = new URL('../src/main/hosts/cli/adatosk.ts', import.meta.url).pathname;
const SAMPLES = new URL('../samples/', import.meta.url).pathname;
/** Every other sample video shows one person, and no two show the same person. */
const TWO_PEOPLE = 'two-people.mp4';
const CORRECTIONS = 20;
const ROUNDS = 30;

interface Truth {
  readonly video: string;
  readonly faces: number;
  readonly expressions: readonly { readonly label: string; readonly onsetS: number; readonly offsetS: number }[];
}

/**
 * The complete workflow: analyse the sample videos, correct 20 labels from the ground truth, export a fine-tuning set, train
 * a model on it, evaluate both models on people who are not in the training split, and analyse the videos again.
 */
export async function benchFullCircle(line: (text: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'adatosk-circle-'));
  const [project, set, model] = [join(folder, 'project'), join(folder, 'set'), join(folder, 'our-model')];
  try {
    run('analyze', SAMPLES, '--out', join(folder, 'first'), '--project', project);
    line('analysed the example clips');
    const corrected = await correct(project);
    line(`${corrected.changed} labels corrected by script, ${corrected.kept} proposals accepted as they are`);
    const before = await modelLayers(project);
    const { clips } = run('fine-tuning-set', '--project', project, '--layer', 'Script', '--form', 'faces', '--shares', '0.5,0.2,0.3', '--out', set);
    line(`fine-tuning set: ${clips} clips`);
    run('train', '--data', set, '--from', 'adatosk-tiny', '--epochs', `0,0,${ROUNDS}`, '--out', model);
    const old = measured('adatosk-tiny', set);
    const own = measured(model, set);
    line(`UAR on people kept out: ${old.uar.toFixed(3)} before, ${own.uar.toFixed(3)} after (${old.clips} clips)`);
    run('analyze', SAMPLES, '--out', join(folder, 'second'), '--project', project, '--model', model);
    const after = await modelLayers(project);
    const untouched = Object.entries(before).filter(([id, text]) => after[id] === text).length;
    return {
      labels_corrected: corrected.changed,
      clips: Number(clips),
      uar_before: old.uar,
      uar_after: own.uar,
      held_out_clips: old.clips,
      old_layers: Object.keys(before).length,
      old_layers_untouched: untouched,
      new_layers: Object.keys(after).length - Object.keys(before).length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the command line. Returns the JSON object on its last line. */
function run(...args: string[]): Record<string, unknown> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args, '--json'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`adatosk ${args[0]} ended with ${status}: ${stderr.slice(-600)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;
}

function measured(model: string, set: string): { uar: number; clips: number } {
  const { uar, clips } = run('evaluate', model, '--data', set, '--split', 'test') as { uar: number; clips: number };
  return { uar, clips };
}

/** Accepts the model's proposals into a layer of a coder "Script", then corrects 20 expressions from the ground truth, as a coder would. */
async function correct(project: string): Promise<{ changed: number; kept: number }> {
  const truths = JSON.parse(readFileSync(join(SAMPLES, 'truth.json'), 'utf8')) as Truth[];
  return inProject(project, (db) => {
    const coder = addCoder(db, 'Script');
    const by = { name: 'Script', at: new Date().toISOString(), newId };
    const apply = (label: string, rows: RowEdit[]): unknown => applyEdit(db, { coderId: coder.id, step: step('other', { text: label }), rows });
    let [changed, kept] = [0, 0];
    for (const video of allVideos(db)) {
      const truth = truths.find((each) => each.video === video.name);
      if (truth === undefined || video.name === TWO_PEOPLE) continue;
      const [layer, person] = [newId(), newId()];
      const proposed = readLayer(db, layersOf(db, video.id).findLast(({ kind }) => kind === 'model')!.id).segments;
      apply('take over', [
        { table: 'participant', kind: 'insert', row: { id: person, code: video.name.replace('.mp4', ''), condition: '', note: '', attributes: '{}' } },
        { table: 'video', kind: 'update', id: video.id, revision: video.revision, set: { participant_id: person } },
        {
          table: 'layer',
          kind: 'insert',
          row: { id: layer, video_id: video.id, kind: 'coder', coder_id: coder.id, run_id: null, scheme_id: 'seven-expressions', created_at: by.at },
        },
        ...proposed.map((segment) => acceptProposal(segment, layer, by)),
      ]);
      kept += proposed.length;
      for (const { label, onsetS, offsetS } of truth.expressions) {
        if (changed === CORRECTIONS) break;
        const span = { startS: onsetS, endS: offsetS };
        const own = readLayer(db, layer).segments;
        apply(`correct ${label}`, [...clearSpan(own, 1, span, by), createSegment(layer, 1, label, span, by)]);
        changed += 1;
      }
    }
    return { changed, kept };
  });
}

/** All model layers as JSON texts, by id. */
function modelLayers(project: string): Promise<Record<string, string>> {
  return inProject(project, (db) =>
    Object.fromEntries(
      allVideos(db)
        .flatMap(({ id }) => layersOf(db, id).filter(({ kind }) => kind === 'model'))
        .map((layer) => [layer.id, JSON.stringify([layer, readLayer(db, layer.id)])]),
    ),
  );
}
