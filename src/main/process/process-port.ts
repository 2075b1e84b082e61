/** A message channel to another process: a child process or Electron's utilityProcess. */
export interface ProcessPort<Sent, Received> {
  /** Messages to a process that has ended are dropped. */
  send(message: Sent): void;
  onMessage(listener: (message: Received) => void): void;
  /** The listener is called once, with the reason, when the process has ended. */
  onEnd(listener: (reason: string) => void): void;
  kill(): void;
  /** Undefined where the platform does not provide it, or not yet. */
  readonly pid: number | undefined;
}
