import type { MenuItemConstructorOptions } from 'electron';
import { BrowserWindow, Menu } from 'electron';
import type { LanguageCode } from '../../../shared/app/action-texts.ts';
import { ACTION_TEXTS, MENU_TEXTS } from '../../../shared/app/action-texts.ts';
import type { Action } from '../../../shared/app/actions.ts';
import { acceleratorOf, ACTIONS } from '../../../shared/app/actions.ts';
import { DESKTOP_CHANNELS } from '../../../shared/app/desktop.ts';

/** Builds the menu in the language of the window, from the same actions as its keyboard shortcuts and help. */
export function buildMenu(language: LanguageCode): Menu {
  const { menus, roles } = MENU_TEXTS[language];
  const entries = (menu: Action['menu']): MenuItemConstructorOptions[] =>
    ACTIONS.filter((action) => action.menu === menu).map((action) => entry(action, language));
  const role = (name: keyof typeof roles): MenuItemConstructorOptions => ({ role: name, label: roles[name] });
  const line: MenuItemConstructorOptions = { type: 'separator' };
  const isMac = process.platform === 'darwin';
  return Menu.buildFromTemplate([
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    { label: menus.file, submenu: [...entries('file'), line, role(isMac ? 'close' : 'quit')] },
    { label: menus.edit, submenu: [...entries('edit'), line, ...(['cut', 'copy', 'paste', 'selectAll'] as const).map(role)] },
    { label: menus.view, submenu: [...entries('view'), line, ...(['resetZoom', 'zoomIn', 'zoomOut'] as const).map(role), line, role('togglefullscreen')] },
    { role: 'windowMenu', label: menus.window, submenu: (isMac ? (['minimize', 'zoom', 'front'] as const) : (['minimize', 'close'] as const)).map(role) },
    { role: 'help', label: menus.help, submenu: entries('help') },
  ]);
}

function entry({ id, key }: Action, language: LanguageCode): MenuItemConstructorOptions {
  return {
    id,
    label: ACTION_TEXTS[language][id],
    ...(key === undefined ? {} : { accelerator: acceleratorOf(key) }),
    // The window handles the keys: users can change them, and in a text field undo means the text.
    registerAccelerator: false,
    click: () => (BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0])?.webContents.send(DESKTOP_CHANNELS.action, id),
  };
}
