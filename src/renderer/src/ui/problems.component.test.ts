import { expect, test, vi } from 'vitest';
import { mountInWindow, until } from '../../../../testing/window.ts';
import { problemData, StudioError } from '../../../shared/app/errors.ts';
import { notice } from '../../../shared/app/notices.ts';
import { problemFrom } from '../api/api.ts';
import { i18n } from '../texts/i18n.ts';
import ProblemNote from './ProblemNote.vue';

const at = (line: number) => notice('trials/no-video', { from: notice('place/line', { file: 'a.csv', line }) });

test('problems with rows of a table are a list with one line each, in the language of the window, and can be copied', async () => {
  i18n.global.locale.value = 'de';
  const error = new StudioError('data-set-invalid/trials', { file: 'a.csv', problems: [at(2), at(3)] });
  const note = await mountInWindow(ProblemNote, { props: { problem: problemFrom(problemData(error)) } });
  expect(note.find('strong').text()).toBe('a.csv kann nicht verwendet werden.');
  const lines = note.findAll('[role="listitem"]').map((each) => each.text());
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^a\.csv, Zeile 3/);
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } });
  await note.find('button').trigger('click');
  expect(writeText).toHaveBeenCalledWith(lines.join('\n'));
  await until(() => note.text().includes('Kopiert'));
  vi.unstubAllGlobals();
  i18n.global.locale.value = 'en';
  note.unmount();
});

test('other problems have no list', async () => {
  const note = await mountInWindow(ProblemNote, { props: { problem: problemFrom(problemData(new StudioError('wrong-usage/no-run', {}))) } });
  expect(note.find('[role="list"]').exists()).toBe(false);
  expect(note.find('strong').text()).not.toBe('');
  note.unmount();
});
