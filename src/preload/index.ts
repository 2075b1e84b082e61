/**
 * The bridge between the window and the desktop. It passes on a message port, on which the contract is spoken, and six
 * things that only a desktop can do; no channel of Electron's is open to the window.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { DesktopBridge } from '../shared/app/desktop.ts';
import { DESKTOP_CHANNELS } from '../shared/app/desktop.ts';

const bridge: DesktopBridge = {
  host: 'desktop',
  chooseFolder: (title) => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseFolder, title) as Promise<readonly string[]>,
  chooseVideos: (title) => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseVideos, title) as Promise<readonly string[]>,
  chooseLabels: (title) => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseLabels, title) as Promise<readonly string[]>,
  setLanguage: (language) => ipcRenderer.send(DESKTOP_CHANNELS.language, language),
  pathOf: (file) => webUtils.getPathForFile(file),
  onAction: (listener) => {
    const onAction = (_event: unknown, action: string): void => listener(action);
    ipcRenderer.on(DESKTOP_CHANNELS.action, onAction);
    return () => ipcRenderer.off(DESKTOP_CHANNELS.action, onAction);
  },
};
contextBridge.exposeInMainWorld('studio', bridge);

// Ports cannot cross the bridge; a message from the window to itself carries one here.
window.addEventListener('message', (event) => {
  if (event.source === window && event.data === DESKTOP_CHANNELS.connect) ipcRenderer.postMessage(DESKTOP_CHANNELS.connect, null, [...event.ports]);
});
