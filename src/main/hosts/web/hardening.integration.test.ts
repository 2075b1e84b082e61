import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openTestHost } from '../../../../testing/web-host.ts';
import { ONE_FACE } from '../../../../testing/videos.ts';
import { readLog } from '../../services/diagnostics/problem-log.ts';
import { SAFETY_HEADERS } from '../../services/studio/safety-headers.ts';

/** Attacks on a local web server, each as the bytes of a request. */
const it = await openTestHost();
const { host, token, log, studio, folder } = it;
const port = Number(new URL(host.origin).port);
afterAll(() => it.close());

const own = { authorization: `Bearer ${token}` };
const HOSTILE = ['a"b; filename="x.html.mp4', 'line\r\nSet-Cookie: stolen=1.mp4', '<img src=x onerror=alert(1)>.mp4', 'ü 日本.mp4'];

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function sendRequest(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length: Record<string, string> = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers: { ...headers, ...length } }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends bytes as they are. @returns all that the server sends until it closes the connection, or until `enough` */
function sendBytes(bytes: string, enough = /\r\n\r\n/): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (enough.test(text)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(text));
  });
}

const call = (headers: Record<string, string>, path = '/rpc/library/list', method = 'POST'): Promise<Answer> =>
  sendRequest(path, { 'content-type': 'application/json', ...headers }, method, method === 'GET' ? '' : '{"json":null}');

let addresses: string[] = [];
beforeAll(async () => {
  const videos = join(folder, 'videos');
  await mkdir(videos);
  for (const [i, name] of HOSTILE.entries()) {
    await copyFile(ONE_FACE, join(videos, name));
    await writeFile(join(videos, name), Buffer.alloc(i + 1), { flag: 'a' });
  }
  const client = it.client();
  await client.library.add({ paths: [videos] });
  addresses = await Promise.all((await client.library.list()).map(async ({ id }) => (await client.library.media({ video: id })).address));
  expect(addresses).toHaveLength(HOSTILE.length);
});

test('only 127.0.0.1 is listened on, not every address of the computer', async () => {
  const reach = (address: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: address, timeout: 2000 });
      for (const event of ['error', 'timeout'] as const) socket.once(event, () => resolve(false));
      socket.once('connect', () => resolve(true));
      socket.once('connect', () => socket.destroy());
    });
  expect(await reach('127.0.0.1')).toBe(true);
  // All of 127.* are this computer on Linux; other systems have no such address at all.
  expect(await reach('127.0.0.2')).toBe(false);
});

