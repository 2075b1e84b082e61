import type { VueWrapper } from '@vue/test-utils';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../../testing/videos.ts';
import { clientOf, mountInWindow, openFixture, resetStores, until } from '../../../../../testing/window.ts';
import { step } from '../../../../shared/annotation/steps.ts';
import { applyEdit, history } from '../../../../main/project/edits.ts';
import { addCoder, listCoders } from '../../../../main/project/review.ts';
import type { ProjectDatabase } from '../../../../main/project/store/database.ts';
import { inProject } from '../../../../main/project/store/open-project.ts';
import { giveCopies } from '../../../../main/services/study/copies.ts';
import { mergeCopiesInto } from '../../../../main/services/study/merge-copies.ts';
import type { Studio } from '../../../../main/services/studio/studio.ts';
import { useCopies } from '../../stores/copies-store.ts';
import { useProject } from '../../stores/project-store.ts';
import { i18n } from '../../texts/i18n.ts';
import FolderDialog from '../../ui/FolderDialog.vue';
import CopiesDialog from './CopiesDialog.vue';

let studio: Studio;
let out: string;
vi.mock('../../api/api.ts', async (original) => ({ ...(await original<object>()), studio: clientOf(() => studio) }));

beforeEach(async () => {
  ({ studio } = await openFixture());
  out = await temporaryFolder();
  i18n.global.locale.value = 'en';
  localStorage.clear();
  resetStores();
  const project = useProject();
  void project.listen();
  await until(() => project.videos.length > 0);
});

const open = (first?: 'conflicts'): Promise<VueWrapper> => {
  const videos = useProject().videos;
  return mountInWindow(CopiesDialog, { props: { videos, selected: [], first } });
};
const button = (dialog: VueWrapper, text: string): HTMLButtonElement =>
  [...dialog.element.ownerDocument.querySelectorAll('button')].find((each) => each.textContent.trim() === text)!;
/** Chooses a folder in the dialog of the browser. */
async function chooseFolder(dialog: VueWrapper, folder: string): Promise<void> {
  await until(() => dialog.findComponent(FolderDialog).exists());
  dialog.findComponent(FolderDialog).vm.$emit('chosen', [folder]);
}
/** Sets the condition of the fixture's video in a project, as Ann. */
function setCondition(db: ProjectDatabase, condition: string): void {
  const { id, revision } = db.onlyRow(db.sql.selectFrom('video').select(['id', 'revision']));
  applyEdit(db, {
    coderId: addCoder(db, 'Ann').id,
    step: step('video.condition', { condition }),
    rows: [{ table: 'video', kind: 'update', id, revision, set: { condition } }],
  });
}
/** The project and a copy of it with different conditions of the video, merged. */
async function makeConflict(): Promise<void> {
  const { db } = studio.project;
  await giveCopies(db, out, { coders: ['Ann'], videos: [], doubleShare: 1, seed: 1 });
  await inProject(join(out, 'Ann'), (copy) => setCondition(copy, 'relaxed'));
  setCondition(db, 'stress');
  await mergeCopiesInto(db, [out]);
  await useCopies().read();
}

test('gives out copies to known and new coders, and says which folder is whose', async () => {
  const dialog = await open();
  await until(() => dialog.findAll('input[type="checkbox"]').length === 2);
  expect(button(dialog, 'Choose folder…').disabled).toBe(true);
  await dialog.find('input[value="Ann"]').setValue(true);
  await dialog.find('.new input').setValue(' Cara ');
  await dialog.find('.new input').trigger('keydown', { key: 'Enter' });
  expect(dialog.text()).toContain('1 video goes to all coders.');
  await until(() => !button(dialog, 'Choose folder…').disabled);
  button(dialog, 'Choose folder…').click();
  await chooseFolder(dialog, out);
  await until(() => dialog.text().includes('2 copies were made:'));
  expect(dialog.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()))).toEqual([
    ['Ann', '1', '1', join(out, 'Ann')],
    ['Cara', '1', '1', join(out, 'Cara')],
  ]);
  expect(existsSync(join(out, 'Cara', 'project.adatosk'))).toBe(true);
  // Again in the same place: an error that names the folder.
  button(dialog, 'Choose folder…').click();
  await chooseFolder(dialog, out);
  await until(() => dialog.find('[role="alert"]').exists());
  expect(dialog.find('[role="alert"]').text()).toContain(`There is already a project in ${join(out, 'Ann')}.`);
  dialog.unmount();
});

