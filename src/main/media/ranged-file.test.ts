import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../testing/videos.ts';
import { serveFile } from './ranged-file.ts';

const folder = await temporaryFolder();
const path = join(folder, 'bytes');
await writeFile(path, '0123456789');
const HUGE = '9'.repeat(400);

describe('ranges that no player sends', () => {
  test.each([
    ['many ranges', `bytes=${Array.from({ length: 1000 }, () => '0-').join(',')}`, 200, '0123456789', null],
    ['two ranges', 'bytes=0-1,3-4', 200, '0123456789', null],
    ['a reversed range', 'bytes=8-3', 200, '0123456789', null],
    ['a negative start', 'bytes=-5-7', 200, '0123456789', null],
    ['two minus signs', 'bytes=--5', 200, '0123456789', null],
    ['no number', 'bytes=-', 200, '0123456789', null],
    ['not a number', 'bytes=a-b', 200, '0123456789', null],
    ['a fraction', 'bytes=0.5-2', 200, '0123456789', null],
    ['hexadecimal numbers', 'bytes=0x1-0x2', 200, '0123456789', null],
    ['a huge start', `bytes=${HUGE}-`, 416, '', 'bytes */10'],
    ['a huge end', `bytes=3-${HUGE}`, 206, '3456789', 'bytes 3-9/10'],
    ['a huge suffix', `bytes=-${HUGE}`, 206, '0123456789', 'bytes 0-9/10'],
    ['a start just behind the end', 'bytes=10-20', 416, '', 'bytes */10'],
    ['a line break and another header', 'bytes=0-1\r\nX-Other: 1', 200, '0123456789', null],
  ])('%s', async (_, range, status, body, contentRange) => {
    const response = await serveFile(path, 'video/mp4', 'GET', range);
    expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([status, body, contentRange]);
  });

  test('a file without bytes has no range', async () => {
    const empty = join(folder, 'empty');
    await writeFile(empty, '');
    const [whole, part] = [await serveFile(empty, 'video/mp4', 'GET', null), await serveFile(empty, 'video/mp4', 'GET', 'bytes=0-')];
    expect([whole.status, whole.headers.get('content-length'), await whole.text()]).toEqual([200, '0', '']);
    expect([part.status, part.headers.get('content-range')]).toEqual([416, 'bytes */0']);
  });

  test('a folder is not served', async () => {
    const inner = join(folder, 'inner');
    await mkdir(inner);
    expect((await serveFile(inner, 'video/mp4', 'GET', null)).status).toBe(404);
  });
});
