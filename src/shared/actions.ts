/** Everything a person can do from a menu or by a key: menus, keys and help read it from here. */
export interface Action {
  readonly id: ActionId;
  readonly label: string;
  readonly menu: 'file' | 'edit' | 'help';
  /** As Electron writes keys; CmdOrCtrl is Command on a Mac. */
  readonly key?: string;
}

export type ActionId =
  'project.new' | 'project.open' | 'library.addFolder' | 'library.addVideos' | 'edit.undo' | 'edit.redo' | 'results.open' | 'help.computer';

export const ACTIONS: readonly Action[] = [
  { id: 'project.new', label: 'New project…', menu: 'file', key: 'CmdOrCtrl+N' },
  { id: 'project.open', label: 'Open project…', menu: 'file', key: 'CmdOrCtrl+O' },
  { id: 'library.addFolder', label: 'Add a folder of videos…', menu: 'file', key: 'CmdOrCtrl+Shift+A' },
  { id: 'library.addVideos', label: 'Add videos…', menu: 'file', key: 'CmdOrCtrl+Shift+V' },
  { id: 'results.open', label: 'Look at tables…', menu: 'file' },
  { id: 'edit.undo', label: 'Undo', menu: 'edit', key: 'CmdOrCtrl+Z' },
  { id: 'edit.redo', label: 'Redo', menu: 'edit', key: 'CmdOrCtrl+Shift+Z' },
  { id: 'help.computer', label: 'Check this computer…', menu: 'help' },
];
