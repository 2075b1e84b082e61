import type { LanguageCode } from './action-texts.ts';

/** Names by which the window and the desktop host talk beside the contract; nothing else passes between them. */
export const DESKTOP_CHANNELS = {
  /** The window's end of a message port, for the contract. */
  connect: 'studio:connect',
  chooseFolder: 'studio:choose-folder',
  chooseVideos: 'studio:choose-videos',
  chooseLabels: 'studio:choose-labels',
  /** The window's language, for the menu. */
  language: 'studio:language',
  /** A menu entry was chosen, by the action's id. */
  action: 'studio:action',
} as const;

/** What the preload script gives the window. */
export interface DesktopBridge {
  readonly host: 'desktop';
  /** @returns whole paths; empty where the person chose none */
  chooseFolder(title: string): Promise<readonly string[]>;
  chooseVideos(title: string): Promise<readonly string[]>;
  /** Files of labels from other tools. */
  chooseLabels(title: string): Promise<readonly string[]>;
  /** Whole path of a file that was dropped on the window. */
  pathOf(file: File): string;
  /** The window's language at its start and whenever it changes. */
  setLanguage(language: LanguageCode): void;
  /** @returns a function that ends it */
  onAction(listener: (action: string) => void): () => void;
}
