/**
 * Entry point of the queue process in Electron. A utility process cannot start other processes. Therefore it requests engines
 * from the main process and receives a message port to each, so that images do not pass through the main process.
 */
import type { EngineAnswer, EnginePort, EngineRequest, UtilityPort } from '../../services/studio/processes.ts';
import { listenToParent, sendToParent } from '../../services/studio/processes.ts';
import { logFatalFaults } from '../../services/diagnostics/problem-log.ts';
import { hostQueue } from '../../services/queue/queue-host.ts';
import type { FromQueue, ToQueue } from './queue-relay.ts';

const publish = (message: FromQueue): void => void sendToParent(message);

/** An engine of the main process. Requests are kept until its port has arrived. */
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

logFatalFaults('queue process');
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
  else if (message.kind === 'engine-ended') engines.get(message.engine)?.end(message.reason);
  else if (port !== undefined) engines.get(message.engine)?.connect(port);
});
