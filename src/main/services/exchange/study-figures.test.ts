/** Plots by condition and around events, compared with the tables and with values computed by hand. */
import { parse } from 'csv-parse/sync';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject } from '../../../../testing/project.ts';
import { FILE, RECORD, someResult, someRow, timing } from '../../../../testing/results.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { step } from '../../../shared/annotation/steps.ts';
import type { VideoResult } from '../../../shared/domain/results.ts';
import type { ProjectFigures } from '../../../shared/contract/figures.ts';
import { applyEdit } from '../../project/edits.ts';
import { allVideos } from '../../project/library.ts';
import { beginRun, recordResult } from '../../project/recorded-results.ts';
import { addCoder } from '../../project/review.ts';
import { writeProject } from './export-project.ts';
import { projectFigures, ratedLayers } from './project-figures.ts';

const project = await makeProject();
const { db } = project;
/** One face over 4 s, with happiness at the given probability and a label of that many seconds. */
function result(video: string, probability: number, labelS: number): VideoResult {
  const probabilities = [probability, 0, 1 - probability, 0, 0, 0, 0];
  const reading = { ...someRow(1, 0).reading!, probabilities };
  const rows = Array.from({ length: 20 }, (_, slot) => someRow(1, slot, { reading }));
  const [segment] = someResult(video).segments;
  return { ...someResult(video), rows, peaks: [], segments: [{ ...segment!, label: 'happiness', endS: 1.4 + labelS }] };
}
const RESULTS = { 'p1-rest.mp4': [0.2, 1], 'p1-stress.mp4': [0.6, 2], 'p2-rest.mp4': [0.4, 0.4], 'p2-stress.mp4': [0.9, 3], 'p3-rest.mp4': [0.1, 4] } as const;
const run = beginRun(db, RECORD);
for (const [name, [probability, labelS]] of Object.entries(RESULTS))
  recordResult(db, run, { ...FILE, path: `/v/${name}`, name }, result(name, probability, labelS), timing());
const coder = addCoder(db, 'Ann').id;
const edit = (...rows: RowEdit[]): unknown => applyEdit(db, { coderId: coder, step: step('other', { text: 'test' }), rows });
edit(
  ...['p1', 'p2', 'p3'].map((id): RowEdit => ({
    table: 'participant',
    kind: 'insert',
    row: { id, code: id.toUpperCase(), condition: '', note: '', attributes: '{}' },
  })),
  ...allVideos(db).map(({ id, name, revision }): RowEdit => {
    const [person, condition] = name.replace('.mp4', '').split('-') as [string, string];
    return { table: 'video', kind: 'update', id, revision, set: { participant_id: person, condition } };
  }),
);
function trial(video: string, id: string, type: string, startS: number, endS: number | null): RowEdit {
  const own = allVideos(db).find(({ name }) => name === video)!;
  return { table: 'trial', kind: 'insert', row: { id, video_id: own.id, name: id, type, item: '', condition: '', start_s: startS, end_s: endS } };
}

test('the share of time by condition has a line for each participant with several conditions, with the values of the table', async () => {
  const { conditions } = projectFigures(db, { layer: 'model', against: null });
  expect(conditions!.conditions).toEqual(['rest', 'stress']);
  const happiness = conditions!.figures.find(({ label }) => label === 'happiness')!;
  // 4 s are observed in each video.
  const lines = happiness.lines.map(({ participant, values }) => [participant, ...values.map((value) => Math.round(1e6 * value!) / 1e6)]);
  expect(lines).toEqual([
    ['P1', 0.25, 0.5],
    ['P2', 0.1, 0.75],
  ]);
  // P3 has one condition only: their 100% at rest would turn the comparison around.
  expect(happiness.means.map(({ condition, participants, mean }) => [condition, participants, Math.round(1e6 * mean) / 1e6])).toEqual([
    ['rest', 2, 0.175],
    ['stress', 2, 0.625],
  ]);
  const out = await temporaryFolder();
  await writeProject(db, { format: 'statistics', run: null, layers: [] }, out);
  const rows = parse(await readFile(join(out, 'statistics_participants.csv')), { columns: true }) as unknown as Record<string, string>[];
  const shares = rows.flatMap((row) => (row['label'] === 'happiness' && row['participant'] !== 'P3' ? [Number(row['share'])] : []));
  expect(shares.sort()).toEqual([0.1, 0.25, 0.5, 0.75]);
});

