import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LICENCES_FILE, packageLine, shippedPackages } from './make-licences.ts';

const file = readFileSync(LICENCES_FILE, 'utf8');
const packages = shippedPackages();
const named = (name: string): boolean => packages.some((each) => each.name === name);

test('packages of production, and those that are built into the window, with what they need', () => {
  for (const name of ['onnxruntime-node', 'better-sqlite3', 'vue', '@vue/reactivity', 'echarts', 'zrender', '@fontsource-variable/inter'])
    expect(named(name), name).toBe(true);
  // Tools: nothing of them is shipped.
  for (const name of ['electron', 'vitest', 'typescript', 'eslint', 'prettier', '@vladmandic/face-api']) expect(named(name), name).toBe(false);
});

test('the file has exactly the packages of today: npm run make:licences makes it again', () => {
  const list = file.slice(file.indexOf('== Packages ==\n') + '== Packages ==\n'.length, file.indexOf('\n\n== Texts of the licences ==')).split('\n');
  expect(list).toEqual(packages.map(packageLine));
});

test('each package that is the same on every system has the text of its licence', () => {
  const texts = file.slice(file.indexOf('== Texts of the licences =='));
  const owners = new Set([...texts.matchAll(/^-{80}\n(.+)$/gm)].flatMap(([, names = '']) => names.split(', ')));
  expect(packages.filter(({ name, version, isOfSystem }) => !isOfSystem && !owners.has(`${name} ${version}`))).toEqual([]);
  expect(texts.match(/no file with its licence/g)!.length).toBeLessThan(10);
});

test('models, samples, ffmpeg and Electron are named with their licences', () => {
  const head = file.slice(0, file.indexOf('== Packages =='));
  for (const part of ['MediaPipe, Google, Apache License 2.0', 'CC BY 4.0', 'ffmpeg-static): GPL 3.0', 'LICENSES.chromium.html', 'libvips'])
    expect(head).toContain(part);
});
