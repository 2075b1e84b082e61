import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures/web-host.ts';
import { expectAccessible, picturesInAllLooks } from './fixtures/looks.ts';
import { choose } from './page-objects/select-box.ts';
import { StudioWindow } from './page-objects/studio-window.ts';

/** A file as ELAN writes it: a tier of expressions, one annotation of which was begun and left empty, and a tier of speech. */
function elanFile(labels: readonly (readonly [label: string, startMs: number, endMs: number])[]): string {
  const slots = labels.flatMap(([, start, end], i) => [
    `<TIME_SLOT TIME_SLOT_ID="ts${2 * i + 1}" TIME_VALUE="${start}"/>`,
    `<TIME_SLOT TIME_SLOT_ID="ts${2 * i + 2}" TIME_VALUE="${end}"/>`,
  ]);
  const annotation = (label: string, i: number): string =>
    `<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a${i + 1}" TIME_SLOT_REF1="ts${2 * i + 1}" TIME_SLOT_REF2="ts${2 * i + 2}">` +
    `<ANNOTATION_VALUE>${label}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>`;
  const tier = (name: string, wanted: (label: string) => boolean): string =>
    `<TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="${name}">${labels.map(([label], i) => (wanted(label) ? annotation(label, i) : '')).join('')}</TIER>`;
  const isSpeech = (label: string): boolean => label === 'yes';
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ANNOTATION_DOCUMENT AUTHOR="" DATE="2024-03-01T10:00:00+01:00" FORMAT="3.0" VERSION="3.0">' +
    `<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"></HEADER><TIME_ORDER>${slots.join('')}</TIME_ORDER>` +
    `${tier('expression', (label) => !isSpeech(label))}${tier('speech', isSpeech)}` +
    '<LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/></ANNOTATION_DOCUMENT>\n'
  );
}

/** A project with the sample videos, and the dialog with a folder of files for two of them, one that fits none and one that is none. */
async function lookAtLabels(studio: StudioWindow, host: { folder: string; videos: string }): Promise<void> {
  const folder = join(host.folder, 'from ELAN');
  mkdirSync(folder);
  const spoken = ['yes', 600, 900] as const;
  writeFileSync(join(folder, 'two-faces.eaf'), elanFile([['Happiness', 500, 1500], spoken, ['', 1600, 1700], ['scared', 2000, 2600]])); // prettier-ignore
  writeFileSync(join(folder, 'One-Face-Leaves.eaf'), elanFile([['anger', 1000, 1900], ['sadness', 600_000, 601_000]])); // prettier-ignore
  writeFileSync(join(folder, 'pilot.eaf'), elanFile([['anger', 1000, 1900]]));
  writeFileSync(join(folder, 'damaged.TextGrid'), 'File type = "ooTextFile"');
  await studio.newProject(host.folder, 'Interviews');
  await studio.addVideos(host.videos);
  await expect(studio.row('two-faces.mp4')).toBeVisible();
  await studio.more('Import labels…');
  const dialog = studio.page.getByRole('dialog', { name: 'Import labels' });
  await dialog.getByRole('button', { name: 'Choose files…' }).click();
  const where = studio.page.getByRole('dialog', { name: 'Choose files…' });
  await studio.goToFolder(folder, where);
  await expect(where.getByRole('button', { name: 'pilot.eaf' })).toBeVisible();
  await where.getByRole('button', { name: 'All files in this folder' }).click();
  await expect(dialog.getByRole('row', { name: /two-faces\.eaf/ })).toBeVisible();
}

test('labels of years in ELAN come into a project: matched by name, checked first, one step of undo', async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await lookAtLabels(studio, host);
  const dialog = page.getByRole('dialog', { name: 'Import labels' });
  await expect(dialog.getByRole('row', { name: /damaged\.TextGrid/ })).toContainText('is not a TextGrid');
  const videoOf = (name: string) => dialog.getByRole('combobox', { name: `Video of ${name}` });
  await expect(videoOf('pilot.eaf')).toHaveText('skip this file');
  await expect(videoOf('two-faces.eaf')).toHaveText('two-faces.mp4');
  await expect(videoOf('One-Face-Leaves.eaf')).toHaveText('one-face-leaves.mp4');
  // Several tiers of a file are a face each, until somebody says otherwise.
  await expect(dialog.getByLabel('Face of expression')).toHaveValue('1');
  await expect(dialog.getByLabel('Face of speech')).toHaveValue('2');
  await dialog.getByLabel('Coder of speech').fill('Ben');
  await dialog.getByRole('row', { name: /two-faces\.eaf/ }).getByRole('checkbox', { name: /speech/ }).uncheck(); // prettier-ignore
  // Somebody's own codes get the project's names; another case is the same word already.
  await expect(dialog.getByRole('combobox', { name: 'Happiness' })).toHaveText('happiness');
  await choose(dialog, 'scared', 'fear');
  await dialog.getByLabel('Coder of these labels').fill('Ann');

  // A label at ten minutes belongs to another video: nothing is taken until that is decided.
  await dialog.getByRole('button', { name: 'Import from 2 files' }).click();
  await expect(dialog.getByRole('alert')).toContainText('«sadness» at 600 s begins after the end of one-face-leaves.mp4');
  await dialog.getByLabel('Import the rest').check();
  await dialog.getByRole('button', { name: 'Import from 2 files' }).click();
  await expect(dialog.getByRole('status')).toContainText('3 labels imported for Ann.');
  await dialog.getByRole('button', { name: 'Import from 2 files' }).click();
  await expect(dialog.getByRole('status')).toContainText('No new labels for Ann. 3 already existed.');
  await dialog.getByRole('button', { name: 'Close' }).click();

  await studio.review('two-faces.mp4');
  await studio.codeAs('Ann');
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual(['happiness, 0.50 to 1.50 s', 'fear, 2.00 to 2.60 s']);
  await studio.tab('History');
  await expect(page.getByRole('tabpanel')).toContainText('Import 2 labels from two-faces.eaf');
});

picturesInAllLooks('the import of labels', async (page, host, picture) => {
  await lookAtLabels(new StudioWindow(page), host);
  await page.getByLabel('Coder of these labels').fill('Ann');
  await picture('import');
  await expectAccessible(page, 'import');
});
