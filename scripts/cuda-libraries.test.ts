import { copyFile, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/videos.ts';
import { checkLibrary, findNvidia } from './cuda-libraries.ts';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

test.skipIf(process.platform !== 'linux')('a fetched library must be there, whole, and a library', async () => {
  // Any ELF file of this system.
  await copyFile(process.execPath, at('whole.so'));
  const bytes = await readFile(at('whole.so'));
  await writeFile(at('cut.so'), bytes.subarray(0, bytes.length - 1000));
  await writeFile(at('page.so'), '<html>502 Bad Gateway</html>'.repeat(10));
  expect(checkLibrary(at('whole.so'))).toMatchObject({ problem: null, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  expect(checkLibrary(at('cut.so')).problem).toMatch(/cut off/);
  expect(checkLibrary(at('page.so')).problem).toMatch(/not a library/);
  expect(checkLibrary(at('missing.so')).problem).toMatch(/not there/);
});

test.skipIf(process.platform !== 'linux')("NVIDIA's libraries are found in the system's list and in LD_LIBRARY_PATH, with their versions", async () => {
  await writeFile(at('libcudnn.so.9.4.0'), '');
  await symlink(at('libcudnn.so.9.4.0'), at('libcudnn.so.9'));
  const listing = `
    libcudart.so.12 (libc6,x86-64) => /nowhere/libcudart.so.12
    libcublas.so.11 (libc6,x86-64) => /nowhere/libcublas.so.11`;
  expect(findNvidia(listing, [folder])).toMatchObject([
    { name: 'CUDA', path: '/nowhere/libcudart.so.12', version: null },
    { name: 'cuBLAS', path: null },
    { name: 'cuDNN', path: at('libcudnn.so.9'), version: '9.4.0' },
    { name: 'driver', path: null },
  ]);
});
