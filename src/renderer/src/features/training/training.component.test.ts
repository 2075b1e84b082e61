import type { VueWrapper } from '@vue/test-utils';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { call, checkpoint, checkpointOf, global, text, videoMaeEncoder, whole } from '../../../../../testing/pytorch-file.ts';
import { temporaryFolder } from '../../../../../testing/videos.ts';
import { clientOf, mountInWindow, openFixture, resetStores, until } from '../../../../../testing/window.ts';
import type { Studio } from '../../../../main/services/studio/studio.ts';
import type { RowEdit } from '../../../../shared/annotation/editable-rows.ts';
import { step } from '../../../../shared/annotation/steps.ts';
import { applyEdit, newId } from '../../../../main/project/edits.ts';
import { allVideos } from '../../../../main/project/library.ts';
import { addCoder } from '../../../../main/project/review.ts';
import { someSegment } from '../../../../../testing/project.ts';
import { i18n } from '../../texts/i18n.ts';
import { useProject } from '../../stores/project-store.ts';
import SelectBox from '../../ui/SelectBox.vue';
import TrainingView from './TrainingView.vue';

let studio: Studio;
let files: string;
/** The file that the person chooses in the dialog of the desktop. */
let chosen: string[] = [];
vi.mock('../../api/api.ts', async (original) => ({
  ...(await original<object>()),
  studio: clientOf(() => studio),
  desktop: { setLanguage: () => undefined, chooseModels: () => Promise.resolve(chosen) },
}));

beforeAll(async () => {
  ({ studio } = await openFixture());
  files = await temporaryFolder();
  process.env['ADATOSK_CONFIG'] = await temporaryFolder();
});

beforeEach(() => {
  localStorage.clear();
  resetStores();
  void useProject().listen();
});
afterEach(() => {
  i18n.global.locale.value = 'en';
});

async function opened(): Promise<VueWrapper> {
  const view = await mountInWindow(TrainingView);
  await until(() => view.find('#training-from').exists() && view.find('#training-from').text().includes('tiny'));
  return view;
}
const importButton = (view: VueWrapper) => view.findAll('button').find((each) => /Import a model…|Modell importieren…/.test(each.text()))!;

describe('the fine-tuning screen', () => {
  test('imports an encoder from a checkpoint, tells what was left, and starts from it', async () => {
    chosen = [join(files, 'Our encoder.pth')];
    const tensors = [...videoMaeEncoder(192, 10), { name: 'decoder.mask', dims: [1], values: new Float32Array(1) }];
    await writeFile(chosen[0]!, checkpointOf(tensors, [[text('input_size'), whole(224)]]));
    const view = await opened();
    await importButton(view).trigger('click');
    await until(() => view.text().includes('The model was imported.'));
    expect(view.text()).toContain('8 of its 10 blocks were taken over');
    expect(view.text()).toContain('1 tensor of the decoder was left');
    expect(view.text()).toContain('The network reads crops of 112 pixels');
    expect(view.find('#training-from').text()).toContain('our-encoder');
    // The same file again becomes another model.
    await importButton(view).trigger('click');
    await until(() => view.find('#training-from').text().includes('our-encoder-2'));
    view.unmount();
  });

  test('counts labels of action units, which are enough without expressions', async () => {
    const { db } = studio.project;
    const fay = addCoder(db, 'Fay');
    const [video] = allVideos(db);
    const layer = { id: newId(), video_id: video!.id, kind: 'coder' as const, coder_id: fay.id, run_id: null, scheme_id: 'seven-expressions' };
    const rows: RowEdit[] = [
      { table: 'layer', kind: 'insert', row: { ...layer, created_at: '2026-11-24T10:00:00.000Z' } },
      { table: 'segment', kind: 'insert', row: someSegment(layer.id, 0, { label: 'AU12' }) },
    ];
    applyEdit(db, { coderId: fay.id, step: step('other', { text: 'test' }), rows });
    const view = await opened();
    view.findComponent(SelectBox).vm.$emit('update:modelValue', 'Fay');
    await until(() => view.text().includes('AU12 1 (1 participant)'));
    expect(view.text()).toContain('Without labels of two expressions only the reading of action units learns.');
    await view.find('#training-name').setValue('Units');
    expect(view.find('button[type="submit"]').attributes('disabled')).toBeUndefined();
    view.unmount();
  });

  test('tells in German why a hostile checkpoint was not read', async () => {
    chosen = [join(files, 'hostile.pth')];
    await writeFile(chosen[0]!, checkpoint(call(global('os', 'system'), text('true'))));
    const view = await opened();
    i18n.global.locale.value = 'de';
    await importButton(view).trigger('click');
    await until(() => view.find('[role="alert"]').exists());
    expect(view.find('[role="alert"]').text()).toContain('außer Gewichten nennt die Datei os.system');
    view.unmount();
  });
});