describe('every response', () => {
  test.each([
    ['the page', 200, () => sendRequest('/', own)],
    ['the API', 200, () => call(own)],
    ['a rejected call', 403, () => call({})],
    ['an unknown procedure', 404, () => call(own, '/rpc/library/nothing')],
    ['wrong input', 400, () => sendRequest('/rpc/project/open', { ...own, 'content-type': 'application/json' }, 'POST', '{"json":{"folder":7}}')],
    ['the page for an old address', 403, () => sendRequest('/', { accept: 'text/html' })],
    ['the first visit', 303, () => sendRequest(`/?token=${token}`)],
    ['a missing file', 404, () => sendRequest('/nothing.html', own)],
    ['a method that is not supported', 405, () => sendRequest('/', own, 'PUT')],
    ['a part of a video', 206, () => sendRequest(addresses[0]!, { ...own, range: 'bytes=0-9' })],
    ['a range outside a video', 416, () => sendRequest(addresses[0]!, { ...own, range: 'bytes=99999999999-' })],
    ['a missing video', 404, () => sendRequest('/media/nothing', own)],
    ['a missing thumbnail', 404, () => sendRequest('/thumbnails/nothing', own)],
  ])('is not kept, not guessed, not framed and not readable for other sites: %s', async (_, status, send) => {
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(SAFETY_HEADERS);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('does not name the server or its version', async () => {
    const { headers } = await sendRequest('/', own);
    expect([headers['server'], headers['x-powered-by']]).toEqual([undefined, undefined]);
  });
});

describe('requests of other sites', () => {
  test('a preflight is rejected, with the token too, and allows no origin', async () => {
    const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
    for (const headers of [preflight, { ...preflight, ...own }]) {
      const answer = await sendRequest('/rpc/library/list', headers, 'OPTIONS');
      expect(answer.status).toBe(403);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'a form (%s), which needs no preflight, cannot call the API with the cookie',
    async (type) => {
      const cookie = String((await sendRequest(`/?token=${token}`)).headers['set-cookie']).split(';')[0]!;
      expect((await sendRequest('/rpc/project/close', { cookie, 'content-type': type }, 'POST', '{"json":null}')).status).toBe(403);
      expect(studio.hasProject).toBe(true);
    },
  );

  test.each(['GET', 'HEAD', 'PUT', 'DELETE'])('a procedure is not called by %s', async (method) => {
    const { status, headers } = await call(own, '/rpc/project/close', method);
    expect([status, headers.allow]).toEqual([405, 'POST']);
    expect(studio.hasProject).toBe(true);
  });

  test.each([
    ['another name', 'localhost.evil.example'],
    ['no port', '127.0.0.1'],
    ['another port', '127.0.0.1:1'],
    ['a user in the name', `evil@127.0.0.1:0`],
    ['a list', `127.0.0.1:0, evil.example`],
    ['every address', '0.0.0.0:0'],
    ['the same address, written in another way', '2130706433:0'],
  ])('a Host with %s is rejected', async (_, name) => {
    expect((await sendRequest('/', { ...own, host: name.replace(':0', `:${port}`) })).status).toBe(403);
  });

  test('a request without Host, or with two of them, is rejected', async () => {
    const head = `GET / HTTP/1.1\r\nAuthorization: Bearer ${token}\r\n`;
    expect(await sendBytes(`${head}\r\n`)).toMatch(/^HTTP\/1.1 400/);
    const first = await sendBytes(`${head}Host: evil.example\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    expect(first).toMatch(/^HTTP\/1.1 40[03]/);
    const second = await sendBytes(`${head}Host: 127.0.0.1:${port}\r\nHost: evil.example\r\n\r\n`);
    expect(second).toMatch(/^HTTP\/1.1 40[03]/);
  });

  test.each(['cross-site', 'same-site', 'cross-site, same-origin', ''])('a request with Sec-Fetch-Site %j is rejected', async (site) => {
    expect((await sendRequest('/', { ...own, 'sec-fetch-site': site })).status).toBe(403);
    expect((await sendRequest('/', { ...own, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });
});

describe('paths', () => {
  test.each([
    '/%72pc/library/list',
    '/./rpc/library/list',
    '//rpc/library/list',
    '/assets/../rpc/library/list',
    '/RPC/library/list',
    '/rpc%2flibrary/list',
    '/rpc\\library\\list',
  ])('%s does not reach the API with the cookie', async (path) => {
    const cookie = String((await sendRequest(`/?token=${token}`)).headers['set-cookie']).split(';')[0]!;
    const { status, body } = await call({ cookie }, path);
    expect([403, 404, 405]).toContain(status);
    expect(body).not.toContain('mp4');
  });

  test.each([
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%252e%252e%252fetc%252fpasswd',
    '/..%5c..%5cwindows%5cwin.ini',
    '/C:%5cwindows%5cwin.ini',
    '/index.html%00.js',
    '/media/..%2f..%2fproject.adatosk',
    '/media/%2e%2e%5cproject.adatosk',
    '/thumbnails/..%2f..%2fproject.adatosk',
    '/thumbnails/%00/1',
    '/',
  ])('%s serves the page or nothing', async (path) => {
    const { status, body } = await sendRequest(path, own);
    expect([status, body]).toEqual(path === '/' ? [200, '<p>window</p>'] : [404, '']);
  });

  test('the address of another server is not answered for it', async () => {
    const answer = await sendBytes(`GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 404/);
    expect(await sendBytes(`CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`)).toBe('');
  });
});

describe('names of files', () => {
  test.each([0, 1, 2, 3])('with quotes, line breaks, markup or umlauts reach no header (%s)', async (i) => {
    const { status, headers, body } = await sendRequest(addresses[i]!, { ...own, range: 'bytes=0-9' });
    expect([status, body.length]).toEqual([206, 10]);
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['content-disposition']).toBeUndefined();
    const sent = ['accept-ranges', 'connection', 'content-length', 'content-range', 'content-type', 'date', 'keep-alive', ...Object.keys(SAFETY_HEADERS)];
    expect(Object.keys(headers).filter((name) => !sent.includes(name))).toEqual([]);
  });

  test('line breaks in a request are rejected, and one request is one line of the log', async () => {
    const before = log.length;
    expect(await sendBytes(`GET /a\rSet-Cookie:x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)).toMatch(/^HTTP\/1.1 400/);
    expect((await sendRequest('/a%0d%0aSet-Cookie:%20x', own)).headers['set-cookie']).toBeUndefined();
    expect(log.slice(before).every((line) => !/[\r\n]/.test(line))).toBe(true);
  });
});

describe('limits', () => {
  test.each([
    ['many ranges', `bytes=${Array.from({ length: 500 }, (_, i) => `${i}-${i}`).join(',')}`, 200],
    ['a reversed range', 'bytes=9-3', 200],
    ['a negative range', 'bytes=-1-5', 200],
    ['a huge range', `bytes=0-${'9'.repeat(300)}`, 206],
  ])('%s never sends more than the file', async (_, range, status) => {
    const whole = await sendRequest(addresses[0]!, own);
    const answer = await sendRequest(addresses[0]!, { ...own, range });
    expect([answer.status, answer.body.length]).toEqual([status, whole.body.length]);
  });

  test('a head of more than 16 KB is rejected', async () => {
    const answer = await sendBytes(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431/);
  });

  test('two lengths of one body, which a second server could read differently, are rejected', async () => {
    const head = `POST /rpc/library/list HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nContent-Length: 4\r\n`;
    expect(await sendBytes(`${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toMatch(/^HTTP\/1.1 400/);
    expect(await sendBytes(`${head}Content-Length: 5\r\n\r\nabcd`)).toMatch(/^HTTP\/1.1 400/);
  });
});

describe('faults of the program', () => {
  test('their text is in the log, and not in the answer', async () => {
    const before = log.length;
    const publish = vi.spyOn(studio, 'publish').mockImplementationOnce(() => {
      throw new Error("secret of '/home/ann/Müller.mp4'");
    });
    const { status, body } = await sendRequest('/rpc/library/look', { ...own, 'content-type': 'application/json' }, 'POST', '{"json":{}}');
    publish.mockRestore();
    expect(status).toBe(500);
    expect(body).not.toMatch(/secret|home|at .*\.ts/);
    expect(log.slice(before).join('\n')).toContain('secret of');
    expect(readLog()).toContain("library.look: Error: secret of '<path>.mp4'\n");
  });

  test('an error while a file is served is an answer without text', async () => {
    const hasProject = vi.spyOn(studio, 'hasProject', 'get').mockImplementation(() => {
      throw new Error('secret of /home/ann');
    });
    const { status, body } = await sendRequest(addresses[0]!, own);
    hasProject.mockRestore();
    expect([status, body]).toEqual([500, '']);
  });
});
