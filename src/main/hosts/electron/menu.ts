import type { MenuItemConstructorOptions } from 'electron';
import { BrowserWindow, Menu } from 'electron';
import type { Action } from '../../../shared/app/actions.ts';
import { acceleratorOf, ACTIONS } from '../../../shared/app/actions.ts';
import { DESKTOP_CHANNELS } from '../../../shared/app/desktop.ts';

/** The menu, from the same table of actions that the window's keys and help read. */
export function buildMenu(): Menu {
  const entries = (menu: Action['menu']): MenuItemConstructorOptions[] => ACTIONS.filter((action) => action.menu === menu).map(entry);
  const line: MenuItemConstructorOptions = { type: 'separator' };
  return Menu.buildFromTemplate([
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    { label: 'File', submenu: [...entries('file'), line, process.platform === 'darwin' ? { role: 'close' } : { role: 'quit' }] },
    { label: 'Edit', submenu: [...entries('edit'), line, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }] },
    { label: 'View', submenu: [...entries('view'), line, { role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, line, { role: 'togglefullscreen' }] },
    { role: 'windowMenu' },
    { role: 'help', submenu: entries('help') },
  ]);
}

function entry({ id, label, key }: Action): MenuItemConstructorOptions {
  return {
    id,
    label,
    ...(key === undefined ? {} : { accelerator: acceleratorOf(key) }),
    // Keys are the window's, which lets people change them, and knows where undo means what was written in a field.
    registerAccelerator: false,
    click: () => (BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0])?.webContents.send(DESKTOP_CHANNELS.action, id),
  };
}
