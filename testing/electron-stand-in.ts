/**
 * A stand-in for the Electron modules that the desktop host uses, to run its built files where the Electron binary is not
 * available. It records calls; tests emit events. Utility processes are child processes with the same parentPort
 * (utility-process-shim.mjs), including message ports. The behaviour follows the documentation of Electron 45.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Listener = (...args: never[]) => unknown;

/** One end of a message channel. Messages are queued until the other end is started, as in Electron. */
export class StandInPort extends EventEmitter {
  other!: StandInPort;
  closed = false;
  #started = false;
  readonly #waiting: unknown[] = [];

  postMessage(data: unknown): void {
    queueMicrotask(() => this.other.receive(structuredClone(data)));
  }

  receive(data: unknown): void {
    if (this.#started) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }

  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
  }

  close(): void {
    this.closed = true;
    this.other.emit('close');
  }
}

export class MessageChannelMain {
  readonly port1 = new StandInPort();
  readonly port2 = new StandInPort();

  constructor() {
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}

/** Records of everything that the program did, for assertions. */
export const seen = {
  windows: [] as BrowserWindow[],
  privileges: [] as { scheme: string; privileges: Record<string, boolean> }[],
  protocols: new Map<string, (request: Request) => Promise<Response>>(),
  handled: new Map<string, (event: unknown, ...args: unknown[]) => unknown>(),
  menu: null as Menu | null,
  quits: 0,
  sandboxed: false,
  permissionRequest: null as null | ((contents: unknown, permission: string, decide: (granted: boolean) => void) => void),
  permissionCheck: null as null | (() => boolean),
  beforeRequest: null as null | ((details: { url: string }, decide: (answer: { cancel: boolean }) => void) => void),
  dialogs: [] as string[],
  /** Paths that the file manager was asked to show. */
  shown: [] as string[],
  chosen: [] as string[],
  /** Names of the file filters of the last dialog. */
  filters: [] as string[],
  utilities: [] as string[],
};

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly #userData = mkdtempSync(join(tmpdir(), 'adatosk-user-data-'));
  getLocale = (): string => 'en-GB';
  getPath = (name: string): string => join(this.#userData, name === 'userData' ? '.' : name);
  getAppPath = (): string => fileURLToPath(new URL('..', import.meta.url));
  enableSandbox = (): void => void (seen.sandboxed = true);
  requestSingleInstanceLock = (): boolean => true;
  whenReady = (): Promise<void> => Promise.resolve();

  quit(): void {
    let prevented = false;
    this.emit('before-quit', { preventDefault: () => (prevented = true) });
    if (!prevented) seen.quits += 1;
  }
}
export const app = new App();

export class WebContents extends EventEmitter {
  readonly sent: [channel: string, ...args: unknown[]][] = [];
  reloads = 0;
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler = (handler: WebContents['openHandler']): void => void (this.openHandler = handler);
  send = (channel: string, ...args: unknown[]): number => this.sent.push([channel, ...args]);
  reload = (): void => void (this.reloads += 1);
  isDestroyed = (): boolean => false;
}

export class BrowserWindow extends EventEmitter {
  readonly options: Record<string, unknown> & { webPreferences: Record<string, unknown> };
  readonly webContents = new WebContents();
  address = '';
  shown = false;

  constructor(options: BrowserWindow['options']) {
    super();
    this.options = options;
    seen.windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  static getAllWindows = (): BrowserWindow[] => seen.windows;
  static getFocusedWindow = (): BrowserWindow | undefined => seen.windows[0];
  static fromWebContents = (contents: WebContents): BrowserWindow | null => seen.windows.find(({ webContents }) => webContents === contents) ?? null;
  loadURL = (address: string): Promise<void> => {
    this.address = address;
    queueMicrotask(() => this.emit('ready-to-show'));
    return Promise.resolve();
  };
  show = (): void => void (this.shown = true);
  focus = (): void => undefined;
  maximize = (): void => undefined;
  restore = (): void => undefined;
  isMinimized = (): boolean => false;
  isMaximized = (): boolean => false;
  getNormalBounds = (): Record<string, number> => ({ x: 10, y: 20, width: 1200, height: 700 });
}

interface Entry {
  id?: string;
  label?: string;
  role?: string;
  submenu?: Entry[];
  click?: () => void;
}
export class Menu {
  readonly template: Entry[];

  constructor(template: Entry[]) {
    this.template = template;
  }

  static buildFromTemplate = (template: Entry[]): Menu => new Menu(template);
  static setApplicationMenu = (menu: Menu): void => void (seen.menu = menu);
}

export const dialog = {
  showErrorBox: (title: string, text: string): number => seen.dialogs.push(`${title}: ${text}`),
  showMessageBox: (options: { message: string }): Promise<{ response: number }> => {
    seen.dialogs.push(options.message);
    return Promise.resolve({ response: 0 });
  },
  showOpenDialog: (_window: unknown, { filters }: { filters: { name: string }[] }): Promise<{ filePaths: string[] }> => {
    seen.filters = filters.map(({ name }) => name);
    return Promise.resolve({ filePaths: seen.chosen });
  },
};

export const shell = { showItemInFolder: (path: string): number => seen.shown.push(path) };

export const protocol = {
  registerSchemesAsPrivileged: (schemes: typeof seen.privileges): number => seen.privileges.push(...schemes),
  handle: (scheme: string, handler: (request: Request) => Promise<Response>): unknown => seen.protocols.set(scheme, handler),
};

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: typeof seen.permissionRequest): void => void (seen.permissionRequest = handler),
    setPermissionCheckHandler: (handler: typeof seen.permissionCheck): void => void (seen.permissionCheck = handler),
    webRequest: { onBeforeRequest: (handler: typeof seen.beforeRequest): void => void (seen.beforeRequest = handler) },
  },
};

export const screen = { getDisplayMatching: (): unknown => ({ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }) };

class IpcMain extends EventEmitter {
  handle = (channel: string, handler: Listener): unknown => seen.handled.set(channel, handler as (event: unknown, ...args: unknown[]) => unknown);
}
export const ipcMain = new IpcMain();

const SHIM = new URL('./utility-process-shim.mjs', import.meta.url);

/** A utility process as a child process. Ports that are posted to it are relayed under numbers. */
class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;
  readonly #ports = new Map<number, StandInPort>();

  constructor(file: string) {
    super();
    seen.utilities.push(file.split(/[/\\]/).at(-1)!);
    this.#child = fork(file, [], { execArgv: ['--import', SHIM.href], serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (message: { port?: number; data: unknown }) => {
      if (message.port === undefined) this.emit('message', message.data);
      else this.#ports.get(message.port)?.postMessage(message.data);
    });
    this.#child.once('exit', (code) => this.emit('exit', code ?? 1));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  postMessage(data: unknown, ports: StandInPort[] = []): void {
    const numbers = ports.map((port) => {
      const number = this.#ports.size + 1;
      this.#ports.set(number, port);
      port.on('message', ({ data: posted }: { data: unknown }) => this.#child.send({ port: number, data: posted }, () => undefined));
      port.start();
      return number;
    });
    this.#child.send({ data, ports: numbers }, () => undefined);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}
export const utilityProcess = { fork: (file: string): UtilityProcess => new UtilityProcess(file) };
