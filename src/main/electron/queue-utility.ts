/**
 * The queue's process where it is Electron's utilityProcess. Such a process cannot start another: it asks the main
 * process for an engine and gets a message port to it, so that pictures go from here to there and not through the main
 * process.
 */
import type { EnginePort } from '../services/choices.ts';
import { hostQueue } from '../services/queue-host.ts';
import type { QueueOrder } from '../services/queue-messages.ts';
import type { FromQueue, ToQueue } from './queue-relay.ts';

interface PortMain {
  on(event: 'message', listener: (event: { data: unknown; ports: PortMain[] }) => void): void;
  postMessage(message: unknown): void;
  start(): void;
}
const parent = (process as unknown as { parentPort: PortMain }).parentPort;
const tell = (message: FromQueue): void => parent.postMessage(message);

type EngineRequest = Parameters<EnginePort['send']>[0];
type EngineAnswer = Parameters<Parameters<EnginePort['onAnswer']>[0]>[0];

/** An engine that was asked for: what is sent before its port is here waits for it. */
class AskedEngine implements EnginePort {
  readonly pid = undefined;
  readonly #id: number;
  readonly #unsent: EngineRequest[] = [];
  #port: PortMain | undefined;
  #onAnswer: ((answer: EngineAnswer) => void) | undefined;
  #onEnd: ((reason: string) => void) | undefined;

  constructor(id: number) {
    this.#id = id;
    tell({ kind: 'engine', engine: id });
  }

  send(request: EngineRequest): void {
    if (this.#port === undefined) this.#unsent.push(request);
    else this.#port.postMessage(request);
  }

  onAnswer(listener: (answer: EngineAnswer) => void): void {
    this.#onAnswer = listener;
  }

  onEnd(listener: (reason: string) => void): void {
    this.#onEnd = listener;
  }

  kill(): void {
    tell({ kind: 'end-engine', engine: this.#id });
  }

  connect(port: PortMain): void {
    this.#port = port;
    port.on('message', ({ data }) => this.#onAnswer?.(data as EngineAnswer));
    port.start();
    for (const request of this.#unsent.splice(0)) port.postMessage(request);
  }

  end(reason: string): void {
    this.#onEnd?.(reason);
    engines.delete(this.#id);
  }
}

const engines = new Map<number, AskedEngine>();
let nextEngine = 1;

const receive = hostQueue(
  () => {
    const id = nextEngine++;
    const engine = new AskedEngine(id);
    engines.set(id, engine);
    return engine;
  },
  (news) => tell({ kind: 'news', news }),
  () => process.exit(0),
);

parent.on('message', ({ data, ports }) => {
  const message = data as ToQueue;
  if (message.kind === 'order') receive(message.order as QueueOrder);
  else if (message.kind === 'engine-port') engines.get(message.engine)?.connect(ports[0]!);
  else engines.get(message.engine)?.end(message.reason);
});
