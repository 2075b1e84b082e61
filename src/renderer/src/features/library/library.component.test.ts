import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { clientOf, mountInWindow, openFixture, resetStores, until } from '../../../../../testing/window.ts';
import { ONE_FACE, temporaryFolder } from '../../../../../testing/videos.ts';
import type { Studio } from '../../../../main/services/studio/studio.ts';
import { studio as api } from '../../api/api.ts';
import type { LibraryVideo } from '../../stores/project-store.ts';
import { useProject } from '../../stores/project-store.ts';
import { useStudy } from '../../stores/study-store.ts';
import { i18n } from '../../texts/i18n.ts';
import HeldWorkNote from './HeldWorkNote.vue';
import EditableCell from './EditableCell.vue';
import NotAddedNote from './NotAddedNote.vue';
import ParticipantDialog from './ParticipantDialog.vue';
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

describe('participant, session and condition', () => {
  const first = (): LibraryVideo => useProject().videos[0]!;
  beforeEach(async () => {
    await studio.openProject(folder, false);
    localStorage.setItem('adatosk.coder', 'Ann');
  });

  test('a cell of the table: F2 begins, Enter saves, Escape drops, and an unchanged text is not saved', async () => {
    const canBegin = vi.fn(() => true);
    const cell = await mountInWindow(EditableCell, { props: { value: 'rest', label: 'Condition', column: 'condition', suggestions: 'none', canBegin } });
    const type = async (text: string, key: string): Promise<void> => {
      await cell.find('button').trigger('keydown', { key: 'F2' });
      await until(() => cell.find('input').exists());
      await cell.find('input').setValue(text);
      await cell.find('input').trigger('keydown', { key });
      await until(() => cell.find('button').exists());
      expect(document.activeElement).toBe(cell.find('button').element);
    };
    await type('stress', 'Escape');
    await type('rest', 'Enter');
    expect(cell.emitted('save')).toBeUndefined();
    await type(' stress ', 'Enter');
    expect(cell.emitted('save')).toEqual([['stress']]);
    canBegin.mockReturnValue(false);
    await cell.find('button').trigger('dblclick');
    expect(cell.find('input').exists()).toBe(false);
    cell.unmount();
  });

  test('an empty cell shows what applies instead; editing begins with the empty text', async () => {
    const instead = { text: 'A, B', why: 'participants of the single faces' };
    const props = { value: '', label: 'Participant', column: 'participant', suggestions: 'none', instead, canBegin: () => true };
    const cell = await mountInWindow(EditableCell, { props });
    expect(cell.text()).toBe('A, B');
    expect(cell.find('button').attributes('title')).toContain('A, B: participants of the single faces');
    await cell.find('button').trigger('dblclick');
    await until(() => cell.find('input').exists());
    expect((cell.find('input').element as HTMLInputElement).value).toBe('');
    cell.unmount();
  });

  test('each change is one step, also two at once on one video; undo and redo restore them', async () => {
    const study = useStudy();
    await study.change([first()], { participant: 'P07' });
    await until(() => first().participant === 'P07');
    // The second change names the video as it was read before the first one.
    const before = first();
    expect(await study.change([before], { session: 'evening' })).toBe(true);
    expect(await study.change([before], { condition: 'stress' })).toBe(true);
    await until(() => first().session === 'evening' && first().condition === 'stress');
    await study.applyHistory('undo');
    await until(() => first().condition === '');
    await study.applyHistory('undo');
    await until(() => first().session === null);
    await study.applyHistory('redo');
    await until(() => first().session === 'evening');
    expect(first().participant).toBe('P07');
    expect(useProject().problem).toBeNull();
  });

  test('many at once: values that differ stay, and only what was entered is written', async () => {
    const path = join(await temporaryFolder(), 'second.mp4');
    await copyFile(ONE_FACE, path);
    await api.library.add({ paths: [path] });
    await until(() => useProject().videos.length > 1);
    const study = useStudy();
    const two = useProject().videos.slice(0, 2);
    await study.change(two.slice(0, 1), { participant: 'P01', session: 'morning' });
    await study.change(two.slice(1), { participant: 'P02', session: 'morning' });
    const read = (): LibraryVideo[] => two.map(({ id }) => useProject().videos.find((each) => each.id === id)!);
    await until(() => read().every(({ session }) => session === 'morning'));
    const dialog = await mountInWindow(ParticipantDialog, { props: { videos: read() } });
    const [participant, session, condition] = dialog.findAll('input');
    expect(participant!.attributes('placeholder')).toBe('different values');
    expect((session!.element as HTMLInputElement).value).toBe('morning');
    expect(dialog.find('button.primary').attributes('disabled')).toBeDefined();
    await condition!.setValue('rest');
    await dialog.find('form').trigger('submit');
    await until(() => read().every((video) => video.condition === 'rest'));
    expect(read().map((video) => [video.participant, video.session])).toEqual([
      ['P01', 'morning'],
      ['P02', 'morning'],
    ]);
    dialog.unmount();
  });

  test('an undo in the library leaves the labels and notes of videos alone', async () => {
    const coder = await api.people.addCoder({ name: 'Ann' });
    await api.edits.apply({
      coderId: coder.id,
      step: { kind: 'note.create', parameters: {} },
      rows: [{ table: 'note', kind: 'insert', row: { id: 'n1', video_id: first().id, coder_id: coder.id, at_s: 1, text: 'x', made_at: '' } }],
    });
    await useStudy().applyHistory('undo');
    const [step] = await api.edits.history({ coder: coder.id, most: 1 });
    expect(step).toMatchObject({ state: 'done', step: { kind: 'note.create' } });
  });
});