test('shows what copies bring before they are taken back, names what is none, and shows the result', async () => {
  const { db } = studio.project;
  await giveCopies(db, out, { coders: ['Ann'], videos: [], doubleShare: 1, seed: 1 });
  await inProject(join(out, 'Ann'), (copy) => setCondition(copy, 'relaxed'));
  await inProject(join(out, 'other'), () => undefined, { create: true });
  const dialog = await open();
  await dialog.find('[role="tab"][aria-selected="true"]').trigger('keydown', { key: 'ArrowRight' });
  await until(() => dialog.text().includes('A backup is made first.'));
  button(dialog, 'Choose copies…').click();
  await chooseFolder(dialog, out);
  await until(() => dialog.findAll('tbody tr').length === 2);
  const [copy, other] = dialog.findAll('tbody tr').map((row) => row.text());
  expect(copy).toContain('Videos: 1 changed');
  expect(other).toContain('is not a copy of this project');
  expect(other).toContain(join(out, 'other'));
  expect(useProject().videos[0]!.condition).toBe('');
  button(dialog, 'Take back 1 copy').click();
  await until(() => dialog.text().includes('1 copy was taken back. There are no conflicts.'));
  await until(() => useProject().videos[0]!.condition === 'relaxed');
  dialog.unmount();
});

test('a conflict is shown in words on both sides and decided; the decision is in the history and can be undone', async () => {
  await makeConflict();
  const dialog = await open('conflicts');
  await until(() => dialog.findAll('.conflict').length === 1);
  const [kept, other] = dialog.findAll('.version');
  expect(kept!.text()).toContain('Now in the project');
  expect(kept!.find('dd.differs').text()).toBe('stress');
  expect(other!.find('dd.differs').text()).toBe('relaxed');
  expect(other!.text()).toMatch(/by Ann, \w+day/);
  // A decision needs a name.
  expect(other!.find('button').attributes('disabled')).toBeDefined();
  await dialog.find('.who input').setValue('Lead');
  await other!.find('button').trigger('click');
  await until(() => dialog.text().includes('There are no open conflicts.'));
  const { db } = studio.project;
  const lead = listCoders(db).find(({ name }) => name === 'Lead')!;
  expect(history(db, lead.id, 9).map((each) => each.step)).toEqual([step('conflict.take', { table: 'video' })]);
  await until(() => useProject().videos[0]!.condition === 'relaxed');
  button(dialog, 'Undo').click();
  await until(() => dialog.findAll('.conflict').length === 1);
  await until(() => useProject().videos[0]!.condition === 'stress');
  dialog.unmount();
});

test('the progress of the coders, in German, too', async () => {
  await giveCopies(studio.project.db, out, { coders: ['Ann', 'Cara'], videos: [], doubleShare: 1, seed: 1 });
  const dialog = await open();
  await dialog.find('[role="tab"][aria-selected="true"]').trigger('keydown', { key: 'End' });
  await until(() => dialog.findAll('tbody tr').length === 2);
  expect(dialog.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()))).toEqual([
    ['Ann', '1', '1', '0', '1', '2', '0'],
    ['Cara', '1', '0', '0', '0', '0', '0'],
  ]);
  i18n.global.locale.value = 'de';
  await until(() => dialog.text().includes('Ausgegebene Videos'));
  dialog.unmount();
});
