import { expectAccessible } from './fixtures/looks.ts';
import { expect, test } from './fixtures/web-host.ts';
import { StudioWindow } from './page-objects/studio-window.ts';

test.use({ isFirstStart: true });

const TITLES = ['Video and face', 'Probabilities', 'Masks', 'Proposals of the model', 'Your own labels'];

for (const [width, height] of [
  [1366, 650],
  [1366, 768],
] as const)
  for (const scheme of ['light', 'dark'] as const)
    test(`the example opens analysed and is introduced in five marks, once, ${width} x ${height}, ${scheme}`, async ({ page, host }) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.goto(host.address);
      const studio = new StudioWindow(page);
      await page.getByRole('button', { name: /^Try the example/ }).click();
      await expect(studio.row('all-six.mp4')).toContainText('1 face');
      await expect(studio.row('two-people.mp4')).toContainText('2 faces');
      await expect(page.getByRole('button', { name: 'No new videos' })).toBeVisible();
      await expect(page.locator('.activity')).toBeHidden();

      await studio.review('all-six.mp4');
      const mark = page.getByRole('dialog', { name: 'Introduction' });
      for (const [i, title] of TITLES.entries()) {
        await expect(mark).toContainText(`${i + 1} of 5`);
        await expect(mark.getByRole('heading', { name: title })).toBeInViewport({ ratio: 1 });
        await expect(mark.getByRole('button', { name: 'Skip' })).toBeInViewport({ ratio: 1 });
        await expect(page.locator('[data-explained]')).toHaveCount(1);
        await expectAccessible(page, title);
        await page.screenshot({ path: `test-results/pictures/introduction-${i + 1}-${width}x${height}-${scheme}.png` });
        await page.keyboard.press('Enter');
      }
      await expect(mark).toBeHidden();
      await expect(page.locator('[data-explained]')).toHaveCount(0);

      // Not again after a reload, but by the command.
      await page.reload();
      await expect(studio.position).toBeVisible();
      await expect(mark).toBeHidden();
      await studio.codeAs('Ann');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search commands' }).fill('introduction');
      await page.keyboard.press('Enter');
      await expect(mark).toContainText('1 of 5');
      await mark.getByRole('button', { name: 'Next' }).click();
      await mark.getByRole('button', { name: 'Back' }).click();
      await expect(mark).toContainText('1 of 5');
      // The window is not blocked, and Escape ends the marks.
      await page.getByRole('tab', { name: 'Notes' }).click();
      await expect(page.getByRole('tab', { name: 'Notes' })).toHaveAttribute('aria-selected', 'true');
      await page.keyboard.press('Escape');
      await expect(mark).toBeHidden();
    });
