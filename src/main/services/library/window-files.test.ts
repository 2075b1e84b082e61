import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { CONTENT_SECURITY_POLICY, serveWindowFile } from './window-files.ts';

const folder = await temporaryFolder();
const files = join(folder, 'renderer');

beforeAll(async () => {
  await mkdir(join(files, 'assets'), { recursive: true });
  await writeFile(join(files, 'index.html'), '<p>window</p>');
  await writeFile(join(files, 'assets', 'a b.js'), '1');
  await writeFile(join(folder, 'secret.js'), 'secret');
  await writeFile(join(files, 'data.bin'), 'x');
});

describe("the window's own files", () => {
  test.each(['/', '/index.html'])('%s is the page, under the policy', async (url) => {
    const response = await serveWindowFile(files, url);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<p>window</p>');
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(CONTENT_SECURITY_POLICY).toMatch(/default-src 'none'/);
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/https?:|unsafe-eval/);
  });

  test('names with spaces are found, with their type', async () => {
    const response = await serveWindowFile(files, '/assets/a%20b.js');
    expect(response.headers.get('content-type')).toMatch(/^text\/javascript/);
  });

  test.each([
    ['a null byte', '/index.html%00.js'],
    ['a path that leads out', '/..%2fsecret.js'],
    ['a path that leads out on Windows', '/..%5c..%5csecret.js'],
    ['a type that is none of ours', '/data.bin'],
    ['a file that is not there', '/nothing.html'],
    ['a broken escape', '/%E0%A4%A'],
  ])('%s is answered with 404', async (_, url) => {
    expect((await serveWindowFile(files, url)).status).toBe(404);
  });
});
