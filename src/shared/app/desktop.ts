/** Names by which the window and the desktop host talk beside the contract; nothing else passes between them. */
export const DESKTOP_CHANNELS = {
  /** The window's end of a message port, for the contract. */
  connect: 'studio:connect',
  chooseFolder: 'studio:choose-folder',
  chooseVideos: 'studio:choose-videos',
  chooseLabels: 'studio:choose-labels',
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
  /** @returns a function that ends it */
  onAction(listener: (action: string) => void): () => void;
}
