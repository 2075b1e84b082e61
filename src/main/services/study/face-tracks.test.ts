import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { returningFace } from '../../../../testing/face-tracks.ts';
import { makeProject, someSegment } from '../../../../testing/project.ts';
import { FILE, RECORD, timing } from '../../../../testing/results.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { createPeak } from '../../../shared/annotation/peak-edits.ts';
import { newParticipant } from '../../../shared/annotation/study-edits.ts';
import { step } from '../../../shared/annotation/steps.ts';
import type { ProjectFormat } from '../../../shared/domain/export-formats.ts';
import { findPeaks } from '../../../shared/domain/peaks.ts';
import { applyEdit, history, newId, redo, undo } from '../../project/edits.ts';
import { listVideos } from '../../project/library.ts';
import { beginRun, recordResult } from '../../project/recorded-results.ts';
import { addCoder, decisionsOf, hasEarlierEdits, layersOf, readLayer } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { openProject } from '../../project/store/open-project.ts';
import { subjectsOf } from '../../project/subjects.ts';
import { readFace, readMaps, readTimeline } from '../../project/tracked-faces.ts';
import { joinMaps, packMaps, unpackMaps } from '../../analysis/mask-maps.ts';
import { writeFineTuningSet } from '../fine-tuning/fine-tuning-set.ts';
import { fineTuningOptionsSchema } from '../../../shared/domain/fine-tuning.ts';
import { importProject, writeProject } from '../exchange/export-project.ts';
import { methodsFacts, methodsText } from '../exchange/methods.ts';
import { mergeFaces, shownFaces, splitFace } from './face-tracks.ts';
import { setFaces } from './faces-table.ts';

let folder: string;
let db: ProjectDatabase;
let close: () => void;
let run: string;
let video: string;
let [ann, ben, annLayer, benLayer] = ['', '', '', ''];

beforeEach(async () => {
  const project = await makeProject();
  ({ folder, db, close } = project);
  run = analyse();
  video = listVideos(db)[0]!.id;
  [ann, ben] = [addCoder(db, 'Ann').id, addCoder(db, 'Ben').id];
  [annLayer, benLayer] = [newLayer(ann), newLayer(ben)];
});

function analyse(): string {
  const id = beginRun(db, { ...RECORD, start: new Date().toISOString() });
  recordResult(db, id, FILE, returningFace(FILE.name), timing());
  return id;
}
function newLayer(coderId: string): string {
  const id = newId();
  const row = { id, video_id: video, kind: 'coder', coder_id: coderId, run_id: null, scheme_id: 'seven-expressions', created_at: '2026' } as const;
  edit(coderId, { table: 'layer', kind: 'insert', row });
  return id;
}
function edit(coderId: string, ...rows: RowEdit[]): void {
  applyEdit(db, { coderId, step: step('other', { text: 'test' }), rows });
}
const label = (coderId: string, layer: string, face: number, start: number, end: number, more: object = {}): void =>
  edit(coderId, { table: 'segment', kind: 'insert', row: someSegment(layer, start, { face_id: face, end_s: end, ...more }) });
const merge = (face: number, into: number, coderId = ann): ReturnType<typeof mergeFaces> => mergeFaces(db, { coderId, video, run, face, into });
const split = (face: number, atS: number): ReturnType<typeof splitFace> => splitFace(db, { coderId: ann, video, run, face, atS });
const labelsOf = (layer: string): unknown[] => readLayer(db, layer).segments.map(({ face_id, start_s, end_s }) => [face_id, start_s, end_s]);
const modelLayer = (): string => layersOf(db, video).findLast(({ kind }) => kind === 'model')!.id;
const proposals = (): ReturnType<typeof readLayer> => readLayer(db, modelLayer());

/** The text of every file of an export, by name. */
async function exported(format: ProjectFormat): Promise<Record<string, string>> {
  const out = await temporaryFolder();
  await writeProject(db, { format, run: null, layers: [], videos: [] }, out);
  const names = (await readdir(out)).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(out, name), 'utf8')] as const)));
}
const table = (text: string | undefined): Record<string, string>[] => {
  const [head = '', ...lines] = (text ?? '').trim().split('\r\n');
  return lines.map((line) =>
    Object.fromEntries(line.match(/("[^"]*("")?[^"]*"|[^,]*)(,|$)/g)!.map((cell, i) => [head.split(',')[i] ?? '', cell.replace(/,$/, '')])),
  );
};
const stored = (): unknown[] => (['timeline', 'result', 'segment', 'peak', 'mask_map'] as const).map((name) => db.rows(db.sql.selectFrom(name).selectAll()));

