import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { inProject } from '../../project/store/open-project.ts';
import { projectFile } from '../../project/store/project-file.ts';
import { lookForFiles } from '../library/media-library.ts';
import { knownModel } from '../models/all-models.ts';
import { DEFAULT_MODEL } from '../settings/defaults.ts';
import { samplesFolder, settingsFolder } from '../settings/personal-folders.ts';

/**
 * The example: a project with the sample videos and their analysis, which come with the program (scripts/make-example.ts makes the
 * files). The results are real ones of one model; with another default model, the example begins without them.
 */
export const exampleFolder = (): string => join(settingsFolder(), 'Example project');

/** In the folder of the sample videos. */
export const EXAMPLE_FILES = { project: 'example-project.gz', model: 'example-project.json' } as const;

/** Which model made the results. */
export const exampleModelSchema = z.object({ model: z.string(), sha256: z.string() });

/**
 * Puts the example into its folder, unless it is there, and connects it with the sample videos: their folder is another one on every
 * computer, and may be another one after an update.
 */
export async function prepareExample(folder: string): Promise<void> {
  if (!existsSync(projectFile(folder)) && (await isOfDefaultModel())) await unpack(folder);
  if (existsSync(projectFile(folder))) await inProject(folder, (db) => lookForFiles(db, [samplesFolder()]));
}

/** Whether there are results, and the model that made them is the one of this program. */
async function isOfDefaultModel(): Promise<boolean> {
  try {
    const { model, sha256 } = exampleModelSchema.parse(JSON.parse(await readFile(join(samplesFolder(), EXAMPLE_FILES.model), 'utf8')));
    return model === DEFAULT_MODEL && (await knownModel(model)).manifest.sha256 === sha256;
  } catch {
    return false;
  }
}

/** The project gets its final name when it is complete, and an identity of its own. */
async function unpack(folder: string): Promise<void> {
  const packed = await readFile(join(samplesFolder(), EXAMPLE_FILES.project));
  const temporary = join(folder, `.example-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  await writeFile(temporary, gunzipSync(packed));
  await rename(temporary, projectFile(folder));
  const created_at = new Date().toISOString();
  await inProject(folder, (db) => db.run(db.sql.updateTable('project').set({ uuid: randomUUID(), created_at })));
}
