import { app, BrowserWindow, screen } from 'electron';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

const placeSchema = z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int(), maximized: z.boolean() });
type Place = z.infer<typeof placeSchema>;

const SMALLEST = { width: 900, height: 560 } as const;
const USUAL = { width: 1366, height: 768 } as const;

/** Opens the window where it was last, as far as that is still on a screen. */
export function openWindow(address: string): BrowserWindow {
  const place = readPlace();
  const window = new BrowserWindow({
    ...(place === undefined ? USUAL : { x: place.x, y: place.y, width: place.width, height: place.height }),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: 'AdaTosk Studio',
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/index.cjs'),
      ...{ contextIsolation: true, nodeIntegration: false, nodeIntegrationInWorker: false, sandbox: true, webSecurity: true },
      ...{ allowRunningInsecureContent: false, webviewTag: false, spellcheck: false },
    },
  });
  if (place?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => keepPlace(window));
  void window.loadURL(address);
  return window;
}

const placeFile = (): string => join(app.getPath('userData'), 'window.json');

function readPlace(): Place | undefined {
  try {
    const place = placeSchema.parse(JSON.parse(readFileSync(placeFile(), 'utf8')));
    const { workArea } = screen.getDisplayMatching(place);
    const isSeen =
      place.x < workArea.x + workArea.width - 100 &&
      place.x + place.width > workArea.x + 100 &&
      place.y >= workArea.y &&
      place.y < workArea.y + workArea.height - 100;
    return isSeen ? place : undefined;
  } catch {
    return undefined;
  }
}

function keepPlace(window: BrowserWindow): void {
  try {
    writeFileAtomic.sync(placeFile(), JSON.stringify({ ...window.getNormalBounds(), maximized: window.isMaximized() }));
  } catch {
    // Where the window was is not worth a word.
  }
}
