import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { projectFile } from '../../project/store/project-file.ts';
import { recentProjects, rememberProject } from './recent-projects.ts';

let folder = '';
beforeEach(async () => {
  folder = await temporaryFolder();
  process.env['ADATOSK_CONFIG'] = join(folder, 'settings');
});
async function project(name: string): Promise<string> {
  await mkdir(join(folder, name));
  await writeFile(projectFile(join(folder, name)), '');
  return join(folder, name);
}
const names = async (): Promise<string[]> => (await recentProjects()).map(({ name }) => name);

test('the latest project is first, without duplicates, and a missing project is listed again when its folder returns', async () => {
  const [a, b] = [await project('a'), await project('b é')];
  for (const [each, name] of [
    [a, 'a'],
    [b, 'b'],
    [a, 'a'],
  ] as const)
    await rememberProject(each, name);
  expect(await names()).toEqual(['a', 'b']);
  await rm(a, { recursive: true });
  expect(await names()).toEqual(['b']);
  await project('a');
  expect(await names()).toEqual(['a', 'b']);
});

test('the list has at most twelve projects, and a damaged list counts as empty', async () => {
  for (let i = 0; i < 15; i++) await rememberProject(await project(`p${i}`), `p${i}`);
  expect(await names()).toHaveLength(12);
  await writeFile(join(folder, 'settings', 'recent-projects.json'), '{');
  expect(await names()).toEqual([]);
  await rememberProject(join(folder, 'p3'), 'p3');
  expect(await names()).toEqual(['p3']);
});
