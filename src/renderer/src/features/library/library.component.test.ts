import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { clientOf, mountInWindow, openFixture, resetStores, until } from '../../../../../testing/window.ts';
import type { Studio } from '../../../../main/services/studio/studio.ts';
import { useProject } from '../../stores/project-store.ts';
import { i18n } from '../../texts/i18n.ts';
import HeldWorkNote from './HeldWorkNote.vue';
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
