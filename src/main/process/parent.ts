/** Communication of a started process with its parent. It works in a child process and in Electron's utilityProcess. */
import './private-files.ts';

/** Electron's message port outside windows (MessagePortMain). */
export interface UtilityPort {
  on(event: 'message', listener: (event: { data: unknown; ports: UtilityPort[] }) => void): void;
  postMessage(message: unknown): void;
  start(): void;
}

/** Only a utility process has this port; a child process uses process.send. */
const utilityPort = (process as unknown as { parentPort?: UtilityPort }).parentPort;

/**
 * Listens for messages from the parent process.
 * @param onMessage called with each message and its transferred ports (none in a child process)
 * @param onParentGone called when the parent of a child process has ended; by default, this process exits too
 */
export function listenToParent<Received>(onMessage: (message: Received, ports: UtilityPort[]) => void, onParentGone = (): void => process.exit(0)): void {
  if (utilityPort !== undefined) {
    utilityPort.on('message', ({ data, ports }) => onMessage(data as Received, ports));
    return;
  }
  process.on('message', (message) => onMessage(message as Received, []));
  process.on('disconnect', onParentGone);
  // Ctrl+C sends SIGINT to the whole process group. This process ignores it, because its parent stops it in an orderly way.
  process.on('SIGINT', () => undefined);
}

/** Sends a message to the parent process. Resolves when the message is sent, or at once in a utility process, which does not report it. */
export function sendToParent(message: object): Promise<void> {
  if (utilityPort === undefined) return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
  utilityPort.postMessage(message);
  return Promise.resolve();
}

/** Delay before a utility process exits. Without it, its last message would be lost. */
const LAST_MESSAGE_MS = 200;

/** Exits after the last message has been sent. */
export async function exitAfterLastMessage(code = 0): Promise<never> {
  if (utilityPort !== undefined) await new Promise((resolve) => setTimeout(resolve, LAST_MESSAGE_MS));
  process.exit(code);
}
