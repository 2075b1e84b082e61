import type { VueWrapper } from '@vue/test-utils';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../../testing/videos.ts';
import { clientOf, mountInWindow, openFixture, resetStores, until } from '../../../../../testing/window.ts';
import type { Studio } from '../../../../main/services/studio/studio.ts';
import AboutDialog from './AboutDialog.vue';
import DiagnosticsDialog from './DiagnosticsDialog.vue';

let studio: Studio;
/** What the person chooses in the system's dialog. */
const choice = vi.hoisted(() => ({ folders: [] as string[] }));
vi.mock('../../api/api.ts', async (original) => ({
  ...(await original<object>()),
  studio: clientOf(() => studio),
  desktop: { chooseFolder: () => Promise.resolve(choice.folders) },
}));

beforeAll(async () => {
  ({ studio } = await openFixture());
});
beforeEach(() => resetStores());

const buttonNamed = (dialog: VueWrapper, name: string) => dialog.findAll('button').find((each) => each.text() === name)!;

test('the diagnostics are shown as a whole, and exactly this text is saved in the folder that the person chooses', async () => {
  const dialog = await mountInWindow(DiagnosticsDialog);
  expect(dialog.text()).toContain('Read the text before you send it.');
  expect(buttonNamed(dialog, 'Save…').attributes('disabled')).toBeDefined();
  await until(() => dialog.find('pre').exists());
  const shown = dialog.find('pre').element.textContent;
  expect(shown).toContain('== Last problems ==');
  const folder = join(await temporaryFolder(), 'Meldung für Jörg');
  await mkdir(folder);
  choice.folders = [folder];
  await buttonNamed(dialog, 'Save…').trigger('click');
  await until(() => dialog.text().includes('Saved:'));
  const [file, ...others] = await readdir(folder);
  expect(others).toEqual([]);
  expect(file).toMatch(/^adatosk-diagnostics-\d{8}-\d{6}\.txt$/);
  expect(await readFile(join(folder, file!), 'utf8')).toBe(shown);
  dialog.unmount();
});

test('nothing is saved without a folder, and a folder that cannot be written is an error', async () => {
  const dialog = await mountInWindow(DiagnosticsDialog);
  await until(() => dialog.find('pre').exists());
  choice.folders = [];
  await buttonNamed(dialog, 'Save…').trigger('click');
  expect(dialog.text()).not.toContain('Saved:');
  const file = join(await temporaryFolder(), 'a file');
  await writeFile(file, '');
  choice.folders = [join(file, 'folder')];
  await buttonNamed(dialog, 'Save…').trigger('click');
  await until(() => dialog.find('[role="alert"]').exists());
  dialog.unmount();
});

test('“About and privacy” shows the licences of all parts', async () => {
  const dialog = await mountInWindow(AboutDialog);
  await buttonNamed(dialog, 'Licences').trigger('click');
  await until(() => dialog.find('pre').exists());
  const shown = dialog.find('pre').text();
  for (const part of ['MediaPipe', 'ffmpeg', 'vue 3', 'better-sqlite3 13', 'Apache License', 'SIL OPEN FONT LICENSE']) expect(shown).toContain(part);
  dialog.unmount();
});

test('“About and privacy” leads to the diagnostics', async () => {
  const dialog = await mountInWindow(AboutDialog);
  await buttonNamed(dialog, 'Save diagnostics…').trigger('click');
  await until(() => dialog.findComponent(DiagnosticsDialog).exists());
  expect(dialog.findAll('h2, [class*="dialog-title"]').map((each) => each.text())).toContain('Diagnostics');
  dialog.unmount();
});
