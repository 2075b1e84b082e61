import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures/web-host.ts';
import { StudioWindow } from './page-objects/studio-window.ts';

test('a German window shows errors, warnings, labels and times in German', async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  writeFileSync(join(host.videos, 'broken.mp4'), 'no video');
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  await studio.analyseNew();
  await page.evaluate(() => localStorage.setItem('adatosk.settings', JSON.stringify({ language: 'de' })));
  await page.reload();

  const queue = page.getByRole('complementary', { name: 'Warteschlange' });
  await expect(queue.getByRole('listitem').filter({ hasText: 'broken.mp4' })).toContainText(
    'broken.mp4 ist kein Video oder ist von Anfang an beschädigt. Öffnen Sie die Datei in einem Videoprogramm.',
  );
  await expect(page.getByRole('note')).toContainText('an gerenderten Gesichtern und unbewegten Porträts trainiert');

  await page.getByRole('row').filter({ hasText: 'happiness-and-surprise.mp4' }).getByRole('button').first().click();
  await page.getByLabel('Wer kodiert?').fill('Ann');
  await page.getByRole('button', { name: 'Starten' }).click();
  await expect(page.getByRole('button', { name: /Freude$/ })).toBeVisible();
  await page.keyboard.press('1');
  const tier = page.getByRole('group', { name: 'Zeile Ann (Sie)' });
  await expect(tier.getByRole('button')).toHaveAccessibleName('Freude, 0,00 bis 1,00 s');
  await page.getByRole('tab', { name: 'Schritte' }).click();
  await expect(page.getByRole('tabpanel')).toContainText('Freude gelabelt');
  await expect(page.getByRole('tabpanel')).toContainText(/\d\d:\d\d:\d\d/);

  await page.getByRole('button', { name: 'Bibliothek' }).click();
  rmSync(join(host.videos, 'two-faces.mp4'));
  await page.getByRole('row').filter({ hasText: 'two-faces.mp4' }).getByRole('button').first().click();
  await expect(studio.problem).toContainText('two-faces.mp4 ist nicht mehr da. Suchen Sie in der Bibliothek nach fehlenden Dateien.');
});
