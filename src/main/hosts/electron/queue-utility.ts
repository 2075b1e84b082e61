/**
 * The queue's process where it is Electron's utilityProcess. Such a process cannot start another: it asks the main
 * process for an engine and gets a message port to it, so that pictures go from here to there and not through the main
 * process.
 */
import type { EngineAnswer, EnginePort, EngineRequest, UtilityPort } from '../../services/studio/processes.ts';
import { listenToParent, sendToParent } from '../../services/studio/processes.ts';
import { hostQueue } from '../../services/queue/queue-host.ts';
import type { FromQueue, ToQueue } from './queue-relay.ts';

const publish = (message: FromQueue): void => void sendToParent(message);

/** A requested engine: what is sent before its port has arrived waits for it. */
class RequestedEngine implements EnginePort {
  readonly pid = undefined;
  readonly #id: number;
  readonly #unsent: EngineRequest[] = [];
  #port: UtilityPort | undefined;
  #onMessage: ((answer: EngineAnswer) => void) | undefined;
  #onEnd: ((reason: string) => void) | undefined;

  constructor(id: number) {
    this.#id = id;
    publish({ kind: 'engine', engine: id });
  }

  send(request: EngineRequest): void {
    if (this.#port === undefined) this.#unsent.push(request);
    else this.#port.postMessage(request);
  }

  onMessage(listener: (answer: EngineAnswer) => void): void {
    this.#onMessage = listener;
  }

  onEnd(listener: (reason: string) => void): void {
    this.#onEnd = listener;
  }

  kill(): void {
    publish({ kind: 'end-engine', engine: this.#id });
  }

  connect(port: UtilityPort): void {
    this.#port = port;
    port.on('message', ({ data }) => this.#onMessage?.(data as EngineAnswer));
    port.start();
    for (const request of this.#unsent.splice(0)) port.postMessage(request);
  }

  end(reason: string): void {
    this.#onEnd?.(reason);
    engines.delete(this.#id);
  }
}

const engines = new Map<number, RequestedEngine>();
let nextEngine = 1;

const receive = hostQueue(
  () => {
    const id = nextEngine++;
    const engine = new RequestedEngine(id);
    engines.set(id, engine);
    return engine;
  },
  (event) => publish({ kind: 'event', event }),
  () => process.exit(0),
);

listenToParent<ToQueue>((message, [port]) => {
  if (message.kind === 'order') receive(message.order);
  else if (message.kind === 'engine-port') engines.get(message.engine)?.connect(port!);
  else engines.get(message.engine)?.end(message.reason);
});
