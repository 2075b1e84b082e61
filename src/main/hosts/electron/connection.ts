import { RPCHandler } from '@orpc/server/message-port';
import { BrowserWindow, dialog, ipcMain, shell } from 'electron';
import { isAbsolute } from 'node:path';
import type { IpcMainEvent, IpcMainInvokeEvent, OpenDialogOptions } from 'electron';
import type { LanguageCode } from '../../../shared/app/action-texts.ts';
import { LANGUAGES, MENU_TEXTS } from '../../../shared/app/action-texts.ts';
import { DESKTOP_CHANNELS } from '../../../shared/app/desktop.ts';
import { MODEL_FILE_ENDINGS } from '../../../shared/domain/model-files.ts';
import { READABLE_FORMATS, readerOf, VIDEO_ENDINGS } from '../../services/settings/defaults.ts';
import { router } from '../../services/api/router.ts';
import type { Studio } from '../../services/studio/studio.ts';

/** File extensions of the filters of the dialogs. */
const EXTENSIONS = {
  videos: [...VIDEO_ENDINGS],
  labels: [...new Set(READABLE_FORMATS.flatMap((name) => readerOf(name).endings.flatMap((ending) => ending.split('.').slice(-1))))],
  projects: ['adatosk'],
  tables: ['csv', 'tsv', 'txt'],
  models: [...MODEL_FILE_ENDINGS],
  all: ['*'],
} as const;

/**
 * Connects the windows of this program, and no other page, to the API and to the file dialogs.
 * @param origin origin of the page in the window
 * @param language until the window names its own
 * @param onLanguage called with each language, the first one too
 */
export function connectWindows(studio: Studio, origin: string, language: LanguageCode, onLanguage: (language: LanguageCode) => void): void {
  const rpc = new RPCHandler(router);
  const onFault = (procedure: string, error: unknown): void => console.error(`${procedure} failed:`, error);
  ipcMain.on(DESKTOP_CHANNELS.connect, (event) => {
    const [port] = event.ports;
    if (!isFromWindow(event, origin) || port === undefined) {
      port?.close();
      return;
    }
    rpc.upgrade(port as unknown as Parameters<typeof rpc.upgrade>[0], { context: { studio, onFault } });
    port.start();
  });
  let current = language;
  onLanguage(current);
  ipcMain.on(DESKTOP_CHANNELS.language, (event, code: unknown) => {
    const known = LANGUAGES.find((each) => each === code);
    if (known === undefined || !isFromWindow(event, origin)) return;
    current = known;
    onLanguage(current);
  });
  const choose =
    (properties: NonNullable<OpenDialogOptions['properties']>, ...kinds: (keyof typeof EXTENSIONS)[]) =>
    async (event: IpcMainInvokeEvent, title: unknown) => {
      const window = isFromWindow(event, origin) ? BrowserWindow.fromWebContents(event.sender) : null;
      if (window === null) return [];
      const filters = kinds.map((kind) => ({ name: MENU_TEXTS[current].files[kind], extensions: [...EXTENSIONS[kind]] }));
      const { filePaths } = await dialog.showOpenDialog(window, { title: String(title).slice(0, 200), properties, filters });
      return filePaths;
    };
  ipcMain.handle(DESKTOP_CHANNELS.chooseFolder, choose(['openDirectory', 'createDirectory']));
  ipcMain.handle(DESKTOP_CHANNELS.chooseVideos, choose(['openFile', 'multiSelections'], 'videos', 'all'));
  ipcMain.handle(DESKTOP_CHANNELS.chooseLabels, choose(['openFile', 'multiSelections'], 'labels', 'all'));
  ipcMain.handle(DESKTOP_CHANNELS.chooseTables, choose(['openFile'], 'tables', 'all'));
  ipcMain.handle(DESKTOP_CHANNELS.chooseModels, choose(['openFile'], 'models', 'all'));
  ipcMain.handle(DESKTOP_CHANNELS.chooseProjects, choose(['openFile', 'multiSelections'], 'projects', 'all'));
  ipcMain.on(DESKTOP_CHANNELS.showInFolder, (event, path: unknown) => {
    // The file manager only selects it: nothing is opened or run.
    if (isFromWindow(event, origin) && typeof path === 'string' && isAbsolute(path)) shell.showItemInFolder(path);
  });
}

/** Whether a message comes from the window's own page in its main frame. Embedded frames and other pages are rejected. */
function isFromWindow({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent, origin: string): boolean {
  if (senderFrame === null || senderFrame.parent !== null) return false;
  try {
    const { protocol, host } = new URL(senderFrame.url);
    return `${protocol}//${host}` === origin;
  } catch {
    return false;
  }
}
