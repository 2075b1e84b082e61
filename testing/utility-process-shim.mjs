/** Adds the parentPort of Electron's utility processes to a child process; see electron-stand-in.ts. */
import { EventEmitter } from 'node:events';

const ports = new Map();

class Port extends EventEmitter {
  #started = false;
  #waiting = [];

  constructor(number) {
    super();
    this.number = number;
  }

  postMessage(data) {
    process.send({ port: this.number, data }, () => undefined);
  }

  receive(data) {
    if (this.#started) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }

  start() {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
  }
}

class ParentPort extends EventEmitter {
  postMessage(data) {
    process.send({ data }, () => undefined);
  }
}

process.parentPort = new ParentPort();
process.on('message', ({ port, data, ports: numbers = [] }) => {
  if (port !== undefined) {
    ports.get(port)?.receive(data);
    return;
  }
  const received = numbers.map((number) => {
    const made = new Port(number);
    ports.set(number, made);
    return made;
  });
  process.parentPort.emit('message', { data, ports: received });
});
process.on('disconnect', () => process.exit(0));
