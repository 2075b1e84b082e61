import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { withSafetyHeaders } from '../studio/safety-headers.ts';
import { CONTENT_SECURITY_POLICY, serveWindowFile } from './window-files.ts';

const folder = await temporaryFolder();
const files = join(folder, 'renderer');

beforeAll(async () => {
  await mkdir(join(files, 'assets'), { recursive: true });
  await writeFile(join(files, 'index.html'), '<p>window</p>');
  await writeFile(join(files, 'assets', 'a b.js'), '1');
  await writeFile(join(folder, 'secret.js'), 'secret');
  await writeFile(join(files, 'data.bin'), 'x');
  await writeFile(join(files, '.hidden.js'), 'hidden');
  for (const name of ['con.js', join('assets', 'NUL.html'), 'index.html.', 'index.html ', 'index.html:secret.js']) await writeFile(join(files, name), 'device');
});

describe('files of the window', () => {
  test.each(['/', '/index.html'])('%s returns the page with the content security policy', async (url) => {
    const response = await serveWindowFile(files, url);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<p>window</p>');
    expect(withSafetyHeaders(response).headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
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
    ['a path out of the folder that is not encoded', '/../secret.js'],
    ['encoded dots', '/%2e%2e/secret.js'],
    ['dots and a slash that are encoded', '/%2e%2e%2fsecret.js'],
    ['dots that are encoded twice', '/%252e%252e%252fsecret.js'],
    ['dots in the middle', '/assets/../../secret.js'],
    ['an overlong encoding of a slash', '/..%c0%afsecret.js'],
    ['a drive of Windows', '/C:/secret.js'],
    ['an encoded drive of Windows', '/C%3A%5Csecret.js'],
    ['a share of Windows', '/%5c%5cserver%5cshare%5csecret.js'],
    ['two slashes', '//secret.js'],
    ['a device of Windows', '/con.js'],
    ['a device of Windows in a folder', '/assets/NUL.html'],
    ['a stream of Windows', '/index.html:secret.js'],
    ['another name of the same file on Windows', '/index.html.'],
    ['another name with a space', '/index.html%20'],
    ['a hidden file', '/.hidden.js'],
    ['a folder', '/assets/'],
    ['a folder without a slash', '/assets'],
    ['an address instead of a path', 'http://evil.example/index.html'],
    ['an unsupported type', '/data.bin'],
    ['a missing file', '/nothing.html'],
    ['an invalid escape', '/%E0%A4%A'],
  ])('%s is answered with 404', async (_, url) => {
    expect((await serveWindowFile(files, url)).status).toBe(404);
  });
});