describe('merging a face into another one', () => {
  test('gives one timeline with one row a slot; what the analysis stored stays as it is', async () => {
    const before = stored();
    const tables = await exported('tables');
    merge(3, 1);
    const rows = table((await exported('tables'))['timeline.csv']).filter(({ face_id }) => face_id === '1');
    const slots = rows.map(({ slot }) => Number(slot));
    expect(slots).toEqual(Array.from({ length: 40 }, (_, slot) => slot));
    // Where one track misses the face and the other one sees it, the face is seen.
    expect(rows.filter(({ status }) => status === 'no_face').map(({ slot }) => slot)).toEqual(['18', '19']);
    expect(rows.slice(20).map(({ happiness }) => happiness)).toEqual(
      table(tables['timeline.csv'])
        .filter(({ face_id }) => face_id === '3')
        .map(({ happiness }) => happiness),
    );
    expect(stored()).toEqual(before);
  });

  test('gives one row of statistics: times are added, and labels are counted once', async () => {
    const before = table((await exported('statistics'))['statistics_faces.csv']).filter(({ layer, label: name }) => layer === 'model' && name === 'happiness');
    expect(before.map(({ face_id, observed_s, count, peaks }) => [face_id, observed_s, count, peaks])).toEqual([
      ['1', '3.6', '1', '1'],
      ['2', '8', '1', '1'],
      ['3', '4', '1', '1'],
    ]);
    merge(3, 1);
    const after = table((await exported('statistics'))['statistics_faces.csv']).filter(({ layer, label: name }) => layer === 'model' && name === 'happiness');
    expect(after.map(({ face_id, observed_s, count, peaks }) => [face_id, observed_s, count, peaks])).toEqual([
      ['1', '7.6', '2', '2'],
      ['2', '8', '1', '1'],
    ]);
    expect(methodsText(methodsFacts(db))).toContain('In 1 video, faces were merged or split by hand');
    expect(table((await exported('tables'))['summary.csv'])[0]).toMatchObject({ faces: '2', peaks: '3' });
    expect(listVideos(db)[0]!.analysed).toMatchObject({ faces: 2, peaks: [3, 0, 0, 0, 0, 0, 0] });
  });

  test('keeps the stored proposals, with their ids', () => {
    const before = proposals();
    merge(3, 1);
    const shown = (face: number): number => (face === 3 ? 1 : face);
    const byId = (a: { id: string }, b: { id: string }): number => a.id.localeCompare(b.id);
    expect(proposals().segments.sort(byId)).toEqual(before.segments.map((row) => ({ ...row, face_id: shown(row.face_id) })).sort(byId));
    expect(proposals().peaks.sort(byId)).toEqual(before.peaks.map((row) => ({ ...row, face_id: shown(row.face_id) })).sort(byId));
  });

  test('is one step with the labels, peaks and decisions of all coders; undo gives equal exports, and redo too', async () => {
    label(ann, annLayer, 1, 2, 3);
    label(ann, annLayer, 3, 6, 7);
    label(ben, benLayer, 3, 8, 9);
    edit(ben, createPeak(benLayer, 3, 'anger', { onsetS: 7, apexS: 7.5, offsetS: 8 }, { name: 'Ben', at: '2026', newId }));
    const decision = {
      id: newId(),
      video_id: video,
      coder_id: ben,
      kind: 'no_label',
      proposal_id: null,
      label: null,
      face_id: 3,
      start_s: 6,
      end_s: 7,
    } as const;
    edit(ben, { table: 'decision', kind: 'insert', row: { ...decision, made_at: '2026' } });
    const formats: ProjectFormat[] = ['tables', 'statistics', 'labels', 'frames', 'openface', 'facereader'];
    const all = (): Promise<Record<string, string>[]> => Promise.all(formats.map(exported));
    const before = await all();
    merge(3, 1);
    expect(labelsOf(annLayer)).toEqual([
      [1, 2, 3],
      [1, 6, 7],
    ]);
    expect([labelsOf(benLayer), readLayer(db, benLayer).peaks.map(({ face_id }) => face_id), decisionsOf(db, video).map(({ face_id }) => face_id)]).toEqual([
      [[1, 8, 9]],
      [1],
      [1],
    ]);
    const merged = await all();
    expect(merged).not.toEqual(before);
    expect(history(db, ann, 1)[0]!.step).toEqual(step('face.merge', { face: 3, into: 1 }));
    undo(db, ann);
    expect(await all()).toEqual(before);
    redo(db, ann);
    expect(await all()).toEqual(merged);
  });

  test('keeps labels that overlap afterwards, and says how many', () => {
    label(ann, annLayer, 1, 2, 7);
    label(ann, annLayer, 3, 6, 8);
    label(ann, annLayer, 3, 8, 9);
    expect(merge(3, 1).overlapping).toBe(1);
    expect(labelsOf(annLayer)).toEqual([
      [1, 2, 7],
      [1, 6, 8],
      [1, 8, 9],
    ]);
  });

  test('is refused for faces that are visible together, for one face, and for unknown ones; nothing is changed', () => {
    const before = stored();
    expect(() => merge(2, 1)).toThrow(
      expect.objectContaining({ id: 'edit-invalid/faces-together', parameters: { face: 2, other: 1, video: FILE.name, at: 1.4 } }),
    );
    expect(() => merge(3, 2)).toThrow(
      expect.objectContaining({ id: 'edit-invalid/faces-together', parameters: { face: 3, other: 2, video: FILE.name, at: 5.4 } }),
    );
    expect(() => merge(1, 1)).toThrow(expect.objectContaining({ id: 'edit-invalid/same-face' }));
    expect(() => merge(7, 1)).toThrow(expect.objectContaining({ id: 'edit-invalid/face-unknown' }));
    expect([stored(), db.rows(db.sql.selectFrom('face_tracks').selectAll())]).toEqual([before, []]);
  });

  test('gives the participant to the face that stays; two different ones are refused', () => {
    const [p1, p2] = [newId(), newId()];
    for (const [id, code] of [
      [p1, 'P1'],
      [p2, 'P2'],
    ] as const)
      edit(ann, { table: 'participant', kind: 'insert', row: newParticipant(id, code) });
    const assign = (id: string, face: number, participant: string): void =>
      edit(ann, { table: 'face_participant', kind: 'insert', row: { id, video_id: video, face_id: face, participant_id: participant, condition: '' } });
    const participantOf = (face: number): string => subjectsOf(db)(db.onlyRow(db.sql.selectFrom('video').selectAll()), face).participant;
    assign('a', 3, p1);
    merge(3, 1);
    expect([participantOf(1), participantOf(2)]).toEqual(['P1', '']);
    undo(db, ann);
    expect([participantOf(1), participantOf(3)]).toEqual(['', 'P1']);
    assign('b', 1, p2);
    expect(() => merge(3, 1)).toThrow(expect.objectContaining({ id: 'edit-invalid/two-people' }));
  });

  test('is kept when the program is killed, and by the JSON of the project, and can be undone after that', async () => {
    label(ann, annLayer, 3, 6, 7);
    const before = await exported('tables');
    merge(3, 1);
    const merged = await exported('tables');
    const out = await temporaryFolder();
    await writeProject(db, { format: 'json', run: null, layers: [] }, out);
    // What a killed program leaves: the files as they are while the project is open.
    const killed = await temporaryFolder();
    await cp(folder, killed, { recursive: true });
    close();
    const again = await openProject(killed);
    db = again.db;
    expect(await exported('tables')).toEqual(merged);
    undo(db, ann);
    expect([await exported('tables'), labelsOf(annLayer)]).toEqual([before, [[3, 6, 7]]]);
    again.close();
    await mkdir(join(out, 'imported'));
    await importProject(join(out, 'project.jsonl'), join(out, 'imported'));
    const imported = await openProject(join(out, 'imported'));
    db = imported.db;
    expect(await exported('tables')).toEqual(merged);
    imported.close();
  });

  test('a face that comes back in the slot in which the other one ends is not visible at the same time', () => {
    // Face 1 in slots 0 to 17, face 4 from slot 17 on.
    const { edit: first } = split(2, 1.4 + 0.2 * 17);
    expect(first.step).toEqual(step('face.split', { face: 2, at: 4.8, to: 4 }));
    expect(() => merge(4, 3)).toThrow(expect.objectContaining({ id: 'edit-invalid/faces-together' }));
    merge(4, 1);
    const rows = readFace(db, run, video, 1);
    expect(rows.map(({ slot }) => slot)).toEqual(Array.from({ length: 40 }, (_, slot) => slot));
    // The rest of face 2 is before that.
    expect(readFace(db, run, video, 2).map(({ slot }) => slot)).toEqual(Array.from({ length: 17 }, (_, slot) => slot));
  });
});

