import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { BufferPool, openPictureOutput } from './picture-output.ts';

const SIZE = 100_000;

/** Writes `pictures` pictures, each of one value, and the first half of another one. Says on standard error how many bytes the system has taken. */
const writer = (pictures: number): string => `
  const { writeSync } = require('node:fs');
  for (let i = 0; i < ${pictures}; i++) {
    let at = 0;
    const picture = Buffer.alloc(${SIZE}, i);
    while (at < ${SIZE}) at += writeSync(1, picture, at);
    writeSync(2, i + '\\n');
  }
  writeSync(1, Buffer.alloc(${SIZE / 2}, 255));
`;

describe.each(['linux', 'win32'] as const)('the pictures of a program on %s', (platform) => {
  const open = async (pictures: number) => {
    const pool = new BufferPool(SIZE);
    const output = await openPictureOutput(pool, platform);
    expect(output.forProgram === undefined).toBe(platform === 'win32');
    const child = spawn(process.execPath, ['-e', writer(pictures)], { stdio: ['ignore', output.forProgram ?? 'pipe', 'pipe'] });
    output.forProgram?.destroy();
    let written = 0;
    child.stderr!.on('data', (lines: Buffer) => (written += String(lines).trim().split('\n').length));
    return { pool, child, pictures: output.pictures(() => child.stdout!), written: () => written };
  };

  test('arrive whole and in order, into buffers that are used again; half a picture at the end is dropped', async () => {
    const { pool, pictures } = await open(40);
    const seen: number[] = [];
    const buffers = new Set<Uint8Array>();
    for await (const picture of pictures) {
      expect(picture.every((value) => value === picture[0])).toBe(true);
      seen.push(picture[0]!);
      buffers.add(picture);
      pool.lease(picture, 1)();
    }
    expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(buffers.size).toBeLessThan(6);
  });

  test('wait in the program while nobody takes them', async () => {
    const { pictures, written, child } = await open(200);
    await pictures.next();
    await wait(500);
    expect(written()).toBeLessThan(30);
    await pictures.return(undefined);
    child.kill();
  });

  test('that nobody wants any more end the program', async () => {
    const { pictures, child } = await open(1000);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await pictures.next();
    await pictures.return(undefined);
    await ended;
  });
});
