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

describe('files of the window', () => {
  test.each(['/', '/index.html'])('%s returns the page with the content security policy', async (url) => {
    const response = await serveWindowFile(files, url);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<p>window</p>');
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(CONTENT_SECURITY_POLICY).toMatch(/default-src 'none'/);
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/https?:|unsafe-eval/);
  });

  test('a file name with spaces is found and has its content type', async () => {
    const response = await serveWindowFile(files, '/assets/a%20b.js');
    expect(response.headers.get('content-type')).toMatch(/^text\/javascript/);
  });

  test.each([
    ['a null byte', '/index.html%00.js'],
    ['a path out of the folder', '/..%2fsecret.js'],
    ['a Windows path out of the folder', '/..%5c..%5csecret.js'],
    ['an unsupported type', '/data.bin'],
    ['a missing file', '/nothing.html'],
    ['an invalid escape', '/%E0%A4%A'],
  ])('%s is answered with 404', async (_, url) => {
    expect((await serveWindowFile(files, url)).status).toBe(404);
  });
});
