import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { clientOf, mountInWindow, openFixture, openVideoAsAnn, until } from '../../../../../../testing/window.ts';
import type { Studio } from '../../../../../main/services/studio/studio.ts';
import { studio as api } from '../../../api/api.ts';
import { useReview } from '../../../stores/review-store.ts';
import { useHistory } from '../../../stores/history-store.ts';
import FaceParticipantDialog from './FaceParticipantDialog.vue';

let studio: Studio;
vi.mock('../../../api/api.ts', async (original) => ({ ...(await original<object>()), studio: clientOf(() => studio) }));

beforeAll(async () => {
  ({ studio } = await openFixture());
});
beforeEach(openVideoAsAnn);

test('the participant of a face gets attributes, and the face a condition of its own, in one step', async () => {
  const faceOf = async () => (await api.people.faces({ video: useReview().video!.id })).find(({ face }) => face === 1)!;
  const before = await faceOf();
  const dialog = await mountInWindow(FaceParticipantDialog, { props: { of: before } });
  await dialog.find('input[list="face-participants"]').setValue('P77');
  await dialog.find('.condition input').setValue('stress');
  await dialog.find('input[aria-label="New attribute"]').setValue('age');
  await dialog.find('input[aria-label="Value"]').setValue('31');
  await dialog.find('form').trigger('submit');
  await until(() => dialog.emitted('closed') !== undefined);
  const after = await faceOf();
  expect(after).toMatchObject({ participant: 'P77', assignment: { condition: 'stress' } });
  const participant = async () => (await api.people.participants()).find(({ code }) => code === 'P77');
  expect(JSON.parse((await participant())!.attributes)).toEqual({ age: '31' });
  dialog.unmount();

  const again = await mountInWindow(FaceParticipantDialog, { props: { of: after } });
  await until(() => again.find('fieldset label input').exists());
  expect((again.find('.condition input').element as HTMLInputElement).value).toBe('stress');
  await again.find('fieldset label input').setValue('32');
  await again.find('form').trigger('submit');
  await until(() => again.emitted('closed') !== undefined);
  expect(JSON.parse((await participant())!.attributes)).toEqual({ age: '32' });
  again.unmount();

  const ann = useReview().coder!.id;
  await useHistory().apply('undo', ann, { onApplied: () => undefined });
  await useHistory().apply('undo', ann, { onApplied: () => undefined });
  expect(await participant()).toBeUndefined();
  expect((await faceOf()).participant).toBe(before.participant);
});