describe('splitting a face', () => {
  test('gives two faces with figures of their own; peaks and segments that are cut are found again', async () => {
    // Slot 20 begins at 5.4 s, in the middle of the smile of face 2.
    expect(split(2, 5.4).face).toBe(4);
    const figures = table((await exported('statistics'))['statistics_faces.csv']).filter(({ layer, label: name }) => layer === 'model' && name === 'happiness');
    // A smile is over 0.5 in three slots. Of that of face 2, one slot is before the cut, too short for a segment, and two are after it.
    expect(figures.map(({ face_id, observed_s, seconds }) => [face_id, observed_s, seconds])).toEqual([
      ['1', '3.6', '0.6'],
      ['2', '4', '0'],
      ['3', '4', '0.6'],
      ['4', '4', '0.4'],
    ]);
    const rows = readTimeline(db, run, video).filter(({ faceId }) => faceId === 4);
    const expected = findPeaks(rows, 'model:adatosk-tiny', () => 0);
    const ofFace = proposals().peaks.filter(({ face_id }) => face_id === 4);
    expect(ofFace.map(({ apex_s, onset_s, label: name, intensity }) => [apex_s, onset_s, name, intensity])).toEqual(
      expected.map(({ apexS, onsetS, label: name, intensity }) => [apexS, onsetS, name, intensity]),
    );
    expect(
      proposals()
        .segments.filter(({ face_id }) => face_id === 2)
        .every(({ end_s }) => end_s <= 5.4 + 1e-9),
    ).toBe(true);
    // The same ids at the next reading, so that a rejected proposal stays rejected.
    expect(proposals().segments.map(({ id }) => id)).toEqual(proposals().segments.map(({ id }) => id));
    expect(new Set(proposals().segments.map(({ id }) => id)).size).toBe(proposals().segments.length);
  });

  test('moves the labels after it, and cuts the one across it', () => {
    label(ann, annLayer, 2, 2, 3);
    label(ann, annLayer, 2, 5, 6, { confidence: 0.5 });
    label(ann, annLayer, 2, 7, 8);
    label(ben, benLayer, 1, 2, 7);
    split(2, 5.5);
    expect(labelsOf(annLayer)).toEqual([
      [2, 2, 3],
      [2, 5, 5.5],
      [4, 5.5, 6],
      [4, 7, 8],
    ]);
    expect(readLayer(db, annLayer).segments.map(({ confidence }) => confidence)).toEqual([null, 0.5, 0.5, null]);
    expect(labelsOf(benLayer)).toEqual([[1, 2, 7]]);
    undo(db, ann);
    expect(labelsOf(annLayer)).toEqual([
      [2, 2, 3],
      [2, 5, 6],
      [2, 7, 8],
    ]);
  });

  test('and merging it back gives the proposals of the analysis', () => {
    const before = proposals();
    split(2, 5.4);
    expect(proposals()).not.toEqual(before);
    merge(4, 2);
    expect(proposals()).toEqual(before);
    expect(db.rows(db.sql.selectFrom('face_tracks').select('edits'))).toEqual([{ edits: '[]' }]);
  });

  test('never uses a number again, also of a step that was undone', () => {
    expect(split(2, 5.4).face).toBe(4);
    undo(db, ann);
    expect(split(2, 5).face).toBe(5);
    expect(split(5, 6).face).toBe(6);
  });

  test('is refused where the face is not visible on both sides', () => {
    for (const at of [0, 1.4, 9.5]) expect(() => split(2, at)).toThrow(expect.objectContaining({ id: 'edit-invalid/split-outside' }));
    expect(() => split(9, 3)).toThrow(expect.objectContaining({ id: 'edit-invalid/face-unknown' }));
  });

  test('of the only face leaves the participant of the video with the first part', () => {
    merge(3, 1);
    edit(ann, { table: 'participant', kind: 'insert', row: newParticipant('p', 'P1') });
    const row = db.onlyRow(db.sql.selectFrom('video').selectAll());
    edit(ann, { table: 'video', kind: 'update', id: video, revision: row.revision, set: { participant_id: 'p' } });
    db.run(db.sql.deleteFrom('timeline').where('face_id', '=', 2));
    const participantsOf = (): unknown[] => shownFaces(db, video).map(({ face, participant }) => [face, participant]);
    expect(participantsOf()).toEqual([[1, 'P1']]);
    split(1, 6);
    expect(participantsOf()).toEqual([
      [1, 'P1'],
      [4, ''],
    ]);
    undo(db, ann);
    expect(participantsOf()).toEqual([[1, 'P1']]);
  });
});

