import type { Locator, Page } from '@playwright/test';

/** What a person sees when looking at results. */
export class ResultsWindow {
  readonly page: Page;
  readonly warning: Locator;
  readonly problem: Locator;
  readonly videos: Locator;
  readonly face: Locator;
  readonly timelines: Locator;

  constructor(page: Page) {
    this.page = page;
    this.warning = page.getByRole('status');
    this.problem = page.getByRole('alert');
    this.videos = page.getByRole('navigation', { name: 'Videos' }).getByRole('button');
    this.face = page.getByRole('combobox', { name: 'Face' });
    this.timelines = page.getByRole('img', { name: /^Timelines of face/ });
  }

  async openFolder(folder: string): Promise<void> {
    await this.page.getByLabel('Open results folder').setInputFiles(folder);
  }

  async choose(video: string): Promise<void> {
    await this.videos.filter({ hasText: video }).click();
  }
}
