import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

/** Chooses an option of the list with a label, as a person does: opens the list and presses the option. */
export async function choose(within: Page | Locator, label: string | RegExp, option: string | RegExp): Promise<void> {
  await within.getByRole('combobox', { name: label }).click();
  await pickOption(within, option);
}

/** Presses an option of the open list, which stands at the end of the page. */
export async function pickOption(within: Page | Locator, option: string | RegExp): Promise<void> {
  const page = 'page' in within ? within.page() : within;
  await page.getByRole('option', typeof option === 'string' ? { name: option, exact: true } : { name: option }).click();
}

/** Checks the options of a closed list, in order, and closes it again. */
export async function expectOptions(box: Locator, options: readonly string[]): Promise<void> {
  await box.click();
  await expect(box.page().getByRole('option')).toHaveText([...options]);
  await box.page().keyboard.press('Escape');
  await expect(box.page().getByRole('listbox')).toBeHidden();
}