test('a label that was made after a merge follows its face when the merge is undone and redone', () => {
  merge(3, 1);
  label(ben, benLayer, 1, 2, 3);
  label(ben, benLayer, 1, 6, 7);
  label(ben, benLayer, 1, 4, 8);
  undo(db, ann);
  expect(labelsOf(benLayer)).toEqual([
    [1, 2, 3],
    [1, 4, 5.4],
    [3, 5.4, 8],
    [3, 6, 7],
  ]);
  redo(db, ann);
  expect(labelsOf(benLayer).map((row) => (row as number[])[0])).toEqual([1, 1, 1, 1]);
});

test('edits do not apply to the faces of a later analysis, and exports say so', async () => {
  merge(3, 1);
  expect(hasEarlierEdits(db, video)).toBe(false);
  run = analyse();
  expect([hasEarlierEdits(db, video), shownFaces(db, video).map(({ face }) => face)]).toEqual([true, [1, 2, 3]]);
  const { losses } = await writeProject(db, { format: 'tables', run: null, layers: [] }, await temporaryFolder());
  expect(losses).toContainEqual({ id: 'faces/earlier-run', parameters: { videos: [FILE.name] } });
  merge(3, 1);
  expect([hasEarlierEdits(db, video), shownFaces(db, video).map(({ face }) => face)]).toEqual([false, [1, 2]]);
});