test('with one condition, there is no plot by condition; without events, there is none around events', () => {
  expect(projectFigures(db, { layer: 'model', participant: 'P3', against: null })).toMatchObject({ conditions: null, eventTypes: [], events: null });
});

test('the mean course around events counts each participant once; excluded spans are no events', () => {
  edit(
    trial('p1-rest.mp4', 'a', 'bell', 2.5, null),
    trial('p1-rest.mp4', 'b', 'bell', 3.5, null),
    trial('p1-stress.mp4', 'c', 'bell', 2.5, null),
    trial('p2-stress.mp4', 'd', 'bell', 2.5, null),
    trial('p1-rest.mp4', 'e', 'film', 2, 3),
    trial('p1-rest.mp4', 'f', 'baseline', 4, 5),
    trial('p3-rest.mp4', 'g', 'excluded', 5, 5.4),
  );
  const figures = projectFigures(db, { layer: 'model', against: null });
  expect(figures.eventTypes).toEqual(['bell', 'film', 'baseline']);
  expect(figures.events!.type).toBe('bell');
  const points = figures.events!.courses.find(({ label }) => label === 'happiness')!.points;
  // P1: three bells with 0.2, 0.2 and 0.6, a mean of 1/3. P2: 0.9. The error is the distance of both divided by 2.
  const [p1, p2] = [1 / 3, 0.9];
  expect(points.find(({ atS }) => atS === 0)).toEqual({
    atS: 0,
    mean: expect.closeTo((p1 + p2) / 2, 6) as number,
    error: expect.closeTo((p2 - p1) / 2, 6) as number,
    participants: 2,
  });
  const film = projectFigures(db, { layer: 'model', against: null, eventType: 'film' }).events!;
  expect(film.courses[0]!.points.find(({ atS }) => atS === 0)).toMatchObject({ mean: expect.closeTo(0.2, 6) as number, error: null, participants: 1 });
});

test('corrected values are minus the baseline of the same participant; people without one have no values, and keep their times', () => {
  // P1 rests in 4 to 5 s of p1-rest.mp4 (0.2); P2 and P3 have no baseline.
  const raw = projectFigures(db, { layer: 'model', against: null });
  const corrected = projectFigures(db, { layer: 'model', against: null, values: 'corrected' });
  expect([raw.baselines, corrected.baselines]).toEqual([
    { with: 1, without: 2 },
    { with: 1, without: 2 },
  ]);
  const happinessOf = (figures: ProjectFigures, code: string): ProjectFigures['all'][number] =>
    figures.participants.find(({ participant }) => participant === code)!.figures.find(({ label }) => label === 'happiness')!;
  // P1 has 0.2 in one video and 0.6 in the other, of equal length.
  expect([happinessOf(raw, 'P1').meanIntensity, happinessOf(corrected, 'P1').meanIntensity]).toEqual([expect.closeTo(0.4, 6), expect.closeTo(0.2, 6)]);
  expect(happinessOf(corrected, 'P2')).toMatchObject({ meanIntensity: null, share: happinessOf(raw, 'P2').share });
  const points = corrected.events!.courses.find(({ label }) => label === 'happiness')!.points;
  expect(points.find(({ atS }) => atS === 0)).toMatchObject({ mean: expect.closeTo(1 / 3 - 0.2, 6) as number, participants: 1 });
});

test('one participant: only their faces count', () => {
  const figures = projectFigures(db, { layer: 'model', participant: 'P2', against: null });
  expect(figures.participants.map(({ participant }) => participant)).toEqual(['P2']);
  expect([figures.faces, figures.people]).toEqual([2, ['P1', 'P2', 'P3']]);
});

test('a coder who only set participants is no layer to plot', () => {
  expect(ratedLayers(db)).toEqual(['model']);
});

test('a condition in which only people with one condition took part is not on the axis', () => {
  const third = allVideos(db).find(({ name }) => name === 'p3-rest.mp4')!;
  edit({ table: 'video', kind: 'update', id: third.id, revision: third.revision, set: { condition: 'alone' } });
  const { conditions } = projectFigures(db, { layer: 'model', against: null });
  expect(conditions!.conditions).toEqual(['rest', 'stress']);
  expect(conditions!.figures.find(({ label }) => label === 'happiness')!.means.map(({ condition }) => condition)).toEqual(['rest', 'stress']);
});
