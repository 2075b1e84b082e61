import { mount } from '@vue/test-utils';
import { expect, test, vi } from 'vitest';
import { defineComponent, h, nextTick, ref } from 'vue';
import { isModalOpen } from '../composables/open-dialog.ts';
import { i18n } from '../texts/i18n.ts';
import ModalDialog from './ModalDialog.vue';
import SelectBox from './SelectBox.vue';

const until = (condition: () => void): Promise<void> => vi.waitFor(condition, { timeout: 5000 });
const press = (key: string): boolean =>
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true, cancelable: true }));
const option = (text: string): HTMLElement | undefined =>
  [...document.querySelectorAll<HTMLElement>('[role="option"]')].find((each) => each.textContent === text);

test('a select box takes any values, among them none and an empty text, and says which one was chosen', async () => {
  const chosen = ref<string | null>(null);
  const options = [
    { value: null, label: 'nothing' },
    { value: '', label: 'empty' },
    ...Array.from({ length: 200 }, (_, i) => ({ value: `P${i}`, label: `Participant ${i}`, group: 'people' })),
  ];
  const box = mount(
    defineComponent(
      () => () => h(SelectBox<string | null>, { label: 'Person', options, modelValue: chosen.value, 'onUpdate:modelValue': (value) => (chosen.value = value) }),
    ),
    { global: { plugins: [i18n] }, attachTo: document.body },
  );
  const trigger = box.find<HTMLElement>('[role="combobox"]');
  expect(trigger.text()).toBe('nothing');
  expect(trigger.attributes('aria-label')).toBe('Person');
  // A closed box holds no options: a table of boxes stays light.
  expect(document.querySelectorAll('[role="option"]')).toHaveLength(0);
  for (const [text, value] of [
    ['Participant 199', 'P199'],
    ['empty', ''],
    ['nothing', null],
  ] as const) {
    trigger.element.focus();
    press('Enter');
    await until(() => expect(option(text)).toBeDefined());
    expect(isModalOpen()).toBe(true);
    option(text)!.focus();
    press('Enter');
    await until(() => expect(chosen.value).toBe(value));
    await until(() => expect(isModalOpen()).toBe(false));
    expect(trigger.text()).toBe(text);
  }
  box.unmount();
});

test('a disabled fieldset disables its select box', async () => {
  const form = mount(
    defineComponent(
      () => () => h('fieldset', { disabled: true }, [h(SelectBox<number>, { label: 'Seconds', options: [{ value: 1, label: '1' }], modelValue: 1 })]),
    ),
    { global: { plugins: [i18n] }, attachTo: document.body },
  );
  form.find<HTMLElement>('[role="combobox"]').element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  await nextTick();
  expect(isModalOpen()).toBe(false);
  form.unmount();
});

test('a dialog focuses what asks for it, closes by Escape, and returns the focus', async () => {
  const isOpen = ref(false);
  const page = mount(
    defineComponent(() => () => [
      h('button', { id: 'opener' }, 'Open'),
      isOpen.value
        ? h(
            ModalDialog,
            { title: 'Title', onClosed: () => (isOpen.value = false) },
            { default: () => [h('input', { id: 'first' }), h('input', { id: 'second', autofocus: true })] },
          )
        : null,
    ]),
    { global: { plugins: [i18n] }, attachTo: document.body },
  );
  document.getElementById('opener')!.focus();
  isOpen.value = true;
  await until(() => expect(document.activeElement?.id).toBe('second'));
  expect(document.querySelector('[role="dialog"]')?.textContent).toContain('Title');
  expect(isModalOpen()).toBe(true);
  press('Escape');
  await until(() => expect(isModalOpen()).toBe(false));
  expect(document.activeElement?.id).toBe('opener');
  page.unmount();
});
