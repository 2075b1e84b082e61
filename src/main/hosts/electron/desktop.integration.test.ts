import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ACTIONS } from '../../../shared/app/actions.ts';
import { PROCEDURES } from '../../../shared/contract/index.ts';
import { DESKTOP_CHANNELS } from '../../../shared/app/desktop.ts';
import { packageProgram } from '../../../../testing/packaged-program.ts';
import { readLog } from '../../services/diagnostics/problem-log.ts';
import { SAFETY_HEADERS } from '../../services/studio/safety-headers.ts';
import { PROJECT_FILE } from '../../project/store/project-file.ts';
import type { StudioClient } from '../../../../testing/web-host.ts';
import { app, ipcMain, MessageChannelMain, seen } from '../../../../testing/electron-stand-in.ts';
import { ffmpeg, ONE_FACE, temporaryFolder } from '../../../../testing/videos.ts';

// The built files run unchanged in Node: vitest.config.ts does not transform them or the stand-in.
registerHooks({
  resolve: (name, context, next) => next(name === 'electron' ? new URL('../../../../testing/electron-stand-in.ts', import.meta.url).href : name, context),
});

const OUT = new URL('../../../../out/', import.meta.url);
const { connect, chooseFolder, chooseVideos, chooseLabels, chooseProjects, chooseTables, chooseModels, showInFolder, language, action } = DESKTOP_CHANNELS;

beforeAll(async () => {
  // The Node 24 binary runs vitest and the build.
  const built = spawnSync(process.execPath, ['node_modules/electron-vite/bin/electron-vite.js', 'build'], {
    cwd: new URL('../../../..', import.meta.url),
    encoding: 'utf8',
  });
  expect(built.stderr + built.stdout).toContain('built in');
  expect(built.status).toBe(0);
  await import(/* @vite-ignore */ new URL('main/index.js', OUT).href);
  await until(() => seen.windows[0]?.shown === true);
});
afterAll(() => app.quit());

async function until(condition: () => unknown, seconds = 10): Promise<void> {
  for (let i = 0; i < seconds * 40; i++) {
    if (condition() === true) return;
    await wait(25);
  }
  throw new Error(`it did not come about in ${seconds} s: ${String(condition)}`);
}

/** The frame that sends a message. */
const fromWindow = (): unknown => ({ sender: seen.windows[0]!.webContents, senderFrame: { url: 'app://studio/index.html', parent: null } });

/** A client of the API, connected like a window by the preload script. */
function client(): StudioClient {
  const { port1, port2 } = new MessageChannelMain();
  ipcMain.emit(connect, { ...(fromWindow() as object), ports: [port2] });
  port1.start();
  return createORPCClient(new RPCLink({ port: port1 as unknown as ConstructorParameters<typeof RPCLink>[0]['port'] }));
}

