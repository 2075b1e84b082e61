/**
 * The bridge between the window and the desktop host. It transfers the message port of the API and offers the functions that
 * need the desktop. The window has no access to the channels of Electron.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { DesktopBridge } from '../shared/app/desktop.ts';
import { DESKTOP_CHANNELS } from '../shared/app/desktop.ts';

const bridge: DesktopBridge = {
  host: 'desktop',
  chooseFolder: (title) => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseFolder, title) as Promise<readonly string[]>,
  chooseVideos: (title) => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseVideos, title) as Promise<readonly string[]>,
  chooseLabels: (title) => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseLabels, title) as Promise<readonly string[]>,
  chooseTables: (title) => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseTables, title) as Promise<readonly string[]>,
  chooseModels: (title) => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseModels, title) as Promise<readonly string[]>,
  chooseProjects: (title) => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseProjects, title) as Promise<readonly string[]>,
  showInFolder: (path) => ipcRenderer.send(DESKTOP_CHANNELS.showInFolder, path),
  setLanguage: (language) => ipcRenderer.send(DESKTOP_CHANNELS.language, language),
  pathOf: (file) => webUtils.getPathForFile(file),
  onAction: (listener) => {
    const onAction = (_event: unknown, action: string): void => listener(action);
    ipcRenderer.on(DESKTOP_CHANNELS.action, onAction);
    return () => ipcRenderer.off(DESKTOP_CHANNELS.action, onAction);
  },
};
contextBridge.exposeInMainWorld('studio', bridge);

// Ports cannot pass through contextBridge. The window sends them here with a message to itself.
window.addEventListener('message', (event) => {
  if (event.source === window && event.data === DESKTOP_CHANNELS.connect) ipcRenderer.postMessage(DESKTOP_CHANNELS.connect, null, [...event.ports]);
});
