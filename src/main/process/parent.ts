/** The side of a started process: the same for a child process and for a utility process of Electron. */

/** A message port as Electron has it outside windows. */
export interface UtilityPort {
  on(event: 'message', listener: (event: { data: unknown; ports: UtilityPort[] }) => void): void;
  postMessage(message: unknown): void;
  start(): void;
}

/** Electron gives a utility process this port; a child process has process.send instead. */
const utilityPort = (process as unknown as { parentPort?: UtilityPort }).parentPort;

/**
 * Listens to the process that started this one.
 * @param onMessage gets each message, and the ports that came with it (none for a child process)
 * @param onParentGone is called where a child process has lost its parent; the default ends this process
 */
export function listenToParent<Received>(onMessage: (message: Received, ports: UtilityPort[]) => void, onParentGone = (): void => process.exit(0)): void {
  if (utilityPort !== undefined) {
    utilityPort.on('message', ({ data, ports }) => onMessage(data as Received, ports));
    return;
  }
  process.on('message', (message) => onMessage(message as Received, []));
  process.on('disconnect', onParentGone);
  // Ctrl+C reaches the whole process group; the parent decides what is finished first.
  process.on('SIGINT', () => undefined);
}

/** Sends a message to the process that started this one. @returns when it is out, as far as the platform says it */
export function sendToParent(message: object): Promise<void> {
  if (utilityPort === undefined) return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
  utilityPort.postMessage(message);
  return Promise.resolve();
}

/** A utility process that exits at once loses its last message. */
const LAST_MESSAGE_MS = 200;

/** Ends this process after its last message is out. */
export async function exitAfterLastMessage(code = 0): Promise<never> {
  if (utilityPort !== undefined) await new Promise((resolve) => setTimeout(resolve, LAST_MESSAGE_MS));
  process.exit(code);
}