describe('the built desktop program', () => {
  test('opens one window without access to Node, on its own origin', () => {
    expect(seen.windows.length).toBe(1);
    const [window] = seen.windows;
    expect(window!.address).toBe('app://studio/index.html');
    // Exactly these: no experimental features, no features of Blink, no partition of its own.
    expect(window!.options.webPreferences).toEqual({
      preload: expect.stringMatching(/preload.index\.cjs$/) as string,
      spellcheck: false,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
    });
    expect(existsSync(window!.options.webPreferences['preload'] as string)).toBe(true);
    expect(seen.sandboxed).toBe(true);
  });

  test('blocks navigation, new windows, webviews and all permissions', () => {
    const { webContents } = seen.windows[0]!;
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      const preventDefault = vi.fn();
      webContents.emit(event, { preventDefault, url: 'https://example.org' });
      expect(preventDefault).toHaveBeenCalled();
    }
    expect(webContents.openHandler?.({ url: 'https://example.org' })).toEqual({ action: 'deny' });
    const decide = vi.fn();
    seen.permissionRequest?.(webContents, 'media', decide);
    expect(decide).toHaveBeenCalledWith(false);
    expect(seen.permissionCheck?.()).toBe(false);
  });

  test.each([
    ['https://example.org/', true],
    ['http://127.0.0.1:5173/', true],
    ['ws://example.org/', true],
    ['file:///etc/passwd', true],
    ['app://studio/index.html', false],
    ['blob:app://studio/1', false],
  ])('a request to %s is cancelled: %s', (url, cancel) => {
    const decide = vi.fn();
    seen.beforeRequest?.({ url }, decide);
    expect(decide).toHaveBeenCalledWith({ cancel });
  });

  test.each([
    ['app://studio/', 200],
    ['app://studio/nothing.js', 404],
    ['app://studio/media/nothing', 404],
    ['app://studio/..%2f..%2fpackage.json', 404],
    ['app://studio.evil/', 404],
    ['app://other/index.html', 404],
  ])('%s is answered with %s, and with the headers of every response', async (url, status) => {
    const response = await seen.protocols.get('app')!(new Request(url));
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject(SAFETY_HEADERS);
  });

  test('its scheme is not exempt from the content security policy, and its menu has no developer tools', () => {
    expect(seen.privileges).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]);
    const roles = seen.menu!.template.flatMap(({ role, submenu }) => [role, ...(submenu ?? []).map((entry) => entry.role)]);
    expect(roles).not.toContain('toggleDevTools');
    expect(roles).not.toContain('viewMenu');
  });

  test('processes that end by themselves are in the log of problems; those that were stopped are not', () => {
    for (const reason of ['oom', 'killed', 'clean-exit']) app.emit('child-process-gone', {}, { type: 'Utility', reason, exitCode: 9, name: 'AdaTosk engine' });
    expect(readLog().match(/AdaTosk engine: .*/g)).toEqual(['AdaTosk engine: oom, exit code 9']);
  });

  test('a crashed window is reloaded; a closed one is not', () => {
    const { webContents } = seen.windows[0]!;
    webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(webContents.reloads).toBe(1);
    expect(readLog()).toContain('window: its process ended: crashed');
  });

  test('has a menu with all actions, which are sent to the window', () => {
    const entries = seen.menu!.template.flatMap(({ submenu }) => submenu ?? []).filter(({ id }) => id !== undefined);
    expect(entries.map(({ id }) => id).sort()).toEqual(
      ACTIONS.filter(({ menu }) => menu !== undefined)
        .map(({ id }) => id)
        .sort(),
    );
    expect(entries.find(({ id }) => id === 'library.addFolder')).toMatchObject({ accelerator: 'CmdOrCtrl+Shift+A', registerAccelerator: false });
    entries.find(({ id }) => id === 'project.open')!.click!();
    expect(seen.windows[0]!.webContents.sent).toContainEqual([action, 'project.open']);
  });

  test('has the menu in the language of the window; other pages cannot change it', () => {
    const labels = (): unknown[] => [seen.menu!.template[0]!.label, seen.menu!.template[0]!.submenu!.find(({ id }) => id === 'project.open')!.label];
    expect(labels()).toEqual(['File', 'Open project…']);
    ipcMain.emit(language, fromWindow(), 'de');
    expect(labels()).toEqual(['Datei', 'Projekt öffnen…']);
    ipcMain.emit(language, fromWindow(), 'xx');
    ipcMain.emit(language, { ...(fromWindow() as object), senderFrame: { url: 'https://evil.example/', parent: null } }, 'en');
    expect(labels()).toEqual(['Datei', 'Projekt öffnen…']);
    ipcMain.emit(language, fromWindow(), 'en');
    expect(labels()).toEqual(['File', 'Open project…']);
  });
});

