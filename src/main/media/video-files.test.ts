import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ONE_FACE, temporaryFolder } from '../../../testing/videos.ts';
import { hashFile } from './content-hash.ts';
import { probeVideo } from './probe.ts';
import { findVideos, readableVideos } from './video-files.ts';

vi.mock(import('node:fs/promises'), async (original) => {
  const actual = await original();
  return { ...actual, readdir: vi.fn(actual.readdir) as never };
});

const folder = await temporaryFolder();

describe('videos among files and folders', () => {
  test('are found in all subfolders, in order, once, with unique names', async () => {
    for (const place of ['a/Größe 试验 (1)', 'b/Größe 试验 (1)', 'a/.hidden']) {
      await mkdir(join(folder, 'tree', place), { recursive: true });
      await copyFile(ONE_FACE, join(folder, 'tree', place, 'p 1.MP4'));
    }
    await writeFile(join(folder, 'tree', 'notes.txt'), '');
    const below = await findVideos([join(folder, 'tree'), join(folder, 'tree', 'a')]);
    expect(below.map(({ name }) => name)).toEqual(['a/Größe 试验 (1)/p 1.MP4', 'b/Größe 试验 (1)/p 1.MP4']);
    const twoFolders = await findVideos([join(folder, 'tree', 'a'), join(folder, 'tree', 'b')]);
    expect(twoFolders.map(({ name }) => name)).toEqual(['a/Größe 试验 (1)/p 1.MP4', 'b/Größe 试验 (1)/p 1.MP4']);
    await expect(findVideos([join(folder, 'no such')])).rejects.toMatchObject({ code: 'file-missing' });
  });

  describe.skipIf(process.platform === 'win32')('that cannot be read', () => {
    const at = (...parts: string[]): string => join(folder, 'odd', ...parts);

    test('have a problem, and the others are found: links to nothing, loops of links, named pipes, devices', async () => {
      await mkdir(at('sub'), { recursive: true });
      await writeFile(at('good.mp4'), 'x');
      await writeFile(at('sub', 'also.mp4'), 'x');
      await symlink('/nowhere.mp4', at('old.mp4'));
      await symlink(at('loop.mp4'), at('loop.mp4'));
      await symlink('/nowhere.txt', at('notes.txt'));
      await symlink('/no/such/disk', at('disk'));
      await symlink('/dev/zero', at('zero.mp4'));
      await symlink(at('good.mp4'), at('linked.mp4'));
      execFileSync('mkfifo', [at('pipe.mp4')]);
      const found = await findVideos([at()]);
      expect(found.map(({ name, problem }) => [name, problem?.id])).toEqual([
        ['disk', 'file-missing/link'],
        ['good.mp4', undefined],
        ['linked.mp4', undefined],
        ['loop.mp4', 'file-missing/link'],
        ['old.mp4', 'file-missing/link'],
        ['pipe.mp4', 'file-unreadable/no-file'],
        ['sub/also.mp4', undefined],
        ['zero.mp4', 'file-unreadable/no-file'],
      ]);
      expect(readableVideos(found).videos).toHaveLength(3);
      expect(found.find(({ name }) => name === 'old.mp4')?.problem?.sentence).toMatch(/old\.mp4 is a link to \/nowhere\.mp4/);
      // The same for paths that are given, as a shell expands V/*.
      const given = await findVideos([at('old.mp4'), at('good.mp4'), at('pipe.mp4')]);
      expect(given.map(({ problem }) => problem?.id)).toEqual(['file-missing/link', undefined, 'file-unreadable/no-file']);
    });

    test.skipIf(process.platform === 'darwin')('because their names are not UTF-8 have a problem that says so, and so have sockets', async () => {
      const place = join(folder, 'names');
      const notUtf8 = (name: string): Buffer => Buffer.concat([Buffer.from(`${place}/`), Buffer.from(name, 'latin1')]);
      await mkdir(place);
      await writeFile(notUtf8('caf\xe9.mp4'), 'x');
      await mkdir(notUtf8('Stra\xdfe'));
      await writeFile(join(place, 'good.mp4'), 'x');
      const server = createServer();
      await new Promise<void>((ready) => server.listen(join(place, 'socket.mp4'), ready));
      const found = await findVideos([place]);
      server.close();
      expect(found.map(({ name, problem }) => [name, problem?.id])).toEqual([
        ['Stra\uFFFDe', 'file-unreadable/name'],
        ['caf\uFFFD.mp4', 'file-unreadable/name'],
        ['good.mp4', undefined],
        ['socket.mp4', 'file-unreadable/no-file'],
      ]);
      await expect(findVideos([join(place, 'caf\uFFFD.mp4')])).rejects.toMatchObject({ id: 'file-unreadable/name' });
    });

    test('because the account may not read a subfolder have a problem', async () => {
      const place = join(folder, 'locked');
      await mkdir(join(place, 'sub'), { recursive: true });
      await writeFile(join(place, 'good.mp4'), 'x');
      const list = vi.mocked(readdir);
      const actual = list.getMockImplementation()!;
      // Permissions do not hold for root, who may run the tests.
      list.mockImplementation((path, options) =>
        String(path).endsWith('sub') ? Promise.reject(Object.assign(new Error('permission denied'), { code: 'EACCES' })) : (actual(path, options) as never),
      );
      const found = await findVideos([place]).finally(() => list.mockImplementation(actual));
      expect(found.map(({ name, problem }) => [name, problem?.id])).toEqual([
        ['good.mp4', undefined],
        ['sub', 'file-unreadable/permission'],
      ]);
    });

    test('are never opened', async () => {
      await expect(hashFile(at('pipe.mp4'))).rejects.toMatchObject({ id: 'file-unreadable/no-file' });
      await expect(probeVideo(at('pipe.mp4'))).rejects.toMatchObject({ id: 'file-unreadable/no-file' });
    });

    test('because they vanish while the folder is listed have a problem', async () => {
      const place = join(folder, 'vanishing');
      await mkdir(join(place, 'gone'), { recursive: true });
      await writeFile(join(place, 'a.mp4'), 'x');
      await writeFile(join(place, 'b.mp4'), 'x');
      const list = vi.mocked(readdir);
      list.mockImplementationOnce(async (path, options) => {
        const entries = await list(path, options);
        await rm(join(place, 'b.mp4'));
        await rm(join(place, 'gone'), { recursive: true });
        return entries as never;
      });
      const found = await findVideos([place]);
      expect(found.map(({ name, problem }) => [name, problem?.id])).toEqual([
        ['a.mp4', undefined],
        ['b.mp4', 'file-missing/moved'],
        ['gone', 'file-missing/moved'],
      ]);
    });
  });

  test.skipIf(process.platform === 'win32')('a linked subfolder is read once, and a link to the folder above is not followed', async () => {
    const place = join(folder, 'links', 'set');
    await mkdir(join(place, 'z'), { recursive: true });
    await mkdir(join(folder, 'links', 'elsewhere'));
    await writeFile(join(place, 'z', 'own.mp4'), 'x');
    await writeFile(join(folder, 'links', 'elsewhere', 'far.mp4'), 'x');
    await symlink(join(place, 'z'), join(place, 'a-link-to-z'));
    await symlink(join(folder, 'links', 'elsewhere'), join(place, 'b'));
    await symlink(join(folder, 'links', 'elsewhere'), join(place, 'c'));
    await symlink('..', join(place, 'up'));
    await symlink('.', join(place, 'here'));
    expect((await findVideos([place])).map(({ name }) => name)).toEqual(['b/far.mp4', 'z/own.mp4']);
  });
});
