import { step } from '../../../shared/annotation/steps.ts';
import { copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { StudioEvent } from '../../../shared/contract/events.ts';
import { contract, PROCEDURES } from '../../../shared/contract/index.ts';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { furnish, someSegment } from '../../../../testing/project.ts';
import type { StudioClient } from '../../../../testing/web-host.ts';
import { openTestHost } from '../../../../testing/web-host.ts';
import { ffmpeg, ONE_FACE } from '../../../../testing/videos.ts';
import { applyEdit } from '../../project/edits.ts';
import { openProject } from '../../project/store/open-project.ts';
import { router } from '../../services/api/router.ts';

const it = await openTestHost();
const { host, token, log, studio, folder } = it;
const port = Number(new URL(host.origin).port);
const known = furnish(studio.project);
afterAll(() => it.close());

/** A request with a Host header, which fetch does not allow. */
function sendRequest(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body = '',
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port, path, method, headers: { ...headers, ...(body === '' ? {} : { 'content-length': Buffer.byteLength(body) }) } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
const own = { authorization: `Bearer ${token}` };

async function failure(work: Promise<unknown>): Promise<{ code: string; message: string; data: { code: string; remedy: string } }> {
  try {
    await work;
  } catch (error) {
    return error as Awaited<ReturnType<typeof failure>>;
  }
  throw new Error('it did not fail');
}

describe('the request guard', () => {
  test.each([
    ['without the token', '/', {}],
    ['with a wrong token', '/', { authorization: 'Bearer nonsense' }],
    ['with a wrong token in the address', '/?token=nonsense', {}],
    ['with a foreign Host', '/', { ...own, host: 'evil.example' }],
    ['with a Host that only begins like the own one', '/', { ...own, host: `127.0.0.1.evil.example:${port}` }],
    ['from a page of another site', '/rpc/library/list', { ...own, origin: 'https://evil.example' }],
    ['from a page of another port of this computer', '/rpc/library/list', { ...own, origin: 'http://127.0.0.1:1' }],
    ['from a page without an origin', '/rpc/library/list', { ...own, origin: 'null' }],
    ['embedded in another site', '/', { ...own, 'sec-fetch-site': 'cross-site' }],
  ])('a request %s is rejected and logged', async (_, path, headers) => {
    const before = log.length;
    const { status, body } = await sendRequest(path, headers);
    expect(status).toBe(403);
    expect(body).not.toContain('window');
    expect(log.slice(before)).toEqual([expect.stringMatching(/^refused {2}GET /)]);
    expect(log.join('\n')).not.toContain(token);
  });

  test('a person who opens an old address gets a page that says what to do, in both languages', async () => {
    const { status, headers, body } = await sendRequest('/', { accept: 'text/html,*/*' });
    expect([status, headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(body).toContain('Open the address that <code>adatosk serve</code> printed');
    expect(body).toContain('Diese Adresse gilt nicht mehr');
  });

  test('the printed address sets a cookie for this host and redirects to an address without the token', async () => {
    const first = await sendRequest(host.address.slice(host.origin.length));
    expect([first.status, first.headers['location']]).toEqual([303, `/#key=${token}`]);
    const cookie = String(first.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    const page = await sendRequest('/', { cookie: cookie.split(';')[0]! });
    expect([page.status, page.body]).toEqual([200, '<p>window</p>']);
    expect(String(page.headers['content-security-policy'])).toMatch(/default-src 'none'/);
  });

  test('the cookie, which other ports of this computer receive too, is not the token and does not open the API', async () => {
    const first = await sendRequest(host.address.slice(host.origin.length));
    const cookie = String(first.headers['set-cookie']).split(';')[0]!;
    expect(cookie).not.toContain(token);
    const call = (headers: Record<string, string>, path = '/rpc/library/list'): Promise<{ status: number }> =>
      sendRequest(path, { 'content-type': 'application/json', ...headers }, 'POST', '{"json":null}');
    expect((await call(own)).status).toBe(200);
    expect((await call({ cookie })).status).toBe(403);
    expect((await call({}, `/rpc/library/list?token=${token}`)).status).toBe(403);
    expect((await call({ authorization: `Bearer ${cookie.split('=')[1]}` })).status).toBe(403);
    // Its value is no token for the address either, which would answer with the token.
    expect((await sendRequest(`/?token=${cookie.split('=')[1]}`)).status).toBe(403);
    expect(JSON.stringify(await sendRequest('/', { cookie }))).not.toContain(token);
    expect((await sendRequest('/media/nothing', { cookie })).status).toBe(404);
  });

  test.each([
    '/../window-secret',
    '/..%2f..%2fetc%2fpasswd',
    '/%2e%2e/secret.js',
    '/media/..%2f..%2fetc%2fpasswd',
    '/media/%00',
    '/media/%E0%A4%A',
    '/nothing.html',
  ])('%s is not served', async (path) => {
    const before = log.length;
    const { status, body } = await sendRequest(path, own);
    expect(status).toBe(404);
    expect(body).not.toContain('root:');
    expect(log.length).toBeGreaterThan(before);
  });

  test.each([
    ['not JSON', '{'],
    ['JSON of another shape', '{"json":{"folder":7}}'],
    ['empty', '{"json":{}}'],
  ])('a body that is %s is rejected and has no effect', async (_, body) => {
    const { status } = await sendRequest('/rpc/project/open', { ...own, 'content-type': 'application/json' }, 'POST', body);
    expect(status).toBe(400);
    expect(studio.project.state.folder).toBe(join(folder, 'project'));
  });

  test('a body that is too large is rejected', async () => {
    expect(await statusWhileSending('Transfer-Encoding: chunked')).toBe(411);
    expect(await statusWhileSending(`Content-Length: ${300 * 1024 * 1024}`)).toBe(413);
    // Without a token, the body is not read either.
    expect(await statusWhileSending(`Content-Length: ${300 * 1024 * 1024}`, 'wrong')).toBe(403);
    expect((await sendRequest('/', own)).status).toBe(200);
  });
});

/** The status of the response while a large body is still being sent. A closed connection without a response is an error. */
async function statusWhileSending(length: string, bearer = token): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  let text = '';
  const answered = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      resolve();
    });
  });
  const head = ['POST /rpc/edits/apply HTTP/1.1', `Host: 127.0.0.1:${port}`, `Authorization: Bearer ${bearer}`, 'Content-Type: application/json', length];
  socket.write(`${head.join('\r\n')}\r\n\r\n100000\r\n${'x'.repeat(0x100000)}`);
  await answered;
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);
}

