import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { projectFile } from '../../project/store/project-file.ts';
import { settingsFolder } from '../settings/personal-folders.ts';

const recentSchema = z.array(z.object({ folder: z.string(), name: z.string(), openedAt: z.string() }));
export type RecentProject = z.infer<typeof recentSchema>[number];

const MOST = 12;
const file = (): string => join(settingsFolder(), 'recent-projects.json');

/** Recently opened projects, the latest first. Missing ones are not returned but stay in the list: a drive may be reconnected. */
export async function recentProjects(): Promise<RecentProject[]> {
  return (await readAll()).filter(({ folder }) => existsSync(projectFile(folder)));
}

/** Moves a project to the top of the list. Write errors are ignored: the list is not essential. */
export async function rememberProject(folder: string, name: string, now = new Date()): Promise<void> {
  const others = (await readAll()).filter((each) => each.folder !== folder);
  try {
    await mkdir(settingsFolder(), { recursive: true });
    await writeFileAtomic(file(), JSON.stringify([{ folder, name, openedAt: now.toISOString() }, ...others].slice(0, MOST), null, 2));
  } catch {
    // For example a read-only profile on a shared computer.
  }
}

async function readAll(): Promise<RecentProject[]> {
  try {
    return recentSchema.parse(JSON.parse(await readFile(file(), 'utf8')));
  } catch {
    return [];
  }
}
