import type { UtilityProcess } from 'electron';
import { MessageChannelMain } from 'electron';
import type { QueuePort } from '../../services/queue/queue-messages.ts';
import type { FromQueue, ToQueue } from './queue-relay.ts';
import { forkUtility } from './utility-process.ts';

/** Starts the queue process as a utility process, and the engines that it requests. */
export function startUtilityProcessQueue(): QueuePort {
  const child = forkUtility('queue-utility.js', 'AdaTosk queue');
  const engines = new Map<number, UtilityProcess>();
  const send = (message: ToQueue, ports: Electron.MessagePortMain[] = []): void => child.postMessage(message, ports);
  let onMessage: Parameters<QueuePort['onMessage']>[0] | undefined;
  child.on('message', (message: FromQueue) => {
    if (message.kind === 'event') onMessage?.(message.event);
    else if (message.kind === 'engine') engines.set(message.engine, startEngineFor(message.engine, send));
    else engines.get(message.engine)?.kill();
  });
  child.once('exit', () => {
    for (const engine of engines.values()) engine.kill();
  });
  return {
    send: (order) => send({ kind: 'order', order }),
    get pid() {
      return child.pid;
    },
    onMessage: (listener) => (onMessage = listener),
    onEnd: (listener) => void child.once('exit', (code) => listener(`exit code ${code}`)),
    kill: () => void child.kill(),
  };
}

function startEngineFor(id: number, send: (message: ToQueue, ports?: Electron.MessagePortMain[]) => void): UtilityProcess {
  const engine = forkUtility('engine-host.js', 'AdaTosk engine');
  const { port1, port2 } = new MessageChannelMain();
  engine.postMessage({ kind: 'port' }, [port1]);
  send({ kind: 'engine-port', engine: id }, [port2]);
  engine.once('exit', (code) => send({ kind: 'engine-ended', engine: id, reason: `exit code ${code}` }));
  return engine;
}
