import { app, BrowserWindow, screen } from 'electron';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

const boundsSchema = z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int(), maximized: z.boolean() });
type Bounds = z.infer<typeof boundsSchema>;

const MINIMUM_SIZE = { width: 900, height: 560 } as const;
const DEFAULT_SIZE = { width: 1366, height: 768 } as const;

/** Opens the window with its last position and size, if they are still on a screen. */
export function openWindow(address: string): BrowserWindow {
  const bounds = readBounds();
  const window = new BrowserWindow({
    ...(bounds === undefined ? DEFAULT_SIZE : { x: bounds.x, y: bounds.y, width: bounds.width, height: bounds.height }),
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    show: false,
    title: 'AdaTosk Studio',
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/index.cjs'),
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      sandbox: true,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (bounds?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => saveBounds(window));
  void window.loadURL(address);
  return window;
}

const boundsFile = (): string => join(app.getPath('userData'), 'window.json');

function readBounds(): Bounds | undefined {
  try {
    const bounds = boundsSchema.parse(JSON.parse(readFileSync(boundsFile(), 'utf8')));
    const { workArea } = screen.getDisplayMatching(bounds);
    const isVisible =
      bounds.x < workArea.x + workArea.width - 100 &&
      bounds.x + bounds.width > workArea.x + 100 &&
      bounds.y >= workArea.y &&
      bounds.y < workArea.y + workArea.height - 100;
    return isVisible ? bounds : undefined;
  } catch {
    return undefined;
  }
}

function saveBounds(window: BrowserWindow): void {
  try {
    writeFileAtomic.sync(boundsFile(), JSON.stringify({ ...window.getNormalBounds(), maximized: window.isMaximized() }));
  } catch {
    // The position of the window is not essential.
  }
}
