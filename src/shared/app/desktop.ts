import type { LanguageCode } from './action-texts.ts';

/** IPC channels between the window and the desktop host. Everything else goes through the contract. */
export const DESKTOP_CHANNELS = {
  /** Passes the message port for the contract to the host. */
  connect: 'studio:connect',
  chooseFolder: 'studio:choose-folder',
  chooseVideos: 'studio:choose-videos',
  chooseLabels: 'studio:choose-labels',
  chooseProjects: 'studio:choose-projects',
  chooseTables: 'studio:choose-tables',
  chooseModels: 'studio:choose-models',
  showInFolder: 'studio:show-in-folder',
  /** Sets the language of the menu. */
  language: 'studio:language',
  /** A menu item was chosen; its action's id. */
  action: 'studio:action',
} as const;

/** The API that the preload script exposes to the window. */
export interface DesktopBridge {
  readonly host: 'desktop';
  /** @returns absolute paths; empty if the person cancelled */
  chooseFolder(title: string): Promise<readonly string[]>;
  chooseVideos(title: string): Promise<readonly string[]>;
  /** Annotation files of other tools. */
  chooseLabels(title: string): Promise<readonly string[]>;
  /** Tables with time series. */
  chooseTables(title: string): Promise<readonly string[]>;
  /** Files of models that can be imported. */
  chooseModels(title: string): Promise<readonly string[]>;
  /** Project files. */
  chooseProjects(title: string): Promise<readonly string[]>;
  /** Shows a file or a folder in the system's file manager. */
  showInFolder(path: string): void;
  /** Absolute path of a file that was dropped on the window. */
  pathOf(file: File): string;
  /** Called at the start and whenever the window's language changes. */
  setLanguage(language: LanguageCode): void;
  /** @returns a function that removes the listener */
  onAction(listener: (action: string) => void): () => void;
}
