import type { VueWrapper } from '@vue/test-utils';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../../testing/videos.ts';
import { clientOf, mountInWindow, openFixture, resetStores, until } from '../../../../../testing/window.ts';
import type { Studio } from '../../../../main/services/studio/studio.ts';
import { useProject } from '../../stores/project-store.ts';
import { useSettings } from '../../stores/settings-store.ts';
import { readExportChoice, storeExportChoice } from './export-choice.ts';
import DeidentificationOptions from './DeidentificationOptions.vue';
import ExportDialog from './ExportDialog.vue';
import ReplaceFilesDialog from './ReplaceFilesDialog.vue';

/** The safest choices. */
const deidentification = { style: 'cover', sound: 'muted', hideMissed: true, names: 'numbers' } as const;

let studio: Studio;
let folder: string;
let out: string;
vi.mock('../../api/api.ts', async (original) => ({ ...(await original<object>()), studio: clientOf(() => studio) }));

beforeAll(async () => {
  ({ studio, folder } = await openFixture());
});

beforeEach(async () => {
  localStorage.clear();
  resetStores();
  const project = useProject();
  void project.listen();
  await until(() => project.videos.length > 0);
  out = await temporaryFolder();
  storeExportChoice(folder, { format: 'statistics', layers: ['model'], forExcel: false, deidentification, out });
});

const buttonNamed = (dialog: VueWrapper, name: string) => dialog.findAll('button').find((each) => each.text() === name);
const press = async (dialog: VueWrapper, name: string): Promise<void> => void (await buttonNamed(dialog, name)!.trigger('click'));
const opened = async (): Promise<VueWrapper> => {
  const dialog = await mountInWindow(ExportDialog, { props: { videos: [] } });
  await until(() => dialog.findAll('.names label').length > 0);
  return dialog;
};

describe('the export dialog', () => {
  test('has the choices of the last export of this project, and exports with one press', async () => {
    const dialog = await opened();
    expect((dialog.find('input[value="statistics"]').element as HTMLInputElement).checked).toBe(true);
    expect((dialog.find('.names input[value="model"]').element as HTMLInputElement).checked).toBe(true);
    await press(dialog, 'Export');
    await until(() => dialog.find('[role="status"]').exists());
    const files = await readdir(out);
    expect(dialog.findAll('.files li').map((each) => each.text())).toEqual(expect.arrayContaining(files));
    expect(dialog.text()).toContain(`${files.length} files written`);
    expect(dialog.text()).toContain(out);
    dialog.unmount();
  });

  test('another project has its own choices', () => {
    expect(readExportChoice('/other')).toEqual({ format: 'tables', layers: [], forExcel: false, deidentification, out: '' });
    storeExportChoice('/other', { format: 'eaf', layers: [], forExcel: true, deidentification, out: '/elsewhere' });
    expect(readExportChoice(folder).format).toBe('statistics');
    expect(readExportChoice('/other').out).toBe('/elsewhere');
  });

  test('lists the files that it would replace, and replaces them only if that is confirmed', async () => {
    await writeFile(join(out, 'statistics_faces.csv'), 'mine');
    await writeFile(join(out, 'other.csv'), 'not replaced');
    const dialog = await opened();
    await press(dialog, 'Export');
    await until(() => dialog.text().includes('Replace 1 file?'));
    expect(
      dialog
        .findComponent(ReplaceFilesDialog)
        .findAll('li')
        .map((each) => each.text()),
    ).toEqual(['statistics_faces.csv']);
    await press(dialog, 'Cancel');
    expect(await readFile(join(out, 'statistics_faces.csv'), 'utf8')).toBe('mine');
    await press(dialog, 'Export');
    await until(() => buttonNamed(dialog, 'Replace') !== undefined);
    await press(dialog, 'Replace');
    await until(() => dialog.find('[role="status"]').exists());
    expect(await readFile(join(out, 'statistics_faces.csv'), 'utf8')).toMatch(/^video,participant/);
    expect(await readFile(join(out, 'other.csv'), 'utf8')).toBe('not replaced');
    dialog.unmount();
  });

  test('CSV for Excel has the separator and the decimal mark of the language of the window', async () => {
    useSettings().settings.language = 'de';
    const dialog = await opened();
    await dialog.find('.options input').setValue(true);
    await press(dialog, 'Exportieren');
    await until(() => dialog.find('[role="status"]').exists());
    expect((await readFile(join(out, 'statistics_faces.csv'), 'utf8')).startsWith('\uFEFFvideo;participant;')).toBe(true);
    expect(readExportChoice(folder).forExcel).toBe(true);
    await press(dialog, 'Weiteres exportieren…');
    await dialog.find('input[value="eaf"]').setValue(true);
    expect(dialog.find('.options input').exists()).toBe(false);
    dialog.unmount();
  });

  test('de-identified videos: the safest choices at first, cautions beside the others, and an empty folder', async () => {
    await writeFile(join(out, 'other.csv'), 'not replaced');
    const dialog = await opened();
    await dialog.find('input[value="deidentified"]').setValue(true);
    expect(dialog.findAll('[role="combobox"]').map((each) => each.text())).toEqual(['Covered', 'Muted', 'Numbers']);
    expect((dialog.find('.missed input').element as HTMLInputElement).checked).toBe(true);
    expect(dialog.find('.names').exists()).toBe(false);
    expect(dialog.text()).not.toContain('Covered is the safest');
    dialog.findComponent(DeidentificationOptions).vm.$emit('update:modelValue', { ...deidentification, style: 'blur', sound: 'kept' });
    await until(() => dialog.text().includes('Covered is the safest'));
    expect(dialog.text()).toContain('A voice identifies a person.');
    await press(dialog, 'Export');
    await until(() => dialog.find('[role="alert"]').exists());
    expect(dialog.find('[role="alert"]').text()).toContain(`${out} is not empty`);
    expect(readExportChoice(folder).deidentification).toEqual({ ...deidentification, style: 'blur', sound: 'kept' });
    expect(await readdir(out)).toEqual(['other.csv']);
    dialog.unmount();
  });

  test('a stop ends the export, and the dialog says what became of it', async () => {
    const dialog = await opened();
    await press(dialog, 'Export');
    await until(() => buttonNamed(dialog, 'Stop') !== undefined);
    expect(dialog.find('progress').exists()).toBe(true);
    await press(dialog, 'Stop');
    await until(() => dialog.text().includes('The export was stopped.'));
    expect(buttonNamed(dialog, 'Export')!.attributes('disabled')).toBeUndefined();
    dialog.unmount();
  });
});