test('a connection that was idle for a long time still accepts requests', async () => {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const request = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  socket.write(request);
  // The default limit of Node is 5 s.
  await wait(6500);
  socket.write(request);
  await wait(500);
  socket.destroy();
  expect(text.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
});

describe('the API', () => {
  test('has exactly the procedures of the contract', () => {
    const served = Object.entries(router).flatMap(([group, procedures]) => Object.keys(procedures).map((name) => `${group}.${name}`));
    expect(served.sort()).toEqual([...PROCEDURES].sort());
    expect(Object.keys(contract)).toContain('edits');
  });

  test('an error keeps its code, its sentence and its remedy', async () => {
    const error = await failure(it.client().project.open({ folder: join(folder, 'nowhere') }));
    expect(error).toMatchObject({
      code: 'STUDIO',
      data: { code: 'project-missing', id: 'project-missing', parameters: { folder: expect.stringMatching(/nowhere$/) as string } },
    });
    expect(error.message).toMatch(/There is no project in .*nowhere/);
  });

  test('a relative path is rejected', async () => {
    const error = await failure(it.client().library.add({ paths: ['../../etc/passwd'] }));
    expect(error.data.code).toBe('wrong-usage');
  });

  test('an edit with an unknown or read-only column is rejected', async () => {
    const misspelt = { table: 'segment', kind: 'insert', row: { ...someSegment(known.annLayer, 1), start: 3 } } as unknown as RowEdit;
    const path = { table: 'video', kind: 'update', id: known.video, revision: 1, set: { path: '/etc/passwd' } } as unknown as RowEdit;
    for (const row of [misspelt, path])
      expect(await failure(it.client().edits.apply({ coderId: known.ann, step: step('other', { text: 'test' }), rows: [row] }))).toMatchObject({
        code: 'BAD_REQUEST',
      });
  });

  test('models are listed with their cards, and untrained ones with a warning', async () => {
    const models = await it.client().about.models();
    expect(models.map(({ id }) => id)).toContain('adatosk-tiny');
    for (const { card, trained, warnings } of models) {
      expect(card.length).toBeGreaterThan(100);
      if (!trained) expect(warnings.map(({ id }) => id)).toContain('model/untrained');
    }
  });
});

/** Collects events until it is closed. */
async function listener(
  client: StudioClient,
): Promise<{ events: StudioEvent[]; until: (kind: StudioEvent['kind']) => Promise<StudioEvent>; close: () => void }> {
  const stop = new AbortController();
  const events: StudioEvent[] = [];
  const stream = await client.project.events(undefined, { signal: stop.signal });
  void (async () => {
    for await (const event of stream) events.push(event);
  })().catch(() => undefined);
  const until = async (kind: StudioEvent['kind']): Promise<StudioEvent> => {
    for (let i = 0; i < 200; i++) {
      const found = events.find((event) => event.kind === kind);
      if (found !== undefined) return found;
      await wait(25);
    }
    throw new Error(`no '${kind}' came, but ${events.map((event) => event.kind).join(', ') || 'nothing'}`);
  };
  return { events, until, close: () => stop.abort() };
}

describe('two windows on one project', () => {
  const insert = (label: string): RowEdit => ({ table: 'segment', kind: 'insert', row: someSegment(known.annLayer, 5, { label }) });

  test("receive each other's edits and undos at once, and edits of old revisions are rejected", async () => {
    const [one, two] = [it.client(), it.client()];
    const seen = await listener(two);
    const edit = insert('happiness');
    const made = await one.edits.apply({ coderId: known.ann, step: step('segment.create', { label: 'happiness' }), rows: [edit] });
    expect(await seen.until('edited')).toMatchObject({ coderId: known.ann, edit: { clock: made.clock, step: { kind: 'segment.create' } } });
    const id = made.changes[0]!.id;
    const relabel = (label: string): RowEdit => ({ table: 'segment', kind: 'update', id, revision: made.clock, set: { label } });
    await two.edits.apply({ coderId: known.ann, step: step('segment.relabel', { label: 'anger' }), rows: [relabel('anger')] });
    const late = await failure(one.edits.apply({ coderId: known.ann, step: step('segment.relabel', { label: 'anger' }), rows: [relabel('fear')] }));
    expect(late.data.code).toBe('edit-stale');
    expect((await one.edits.undo({ coder: known.ann }))?.step.kind).toBe('segment.relabel');
    const { segments } = await two.layers.read({ layer: known.annLayer });
    expect(segments.find((segment) => segment.id === id)?.label).toBe('happiness');
    expect((await one.edits.history({ coder: known.ann })).map(({ step: { kind }, state }) => `${kind} ${state}`)).toEqual([
      'segment.relabel undone',
      'segment.create done',
    ]);
    seen.close();
  });

  test('receive the changes of other programs to the project', async () => {
    const seen = await listener(it.client());
    const other = await openProject(join(folder, 'project'));
    const { clock } = applyEdit(other.db, {
      coderId: known.ben,
      step: step('other', { text: 'test' }),
      rows: [{ table: 'segment', kind: 'insert', row: someSegment(known.benLayer, 9) }],
    });
    other.close();
    expect(await seen.until('changed')).toEqual({ kind: 'changed', clock });
    seen.close();
  });
});

describe('videos of the library', () => {
  const videos = join(folder, 'videos');

  test('unusual names are added, listed and served in ranges; a moved file is found by its hash', async () => {
    await mkdir(videos, { recursive: true });
    const names = ['it\'s "quoted".mp4', 'naïve 😀.mp4', 'new\nline.mp4', 'a ..%2f..%2fetc%2fpasswd.mp4'];
    for (const [i, name] of names.entries()) {
      await copyFile(ONE_FACE, join(videos, name));
      await writeFile(join(videos, name), Buffer.alloc(i + 1), { flag: 'a' });
    }
    const client = it.client();
    expect(await client.library.add({ paths: [videos] })).toEqual({ added: names.length, known: 0, problems: [] });
    expect(await client.library.add({ paths: [videos] })).toEqual({ added: 0, known: names.length, problems: [] });
    const listed = (await client.library.list()).filter(({ path }) => path.startsWith(videos));
    expect(listed.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const { id } of listed) {
      const media = await client.library.media({ video: id });
      expect(media).toMatchObject({ playable: true, proxy: false });
      const { status, headers } = await sendRequest(media.address, { ...own, range: 'bytes=0-99' });
      expect([status, headers['content-length'], headers['content-type']]).toEqual([206, '100', 'video/mp4']);
      expect((await sendRequest(media.address, { range: 'bytes=0-99' })).status).toBe(403);
    }
    const times = new Float64Array(await (await client.library.times({ video: listed[0]!.id })).arrayBuffer());
    expect(times.length).toBeGreaterThan(100);

    await mkdir(join(folder, 'moved'));
    const [first] = listed;
    await rename(first!.path, join(folder, 'moved', first!.name));
    expect(await client.library.look({})).toEqual({ missing: 2, relinked: 0 });
    expect((await failure(client.library.media({ video: first!.id }))).data.code).toBe('file-missing');
    expect(await client.library.look({ folders: [join(folder, 'moved')] })).toEqual({ missing: 1, relinked: 1 });
    expect(await client.library.media({ video: first!.id })).toMatchObject({ playable: true });
  });

  test('a proxy that two windows wait for continues when one is closed, and is aborted with the last', async () => {
    const path = join(folder, 'proxied.avi');
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=640x480:rate=25:duration=30', '-c:v', 'mpeg4', path);
    process.env['ADATOSK_CACHE'] = join(folder, 'cache');
    await it.client().library.add({ paths: [path] });
    const { id } = (await it.client().library.list()).find((video) => video.path === path)!;
    expect(await it.client().library.media({ video: id })).toMatchObject({
      playable: false,
      proxy: true,
      reason: { id: 'play/container', parameters: { container: 'AVI' } },
    });
    const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
    const gone = it.client().library.prepare({ video: id }, { signal: first.signal });
    const stays = it.client().library.prepare({ video: id }, { signal: second.signal });
    await wait(400);
    first.abort();
    await expect(gone).rejects.toThrow();
    await stays;
    expect(await it.client().library.media({ video: id })).toMatchObject({ playable: true, proxy: true });
    await rm(join(folder, 'cache'), { recursive: true });
    const alone = it.client().library.prepare({ video: id }, { signal: third.signal });
    const proxies = join(folder, 'cache', 'proxies');
    await expect.poll(() => readdir(proxies).catch(() => []), { timeout: 20_000 }).toHaveLength(1);
    third.abort();
    await expect(alone).rejects.toThrow();
    await wait(1500);
    expect(await readdir(proxies)).toEqual([]);
  });

  test('an unknown id is an error', async () => {
    expect((await failure(it.client().library.media({ video: '../../etc/passwd' }))).data.code).toBe('video-unknown');
  });
});