describe('the bridge of the window', () => {
  test('the preload script and the host use exactly the same channels', async () => {
    expect([...seen.handled.keys()].sort()).toEqual([chooseFolder, chooseVideos, chooseLabels, chooseProjects, chooseTables, chooseModels].sort());
    expect(ipcMain.eventNames().sort()).toEqual([connect, language, showInFolder].sort());
    const bridge = await runPreload();
    expect(Object.keys(bridge.exposed)).toEqual(['studio']);
    expect(Object.keys(bridge.exposed['studio'] as object).sort()).toEqual([
      'chooseFolder',
      'chooseLabels',
      'chooseModels',
      'chooseProjects',
      'chooseTables',
      'chooseVideos',
      'host',
      'onAction',
      'pathOf',
      'setLanguage',
      'showInFolder',
    ]);
    (bridge.exposed['studio'] as { chooseFolder: (title: string) => void }).chooseFolder('x');
    (bridge.exposed['studio'] as { chooseVideos: (title: string) => void }).chooseVideos('x');
    (bridge.exposed['studio'] as { chooseLabels: (title: string) => void }).chooseLabels('x');
    (bridge.exposed['studio'] as { chooseProjects: (title: string) => void }).chooseProjects('x');
    (bridge.exposed['studio'] as { chooseTables: (title: string) => void }).chooseTables('x');
    (bridge.exposed['studio'] as { chooseModels: (title: string) => void }).chooseModels('x');
    (bridge.exposed['studio'] as { showInFolder: (path: string) => void }).showInFolder('/copies');
    (bridge.exposed['studio'] as { setLanguage: (code: string) => void }).setLanguage('de');
    bridge.emit({ source: bridge.window, data: connect, ports: ['a port'] });
    bridge.emit({ source: 'another window', data: connect, ports: ['its port'] });
    bridge.emit({ source: bridge.window, data: 'something else', ports: ['a port'] });
    expect(bridge.used).toEqual([
      `invoke ${chooseFolder}`,
      `invoke ${chooseVideos}`,
      `invoke ${chooseLabels}`,
      `invoke ${chooseProjects}`,
      `invoke ${chooseTables}`,
      `invoke ${chooseModels}`,
      `send ${showInFolder} /copies`,
      `send ${language} de`,
      `post ${connect} a port`,
    ]);
  });

  test.each([
    ['a page of another origin', { url: 'https://evil.example/', parent: null }],
    ['a frame in the page of the window', { url: 'app://studio/index.html', parent: {} }],
    ['an origin that only begins like the own one', { url: 'app://studio.evil/index.html', parent: null }],
    ['a closed page', null],
  ])('%s cannot use the API or the dialogs', async (_, senderFrame) => {
    const { port1, port2 } = new MessageChannelMain();
    ipcMain.emit(connect, { sender: seen.windows[0]!.webContents, senderFrame, ports: [port2] });
    expect(port2.closed).toBe(true);
    expect(port1.listenerCount('message')).toBe(0);
    seen.chosen = ['/secret'];
    expect(await seen.handled.get(chooseFolder)!({ sender: seen.windows[0]!.webContents, senderFrame }, 'x')).toEqual([]);
    ipcMain.emit(showInFolder, { sender: seen.windows[0]!.webContents, senderFrame }, '/secret');
    expect(seen.shown).toEqual([]);
  });

  test('shows a folder in the file manager, by its full path only', () => {
    for (const path of ['copies', 7, '/copies/Ann']) ipcMain.emit(showInFolder, fromWindow(), path);
    expect(seen.shown).toEqual(['/copies/Ann']);
  });

  test('the page of the window receives the folder that the user chose', async () => {
    seen.chosen = ['/videos'];
    expect(await seen.handled.get(chooseFolder)!(fromWindow(), 'x')).toEqual(['/videos']);
  });

  test('file dialogs have filters in the language of the window', async () => {
    ipcMain.emit(language, fromWindow(), 'de');
    await seen.handled.get(chooseVideos)!(fromWindow(), 'x');
    expect(seen.filters).toEqual(['Videos', 'Alle Dateien']);
    ipcMain.emit(language, fromWindow(), 'en');
    await seen.handled.get(chooseLabels)!(fromWindow(), 'x');
    expect(seen.filters).toEqual(['Labels', 'All files']);
  });
});

describe('the scheme app:', () => {
  const get = (url: string, headers: Record<string, string> = {}): Promise<Response> => seen.protocols.get('app')!(new Request(url, { headers }));

  test('is standard, secure and supports streams, so that videos are seekable', () => {
    expect(seen.privileges).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]);
  });

  test('serves the window with its content security policy, and no other hosts or folders', async () => {
    const page = await get('app://studio/index.html');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*media-src 'self'/);
    for (const url of ['app://elsewhere/index.html', 'app://studio/..%2fmain/index.js', 'app://studio/media/nothing'])
      expect((await get(url)).status).toBe(404);
  });
});

describe('the API over message ports', () => {
  test('a batch runs in utility processes, and its video is served in ranges', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'videos'));
    await ffmpeg('-i', ONE_FACE, '-t', '1', '-an', join(folder, 'videos', 'a.mp4'));
    await copyFile(ONE_FACE, join(folder, 'unread.mp4'));
    const studio = client();
    expect(await studio.about.program()).toMatchObject({ host: 'desktop', project: null });
    await expect(studio.library.list()).rejects.toMatchObject({ code: 'STUDIO', data: { code: 'no-project' } });
    await studio.project.open({ folder: join(folder, 'project'), create: true });
    await studio.queue.add({ paths: [join(folder, 'videos')], device: 'cpu' });
    let states: string[] = [];
    await until(() => {
      void studio.queue.state().then(({ jobs }) => (states = jobs.map(({ status, failure }) => `${status} ${failure?.id ?? ''}`)));
      return states.length === 1 && !/waiting|running/.test(states[0]!);
    }, 50);
    expect(states).toEqual(['done ']);
    expect(seen.utilities).toEqual(['queue-utility.js', 'engine-host.js', 'engine-host.js']);
    const [video] = await studio.library.list();
    expect(video!.analysed).toMatchObject({ status: 'done', faces: 1 });
    const { address } = await studio.library.media({ video: video!.id });
    const part = await seen.protocols.get('app')!(new Request(`app://studio${address}`, { headers: { range: 'bytes=0-9' } }));
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
    expect(PROCEDURES.length).toBeGreaterThan(30);
  });

  test.each(['second-instance', 'open-file'])('opens a double-clicked project while the program runs (%s)', async (event) => {
    const folder = join(await temporaryFolder(), 'Étude 2');
    const studio = client();
    await studio.project.open({ folder, create: true });
    await studio.project.close();
    const file = join(folder, PROJECT_FILE);
    if (event === 'open-file') app.emit(event, { preventDefault: () => undefined }, file);
    else app.emit(event, {}, ['/opt/adatosk-studio', '--flag', file]);
    await until(() => {
      void studio.about.program().then(({ project }) => (opened = project?.folder));
      return opened === folder;
    });
  });
  let opened: string | undefined;

  test('before it quits, running jobs return to the queue and the project is closed', async () => {
    app.quit();
    expect(seen.quits).toBe(0);
    await until(() => seen.quits === 1);
    await expect(client().library.list()).rejects.toMatchObject({ data: { code: 'no-project' } });
  });
});

