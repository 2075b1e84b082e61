import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';

/** The window of AdaTosk Studio, by what a person sees in it. */
export class StudioWindow {
  readonly page: Page;
  readonly problem: Locator;
  readonly library: Locator;
  readonly queue: Locator;
  readonly position: Locator;
  readonly video: Locator;
  readonly timelines: Locator;
  readonly scrubber: Locator;
  /** The short message about the last change. */
  readonly toast: Locator;

  constructor(page: Page) {
    this.page = page;
    this.problem = page.getByRole('alert');
    this.library = page.getByRole('table');
    this.queue = page.getByRole('complementary', { name: 'Batch queue' });
    this.toast = page.locator('.toast');
    this.position = page.getByLabel('Position');
    this.video = page.getByLabel('Video', { exact: true });
    this.scrubber = page.getByRole('slider', { name: 'Frame' });
    this.timelines = page.getByRole('img', { name: /^Timelines of face/ });
  }

  async newProject(parent: string, name: string): Promise<void> {
    await this.page.getByRole('button', { name: /^New project/ }).click();
    await this.goToFolder(parent);
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByRole('button', { name: 'Create project' }).click();
    await expect(this.page.getByRole('heading', { name })).toBeVisible();
  }

  async addVideos(folder: string): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name: 'Add videos…' }).click();
    await this.goToFolder(folder);
    await this.page.getByRole('button', { name: 'Add all videos in this folder' }).click();
  }

  async goToFolder(folder: string, dialog = this.page.getByRole('dialog')): Promise<void> {
    // The folder that was used last is being read: what is written before it is there would be written over.
    await expect(dialog.getByLabel('Folder', { exact: true })).not.toHaveValue('');
    await dialog.getByLabel('Folder', { exact: true }).fill(folder);
    await dialog.getByRole('button', { name: 'Open folder' }).click();
  }

  /** Opens a project from the start screen, and closes an open one first. */
  async openProject(folder: string): Promise<void> {
    if (await this.library.isVisible()) await this.closeProject();
    await this.page.getByRole('button', { name: /^Open project/ }).click();
    await this.goToFolder(folder);
    await this.page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
    await expect(this.library).toBeVisible();
  }

  async closeProject(): Promise<void> {
    await this.more('Close project');
  }

  /** An entry under «More» in the library. */
  async more(entry: string): Promise<void> {
    await this.page.getByRole('button', { name: 'More', exact: true }).click();
    await this.page.getByRole('menuitem', { name: entry }).click();
  }

  async tab(name: string): Promise<void> {
    await this.page.getByRole('tab', { name }).click();
  }

  /** Labels from here for so many seconds, by keys. */
  async labelFor(key: string, seconds: number): Promise<void> {
    await this.page.keyboard.press('i');
    const before = await this.position.textContent();
    for (let i = 0; i < seconds; i++) await this.page.keyboard.press('Shift+ArrowRight');
    await expect(this.position).not.toHaveText(before ?? '');
    await this.page.keyboard.press(key);
  }

  /** Exports from the library into a new folder below `parent`. */
  async exportTo(parent: string, format: string, folder: string, layers: readonly string[] = []): Promise<void> {
    await this.page.getByRole('button', { name: 'Export…' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Export' });
    await dialog.getByRole('radio', { name: format }).check();
    for (const layer of layers) await dialog.getByRole('checkbox', { name: layer }).check();
    await dialog.getByRole('button', { name: 'Choose folder…' }).click();
    const where = this.page.getByRole('dialog', { name: 'Choose a folder' });
    await this.goToFolder(parent, where);
    await where.getByLabel('New subfolder').fill(folder);
    await where.getByRole('button', { name: 'Export here' }).click();
    await expect(dialog.getByRole('status')).toContainText('written');
    await dialog.getByRole('button', { name: 'Close' }).click();
  }

  row(video: string): Locator {
    return this.library.getByRole('row').filter({ hasText: video });
  }

  /** Analyses all videos that are new, and waits until it is over. */
  async analyseNew(): Promise<void> {
    await this.page.getByRole('button', { name: /^Analyse \d+ new/ }).click();
    await expect(this.queue.getByRole('status')).toHaveText('all done', { timeout: 90_000 });
  }

  async review(video: string): Promise<void> {
    await this.page.getByRole('button', { name: video }).click();
    await expect(this.position).toBeVisible();
  }

  async codeAs(name: string): Promise<void> {
    await this.page.getByLabel('Who is coding?').fill(name);
    await this.page.getByRole('button', { name: 'Start' }).click();
    await expect(this.page.getByRole('group', { name: 'Label', exact: true })).toBeVisible();
  }

  /** Codes as somebody else than the coder of this window. */
  async changeCoder(name: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Coder: / }).click();
    await this.page.getByRole('menuitem', { name: 'Another coder…' }).click();
    await this.codeAs(name);
  }

  tier(name: string | RegExp): Locator {
    return this.page.getByRole('group', { name });
  }

  /** Labels in a tier, as 'happiness, 1.00 to 2.00 s'. */
  async labelsIn(name: string | RegExp): Promise<string[]> {
    return this.tier(name)
      .getByRole('button')
      .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label') ?? ''));
  }
}
