import { readFile, writeFile, cp, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { ANALYSIS_VERSION } from '../../analysis/result-parts.ts';
import { listVideos } from '../../project/library.ts';
import { listRuns, readResult } from '../../project/recorded-results.ts';
import { inProject } from '../../project/store/open-project.ts';
import { projectFile } from '../../project/store/project-file.ts';
import { knownModel } from '../models/all-models.ts';
import { DEFAULT_MODEL } from '../settings/defaults.ts';
import { samplesFolder } from '../settings/personal-folders.ts';
import { EXAMPLE_FILES, exampleModelSchema, prepareExample } from './example-project.ts';

let folder = '';
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'Example project');
  delete process.env['ADATOSK_SAMPLES'];
});

test('the shipped results are those of the shipped model and of this analysis; else run: npm run make:example', async () => {
  const { model, sha256 } = exampleModelSchema.parse(JSON.parse(await readFile(join(samplesFolder(), EXAMPLE_FILES.model), 'utf8')));
  const shipped = await knownModel(DEFAULT_MODEL);
  expect({ model, sha256 }).toEqual({ model: DEFAULT_MODEL, sha256: shipped.manifest.sha256 });
  await prepareExample(folder);
  await inProject(folder, (db) => {
    const [run, ...others] = listRuns(db);
    expect(others).toEqual([]);
    expect(run!.record).toMatchObject({ analysisVersion: ANALYSIS_VERSION, model: { id: DEFAULT_MODEL, sha256, trained: true }, cancelled: false });
    expect(run!.record.options['tokenBudget']).toBe(shipped.manifest.defaultTokenBudget);
  });
});

test('the example has all sample videos where they are on this computer, each with its result', async () => {
  await prepareExample(folder);
  await inProject(folder, (db) => {
    const videos = listVideos(db);
    expect(videos).toHaveLength(11);
    for (const { id, path, isMissing, analysed } of videos) {
      expect(path).toBe(join(samplesFolder(), basename(path)));
      expect({ path, isMissing, status: analysed?.status }).toEqual({ path, isMissing: false, status: 'done' });
      const result = readResult(db, analysed!.run, id);
      expect(result!.rows.length).toBeGreaterThan(0);
    }
    // For the close-up of the face.
    const maps = db.rows(db.sql.selectFrom('mask_map').select('video_id').distinct());
    expect(maps).toHaveLength(11);
  });
});

test('each copy of the example is a project of its own; a second start keeps it and finds samples that have moved', async () => {
  const uuidOf = (of: string): Promise<string> => inProject(of, (db) => db.onlyRow(db.sql.selectFrom('project').select('uuid')).uuid);
  const other = join(await temporaryFolder(), 'Example project');
  await Promise.all([prepareExample(folder), prepareExample(other)]);
  const uuid = await uuidOf(folder);
  expect(await uuidOf(other)).not.toBe(uuid);

  const moved = join(await temporaryFolder(), 'samples');
  await cp(samplesFolder(), moved, { recursive: true });
  await inProject(folder, (db) => db.run(db.sql.updateTable('video').set({ path: '/gone/all-six.mp4' }).where('name', '=', 'all-six.mp4')));
  process.env['ADATOSK_SAMPLES'] = moved;
  await prepareExample(folder);
  expect(await uuidOf(folder)).toBe(uuid);
  await inProject(folder, (db) => expect(listVideos(db).find(({ name }) => name === 'all-six.mp4')?.path).toBe(join(moved, 'all-six.mp4')));
});

test('results of another model are not used, and nothing is made without results: then the example is analysed as any project', async () => {
  const samples = join(await temporaryFolder(), 'samples');
  await mkdir(samples);
  process.env['ADATOSK_SAMPLES'] = samples;
  await prepareExample(folder);
  expect(existsSync(projectFile(folder))).toBe(false);
  await writeFile(join(samples, EXAMPLE_FILES.model), JSON.stringify({ model: DEFAULT_MODEL, sha256: '0'.repeat(64) }));
  await prepareExample(folder);
  expect(existsSync(projectFile(folder))).toBe(false);
});