describe('the packaged program', () => {
  test('has its fuses, all imported files and its models, and no separate Node', async () => {
    const { binary, resources, contents } = await packageProgram(await temporaryFolder());
    const fuses = await getCurrentFuseWire(binary);
    const state = (fuse: FuseV1Options): FuseState | undefined => fuses[fuse];
    for (const off of [FuseV1Options.RunAsNode, FuseV1Options.EnableNodeOptionsEnvironmentVariable, FuseV1Options.EnableNodeCliInspectArguments])
      expect(state(off)).toBe(FuseState.DISABLE);
    for (const on of [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, FuseV1Options.OnlyLoadAppFromAsar]) expect(state(on)).toBe(FuseState.ENABLE);
    expect(state(FuseV1Options.GrantFileProtocolExtraPrivileges)).toBe(FuseState.DISABLE);
    const built = (await readdir(join(contents, 'out/main'), { recursive: true })).filter((file) => file.endsWith('.js'));
    const loaded = new Set<string>();
    for (const file of built) {
      const code = await readFile(join(contents, 'out/main', file), 'utf8');
      for (const [, name] of code.matchAll(/^import .*?["']([^"'.][^"']*)["'];$|(?<=import\()["']([^"'.][^"']*)["']\)/gm))
        if (name !== undefined) loaded.add(name);
    }
    const packages = [...loaded].filter((name) => !name.startsWith('node:') && name !== 'electron');
    expect(packages.length).toBeGreaterThan(8);
    // A separate process in that folder cannot find files of the working copy.
    const load = `for (const name of ${JSON.stringify(packages)}) await import(name); console.log('all loaded');`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', load], { cwd: contents, encoding: 'utf8' });
    expect(run.stdout + run.stderr).toContain('all loaded');
    for (const file of ['models/adatosk-tiny/model.onnx', 'models/blazeface-back/model.onnx', 'samples/truth.json', 'THIRD_PARTY_LICENCES.txt'])
      expect(existsSync(join(resources, file)), file).toBe(true);
    expect(existsSync(join(contents, 'node_modules/node'))).toBe(false);
    expect(existsSync(join(resources, 'app.asar.unpacked/node_modules/better-sqlite3'))).toBe(true);
  });
});

/** Runs the built preload script with the globals of a sandboxed one. */
async function runPreload(): Promise<{ exposed: Record<string, unknown>; used: string[]; window: object; emit: (event: object) => void }> {
  const exposed: Record<string, unknown> = {};
  const used: string[] = [];
  const listeners: ((event: object) => void)[] = [];
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, value: unknown) => (exposed[name] = value) },
    ipcRenderer: {
      invoke: (channel: string) => used.push(`invoke ${channel}`),
      send: (channel: string, message: unknown) => used.push(`send ${channel} ${String(message)}`),
      postMessage: (channel: string, _message: unknown, ports: unknown[]) => used.push(`post ${channel} ${ports.join()}`),
      on: (channel: string) => used.push(`on ${channel}`),
      off: (channel: string) => used.push(`off ${channel}`),
    },
    webUtils: { getPathForFile: () => '/path' },
  };
  const window = { addEventListener: (_type: string, listener: (event: object) => void) => listeners.push(listener) };
  const code = await readFile(new URL('preload/index.cjs', OUT), 'utf8');
  const requireElectron = (name: string): unknown => {
    if (name !== 'electron') throw new Error(`a sandboxed preload script cannot load ${name}`);
    return electron;
  };
  new Function('require', 'window', 'exports', 'module', code)(requireElectron, window, {}, { exports: {} });
  return { exposed, used, window, emit: (event) => listeners.forEach((listener) => listener(event)) };
}
