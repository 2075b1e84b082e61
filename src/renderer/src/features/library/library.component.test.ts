import { ORPCError } from '@orpc/client';
import type { VueWrapper } from '@vue/test-utils';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { storeToRefs } from 'pinia';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { clientOf, mountInWindow, openFixture, resetStores, until } from '../../../../../testing/window.ts';
import { ONE_FACE, temporaryFolder } from '../../../../../testing/videos.ts';
import type { Studio } from '../../../../main/services/studio/studio.ts';
import { problemOf, studio as api } from '../../api/api.ts';
import type { LibraryVideo } from '../../stores/project-store.ts';
import { useProject } from '../../stores/project-store.ts';
import { useCoding } from '../../stores/coding-store.ts';
import { useReview } from '../../stores/review-store.ts';
import { useStudy } from '../../stores/study-store.ts';
import { useToasts } from '../../stores/toasts-store.ts';
import { i18n } from '../../texts/i18n.ts';
import FolderDialog from '../../ui/FolderDialog.vue';
import AnalysisCell from './AnalysisCell.vue';
import CoderLine from './CoderLine.vue';
import HeldWorkNote from './HeldWorkNote.vue';
import EditableCell from './EditableCell.vue';
import NotAddedNote from './NotAddedNote.vue';
import ParticipantDialog from './ParticipantDialog.vue';
import RemoveVideosDialog from './RemoveVideosDialog.vue';
import RestoreDialog from './RestoreDialog.vue';
import WatchedFoldersDialog from './WatchedFoldersDialog.vue';

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

  test('attributes of a participant are added and changed in the dialog, and undone as one step', async () => {
    const attributesOfP01 = async (): Promise<unknown> => JSON.parse((await api.people.participants()).find(({ code }) => code === 'P01')!.attributes);
    const one = [useProject().videos.find(({ participant }) => participant === 'P01')!];
    const dialog = await mountInWindow(ParticipantDialog, { props: { videos: one } });
    await until(() => dialog.find('fieldset').exists() && dialog.text().includes('Attributes of P01'));
    await dialog.find('input[aria-label="New attribute"]').setValue('age');
    await dialog.find('input[aria-label="Value"]').setValue('31');
    await dialog.find('form').trigger('submit');
    await until(() => dialog.emitted('saved') !== undefined);
    expect(await attributesOfP01()).toEqual({ age: '31' });
    dialog.unmount();
    const again = await mountInWindow(ParticipantDialog, { props: { videos: one } });
    await until(() => again.find('fieldset label').exists());
    expect(again.find('button.primary').attributes('disabled')).toBeDefined();
    await again.find('fieldset label input').setValue('32');
    await again.find('form').trigger('submit');
    await until(() => again.emitted('saved') !== undefined);
    expect(await attributesOfP01()).toEqual({ age: '32' });
    await useStudy().applyHistory('undo');
    await useStudy().applyHistory('undo');
    expect(await attributesOfP01()).toEqual({});
    again.unmount();
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

describe('the board of the project', () => {
  beforeEach(async () => {
    await studio.openProject(folder, false);
    localStorage.setItem('adatosk.coder', 'Ann');
    const project = useProject();
    await until(() => project.videos.length > 0);
  });

  test('a failed row says why, with the details on demand, and offers to analyse again', async () => {
    const failure = { id: 'damaged-video/frames', parameters: { percent: 12, file: 'a.mp4' } };
    const cell = await mountInWindow(AnalysisCell, { props: { video: useProject().videos[0]!, state: { kind: 'failed', job: 'j', failure } } });
    expect(cell.text()).toContain('failed: 12% of the frames of a.mp4 could not be decoded.');
    await cell.find('button[aria-label$="again"]').trigger('click');
    expect(cell.emitted('analyse')).toHaveLength(1);
    await cell.setProps({ state: { kind: 'running', job: 'j', share: 0.45, secondsLeft: 80 } } as never);
    expect(cell.text()).toBe('45%, 1:20 left');
    i18n.global.locale.value = 'de';
    await until(() => cell.text().includes('noch 1:20'));
    cell.unmount();
  });

  test('a removal says what goes and what stays, and undo brings the videos back', async () => {
    const project = useProject();
    const before = project.videos;
    const dialog = await mountInWindow(RemoveVideosDialog, { props: { videos: before } });
    await until(() => dialog.findAll('li').length > 0);
    expect(dialog.text()).toContain('The video files stay where they are.');
    await dialog.find('form').trigger('submit');
    await until(() => project.videos.length === 0);
    expect(dialog.emitted('removed')).toHaveLength(1);
    const { toast } = storeToRefs(useToasts());
    expect(toast.value?.text).toContain('from the project');
    await toast.value?.undo?.();
    await until(() => project.videos.length === before.length);
    dialog.unmount();
  });

  test('a step of a video is not undone in the library: the message names the video and goes there on request', async () => {
    const project = useProject();
    const video = project.videos[0]!;
    const coder = await api.people.addCoder({ name: 'Ann' });
    const row = { id: 'n2', video_id: video.id, coder_id: coder.id, at_s: 1, text: 'x', made_at: '' };
    await api.edits.apply({ coderId: coder.id, step: { kind: 'note.create', parameters: {} }, rows: [{ table: 'note', kind: 'insert', row }] });
    await useStudy().applyHistory('undo');
    const { toast } = storeToRefs(useToasts());
    expect(toast.value?.text).toBe(`The last step is in ${video.name}: Add a note`);
    expect(toast.value?.action?.text).toBe('Undo there');
    toast.value?.action?.perform();
    await until(() => useReview().video?.id === video.id && toast.value?.text === 'Undone: Add a note');
    expect(await api.layers.notes({ video: video.id })).not.toContainEqual(expect.objectContaining({ id: 'n2' }));
  });

  test('in a video, a step of the library asks first, too', async () => {
    const video = useProject().videos[0]!;
    const study = useStudy();
    const path = join(await temporaryFolder(), 'other.mp4');
    await copyFile(ONE_FACE, path);
    await api.library.add({ paths: [path] });
    await until(() => useProject().videos.some(({ name }) => name === 'other.mp4'));
    await study.change([useProject().videos.find(({ name }) => name === 'other.mp4')!], { condition: 'stress' });
    const review = useReview();
    await review.open(video.id);
    await review.setCoder('Ann');
    await useCoding().applyHistory('undo');
    const { toast } = storeToRefs(useToasts());
    expect(toast.value?.text).toContain('The last step was made in the library: Set condition stress');
    toast.value?.action?.perform();
    await until(() => useProject().videos.find(({ name }) => name === 'other.mp4')?.condition === '');
    expect(review.video).toBeNull();
  });

  test('watched folders: one is added, switched off, and taken from the list; one that does not exist is named', async () => {
    const place = await temporaryFolder();
    const dialog = await mountInWindow(WatchedFoldersDialog);
    expect(dialog.text()).toContain('No folder is watched.');
    await api.library.watch({ folder: place, watched: true });
    await until(() => dialog.find('[role="switch"]').exists());
    expect(dialog.find('[role="switch"]').attributes('aria-checked')).toBe('true');
    await dialog.find('[role="switch"]').trigger('click');
    await until(() => dialog.find('[role="switch"]').attributes('aria-checked') === 'false');
    expect(await api.library.folders()).toMatchObject([{ path: place, watched: false }]);
    await dialog.find(`button[aria-label="Take ${place} from the list"]`).trigger('click');
    await until(() => !dialog.find('[role="switch"]').exists());
    await expect(api.library.watch({ folder: join(place, 'none'), watched: true })).rejects.toThrow();
    dialog.unmount();
  });

  test('progress by coder: one line with all coders, as people sort them; nothing for one coder', async () => {
    const line = await mountInWindow(CoderLine);
    const project = useProject();
    const video = project.videos[0]!;
    const label = async (name: string): Promise<void> => {
      const { id } = await api.people.addCoder({ name });
      const row = {
        id: `layer ${name}`,
        video_id: video.id,
        kind: 'coder' as const,
        coder_id: id,
        run_id: null,
        scheme_id: 'seven-expressions',
        created_at: '',
      };
      await api.edits.apply({ coderId: id, step: { kind: 'other', parameters: { text: 'x' } }, rows: [{ table: 'layer', kind: 'insert', row }] });
    };
    const names = (): string[] => line.findAll('.name').map((each) => each.text());
    const others = (await api.copies.progress()).map(({ coder }) => coder);
    await label('Coder 10');
    if (others.length === 0) expect(names()).toEqual([]);
    await label('Coder 2');
    await until(() => names().includes('Coder 2'));
    expect(names().filter((name) => name.startsWith('Coder'))).toEqual(['Coder 2', 'Coder 10']);
    line.unmount();
  });
});

test('a host that was started again is named in words, in the language of the window', () => {
  const problem = problemOf(new ORPCError('FORBIDDEN', { status: 403, message: 'Forbidden' }));
  expect(`${problem.message} ${problem.remedy}`).toBe(
    'The program was started again and has a new address. Open the address that it printed. This window then continues by itself.',
  );
  i18n.global.locale.value = 'de';
  expect(problem.message).toBe('Das Programm wurde neu gestartet und hat eine neue Adresse.');
});

describe('the dialog for files in a browser', () => {
  const open = async (props: object): Promise<VueWrapper> => {
    const place = await temporaryFolder();
    for (const name of ['v1.mp4', 'v2.mp4', 'v10.mp4']) await copyFile(ONE_FACE, join(place, name));
    localStorage.setItem('adatosk.folder', place);
    return mountInWindow(FolderDialog, { props: { title: 'Choose', action: 'Take all', ...props } });
  };

  test('several videos are chosen, in the order of people, a range with Shift', async () => {
    const dialog = await open({ videos: true, note: 'dropped' });
    await until(() => dialog.findAll('label.file').length === 3);
    expect(dialog.find('[role="note"]').text()).toBe('dropped');
    expect(dialog.findAll('label.file').map((each) => each.text())).toEqual(['v1.mp4', 'v2.mp4', 'v10.mp4']);
    const boxes = dialog.findAll<HTMLInputElement>('label.file input');
    boxes[0]!.element.click();
    boxes[1]!.element.dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true }));
    await until(() => dialog.find('button.primary').text() === 'Add 2 selected videos');
    await dialog.find('button.primary').trigger('click');
    expect((dialog.emitted('chosen') as string[][][])[0]![0]!.map((path) => path.split('/').at(-1))).toEqual(['v1.mp4', 'v2.mp4']);
    dialog.unmount();
  });

  test('a name with a slash is rejected instead of making folders inside each other', async () => {
    const dialog = await open({ newName: true });
    await until(() => dialog.findAll('.file').length === 3);
    const name = dialog.find('.dialog-footer input');
    await name.setValue('study/one');
    expect(dialog.find('.dialog-footer [role="alert"]').text()).toContain('cannot contain / or \\');
    expect(dialog.find('button.primary').attributes('disabled')).toBeDefined();
    await name.setValue('study');
    expect(dialog.find('button.primary').attributes('disabled')).toBeUndefined();
    dialog.unmount();
  });
});
