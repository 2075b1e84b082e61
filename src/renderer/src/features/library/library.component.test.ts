import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { clientOf, mountInWindow, openFixture, resetStores, until } from '../../../../../testing/window.ts';
import { ONE_FACE, temporaryFolder } from '../../../../../testing/videos.ts';
import type { Studio } from '../../../../main/services/studio/studio.ts';
import { studio as api } from '../../api/api.ts';
import { useProject } from '../../stores/project-store.ts';
import { i18n } from '../../texts/i18n.ts';
import HeldWorkNote from './HeldWorkNote.vue';
import NotAddedNote from './NotAddedNote.vue';
import RestoreDialog from './RestoreDialog.vue';

let studio: Studio;
let folder: string;
vi.mock('../../api/api.ts', async (original) => ({ ...(await original<object>()), studio: clientOf(() => studio) }));

beforeAll(async () => {
  ({ studio, folder } = await openFixture());
});

beforeEach(async () => {
  i18n.global.locale.value = 'en';
  resetStores();
  const project = useProject();
  void project.listen();
  await until(() => project.videos.length > 0);
});

describe('a project from another computer', () => {
  test('shows the held work in the language of the window, and starts it on approval', async () => {
    const note = await mountInWindow(HeldWorkNote);
    await until(() => note.text() !== '');
    expect(note.text()).toContain('1 waiting video has not been started.');
    i18n.global.locale.value = 'de';
    await until(() => note.text().includes('1 wartendes Video wurde nicht begonnen.'));
    await note.find('button').trigger('click');
    await until(() => note.text() === '');
    note.unmount();
  });
});

describe.skipIf(process.platform === 'win32')('a folder with a link to nothing', () => {
  test('is added without it, and the note names the link until it is closed', async () => {
    await studio.openProject(folder, false);
    const place = join(await temporaryFolder(), 'set');
    await mkdir(place);
    await copyFile(ONE_FACE, join(place, 'good.mp4'));
    await symlink('/nowhere.mp4', join(place, 'old.mp4'));
    const { added, problems } = await api.library.add({ paths: [place] });
    expect([added, problems.map(({ id }) => id)]).toEqual([1, ['file-missing/link']]);
    const note = await mountInWindow(NotAddedNote, { props: { problems } });
    expect(note.text()).toContain('1 file was not added.');
    expect(note.text()).toContain('old.mp4 is a link to /nowhere.mp4, which does not exist.');
    await note.find('button').trigger('click');
    expect(note.emitted('closed')).toHaveLength(1);
    note.unmount();
  });
});

describe('the restore dialog', () => {
  test('lists the backups, restores the chosen one and opens the project', async () => {
    await studio.openProject(folder, false);
    const dialog = await mountInWindow(RestoreDialog, { props: { folder, isDamaged: false } });
    await until(() => dialog.findAll('input[type="radio"]').length > 0);
    expect(dialog.text()).toContain('before an update of the program');
    await dialog.find('button.primary').trigger('click');
    await until(() => dialog.text().includes('The backup was restored.'));
    expect(studio.hasProject).toBe(true);
    dialog.unmount();
  });
});
