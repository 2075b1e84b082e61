/** One end of a message channel to another process: a child process or a utility process of Electron. */
export interface ProcessPort<Sent, Received> {
  /** A message to a process that has ended is dropped; its end is published. */
  send(message: Sent): void;
  onMessage(listener: (message: Received) => void): void;
  /** Called once when the process has ended, with what is known of the reason. */
  onEnd(listener: (reason: string) => void): void;
  kill(): void;
  /** Undefined where the platform does not say it, or not yet. */
  readonly pid: number | undefined;
}

export type ProcessStarter<Sent, Received> = () => ProcessPort<Sent, Received>;