test('a list of faces has spans, the time seen, and the detected faces', () => {
  merge(3, 1);
  const [first] = shownFaces(db, video);
  expect(first).toMatchObject({ face: 1, detected: [1, 3], participant: '', missing: 'several-faces' });
  expect(first!.seenS).toBeCloseTo(7.6, 9);
  expect(first!.spans).toHaveLength(1);
  expect(first!.spans[0]!.endS).toBeCloseTo(9.4, 9);
});

test('the mask maps of a face are those of its tracks, slot by slot', async () => {
  const side = 2;
  const maps = (slots: number[], value: number): Buffer =>
    Buffer.from(
      packMaps({
        side,
        slots: Int32Array.from(slots),
        places: new Float32Array(4 * slots.length).fill(value),
        similarity: new Float32Array(7 * slots.length).fill(value),
        weights: new Uint8Array(3 * side * side * slots.length).fill(value),
      }),
    );
  const slots = Array.from({ length: 40 }, (_, slot) => slot);
  for (const [face_id, own] of [
    [2, slots],
    [3, slots.slice(20)],
  ] as const)
    db.run(db.sql.insertInto('mask_map').values({ run_id: run, video_id: video, face_id, packed: maps(own, face_id) }));
  const mapsOf = (face: number) => joinMaps(readMaps(db, run, video, face).map(({ packed, isShown }) => ({ maps: unpackMaps(packed), isShown })));
  expect([mapsOf(2)!.slots.length, mapsOf(1)]).toEqual([40, null]);
  split(2, 5.4);
  merge(4, 1, ann);
  expect([[...mapsOf(1)!.slots], new Set(mapsOf(1)!.weights)]).toEqual([slots.slice(20), new Set([2])]);
  undo(db, ann);
  undo(db, ann);
  const file = join(await temporaryFolder(), 'faces.csv');
  await writeFile(file, 'video,face_id,start_s,to_face\na.mp4,2,5.4,3\na.mp4,3,5.4,2\n');
  await setFaces(db, file, 'Cara');
  const joined = mapsOf(2)!;
  expect([...joined.slots]).toEqual(slots);
  expect([joined.weights[19 * 12], joined.weights[20 * 12], joined.places[4 * 19], joined.similarity[7 * 20]]).toEqual([2, 3, 2, 3]);
});

test('a set of references has the labels of the main detected face, because training does not know the edits', async () => {
  label(ann, annLayer, 2, 2, 3);
  label(ann, annLayer, 2, 8, 9);
  label(ann, annLayer, 3, 7, 8);
  const file = join(await temporaryFolder(), 'faces.csv');
  await writeFile(file, 'video,face_id,start_s,to_face\na.mp4,2,5.4,3\na.mp4,3,5.4,2\n');
  await setFaces(db, file, 'Cara');
  expect(labelsOf(annLayer)).toEqual([
    [2, 2, 3],
    [2, 7, 8],
    [3, 8, 9],
  ]);
  const options = fineTuningOptionsSchema.parse({ form: 'references', layer: 'Ann', shares: [1, 0, 0] });
  const noEngine = (): never => {
    throw new Error('no engine is needed');
  };
  const out = join(await temporaryFolder(), 'set');
  const { report } = await writeFineTuningSet(db, options, out, noEngine, { onProgress: () => undefined }, new AbortController().signal);
  const clips = (await readFile(join(out, 'clips.csv'), 'utf8')).trim().split('\r\n').slice(1);
  expect(clips.map((line) => /,(\d+),(\d+),,,,/.exec(line)!.slice(1))).toEqual([
    ['2', '3'],
    ['8', '9'],
  ]);
  expect(report.notes).toContainEqual({ id: 'set/other-faces', parameters: { count: 1 } });
});
