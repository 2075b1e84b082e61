import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { openTestHost } from '../../../../testing/web-host.ts';

const it = await openTestHost({ project: false });
const { host, token } = it;
const port = Number(new URL(host.origin).port);
afterAll(() => it.close());

const MB = 1024 * 1024;

function open(): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.resume();
    socket.on('error', () => undefined);
    // The host may close it before this end knows that it was open.
    socket.once('close', () => resolve(socket));
  });
}

const isAnswered = async (): Promise<boolean> =>
  (
    await fetch(`${host.origin}/rpc/project/state`, {
      method: 'POST',
      body: '{"json":null}',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    })
  ).ok;

test('a body without the token is not read', async () => {
  const socket = await open();
  socket.write(`POST /rpc/edits/apply HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${300 * MB}\r\n\r\n`);
  const piece = Buffer.alloc(MB, 'x');
  let sent = 0;
  const end = Date.now() + 4000;
  while (!socket.destroyed && Date.now() < end && sent < 300) {
    sent += 1;
    if (!socket.write(piece))
      await Promise.race([
        new Promise((drained) => socket.once('drain', drained)),
        new Promise((closed) => socket.once('close', closed)),
        wait(end - Date.now()),
      ]);
  }
  // What the system itself buffers.
  expect(sent).toBeLessThan(32);
  expect(socket.destroyed).toBe(true);
});

test('hundreds of connections without the token do not keep the window out, and are closed', async () => {
  // In waves: where more wait than the system lets wait, the system drops some, and their clients never learn that they are closed.
  const idle: Socket[] = [];
  while (idle.length < 1200) idle.push(...(await Promise.all(Array.from({ length: 20 }, open))));
  const ended = Promise.all(idle.map((socket) => new Promise<void>((closed) => (socket.destroyed ? closed() : socket.once('close', () => closed())))));
  for (let i = 0; i < 5; i++) expect(await isAnswered()).toBe(true);
  // A request that is refused does not keep its connection open, and one that is never complete ends.
  for (const socket of idle.slice(-20)) socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  for (const socket of idle.slice(-40, -20)) socket.write('GET / HTTP/1.1\r\nHost: ');
  await ended;
  expect(await isAnswered()).toBe(true);
}, 120_000);
