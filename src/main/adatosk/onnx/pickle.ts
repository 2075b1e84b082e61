/**
 * A reader of Python's pickles that runs nothing. A pickle is a program for a small stack machine: most of its instructions make
 * numbers, strings and containers, and some name Python functions and call them. Here a name is only looked up in a list of the
 * names that belong to weights, and each of these has a function of this program that makes plain data.
 *
 * Format: Python's Lib/pickletools.py. Protocols 2 to 5, without the text instructions of protocol 0.
 */
/** Numbers, texts and None; lists and tuples as arrays; dictionaries as maps; names and what their functions make as objects. */
export type PickleValue = null | boolean | number | string | object;

/** A Python function or class that a pickle may name, as 'module.name'. */
export class PickleName {
  readonly name: string;
  /** Makes the value of a call. */
  readonly make: (args: readonly PickleValue[]) => PickleValue;

  constructor(name: string, make: (args: readonly PickleValue[]) => PickleValue) {
    this.name = name;
    this.make = make;
  }
}

/** The value of a call whose result does not matter for weights. */
export class Inert {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** The attributes of a Python object. */
export class PickleRecord {
  readonly attributes = new Map<PickleValue, PickleValue>();
}

/** A pickle names something that does not belong to weights. */
export class RefusedName extends Error {
  readonly refused: string;

  constructor(refused: string) {
    super('it names something that does not belong to weights');
    this.name = 'RefusedName';
    // It comes from the file and goes to terminals.
    this.refused = refused.slice(0, LONGEST_NAME).replaceAll(/\p{Cc}/gu, '?');
  }
}

export interface PickleRules {
  /** The names that a pickle may use, by 'module.name'. */
  readonly names: ReadonlyMap<string, PickleName>;
  /** Makes the value of a reference to something outside the pickle. */
  readonly refer: (id: PickleValue) => PickleValue;
}

/** A pickle of a network and its optimiser has less than 2 MB. */
export const LONGEST_PICKLE = 16e6;
const MOST_VALUES = 1_000_000;
const MOST_MARKS = 1000;
const LONGEST_NAME = 1000;
const LONGEST_INTEGER = 256;
const LATEST_PROTOCOL = 5;

/** @throws RefusedName, or Error with a reason where the bytes are no such pickle */
export function readPickle(bytes: Uint8Array, rules: PickleRules): PickleValue {
  if (bytes.length > LONGEST_PICKLE) throw new Error('its list of tensors is too long');
  return new PickleMachine(bytes, rules).run();
}

class PickleMachine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #rules: PickleRules;
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;
  stack: PickleValue[] = [];
  /** The stacks below the marks. */
  readonly #below: PickleValue[][] = [];
  #held = 0;

  constructor(bytes: Uint8Array, rules: PickleRules) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#rules = rules;
  }

  run(): PickleValue {
    for (;;) {
      const code = this.unsigned(1);
      if (code === STOP) return this.pop();
      const instruction = INSTRUCTIONS[code];
      if (instruction === undefined) throw new Error(`instruction ${code} of its pickle does not belong to weights`);
      instruction(this);
      if (this.stack.length + this.#held > MOST_VALUES) throw new Error('its pickle has too many values');
    }
  }

  push(value: PickleValue): void {
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined) throw damaged();
    return value;
  }

  /** The value at the top of the stack. */
  get top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined) throw damaged();
    return value;
  }

  mark(): void {
    if (this.#below.length >= MOST_MARKS) throw new Error('its pickle is nested too deeply');
    this.#below.push(this.stack);
    this.#held += this.stack.length;
    this.stack = [];
  }

  /** Takes the values above the last mark. */
  toMark(): PickleValue[] {
    const below = this.#below.pop();
    if (below === undefined) throw damaged();
    const values = this.stack;
    this.stack = below;
    this.#held -= below.length;
    return values;
  }

  unsigned(length: 1 | 2 | 4 | 8): number {
    const at = this.#skip(length);
    if (length === 1) return this.#view.getUint8(at);
    if (length === 2) return this.#view.getUint16(at, true);
    return length === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true));
  }

  signed(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  /** Doubles are big-endian. */
  double(): number {
    return this.#view.getFloat64(this.#skip(8));
  }

  take(length: number): Uint8Array {
    const at = this.#skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.#at);
    if (end < 0 || end - this.#at > LONGEST_NAME) throw damaged();
    const text = this.text(end - this.#at);
    this.#at = end + 1;
    return text;
  }

  /** A whole number in two's complement, little-endian. Numbers that are too large for weights become Infinity. */
  integer(length: number): number {
    if (length > LONGEST_INTEGER) throw new Error('its pickle has a number that is too long');
    const bytes = this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    return Number(BigInt.asIntN(8 * length, value));
  }

  remember(index: number): void {
    if (this.#memo.size >= MOST_VALUES) throw new Error('its pickle has too many values');
    this.#memo.set(index, this.top);
  }

  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw damaged();
    this.push(value);
  }

  name(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') throw damaged();
    const known = this.#rules.names.get(`${module}.${name}`);
    if (known === undefined) throw new RefusedName(`${module}.${name}`);
    this.push(known);
  }

  call(args: PickleValue, callable: PickleValue): void {
    // A name is looked up before: what is called here without a name was made by the pickle itself.
    if (!(callable instanceof PickleName)) throw new Error('its pickle calls something that is no function of a list');
    if (!Array.isArray(args)) throw damaged();
    this.push(callable.make(args as PickleValue[]));
  }

  refer(): void {
    this.push(this.#rules.refer(this.pop()));
  }

  #skip(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw damaged();
    this.#at = at + length;
    return at;
  }
}

const damaged = (): Error => new Error('its pickle is damaged');
const NEWLINE = 10;
const STOP = codeOf('.');

function codeOf(letter: string): number {
  return letter.charCodeAt(0);
}

function setItems(target: PickleValue, items: readonly PickleValue[]): void {
  if (items.length % 2 !== 0) throw damaged();
  if (target instanceof Inert) return;
  if (!(target instanceof Map)) throw damaged();
  for (let i = 0; i < items.length; i += 2) target.set(items[i]!, items[i + 1]!);
}

function append(target: PickleValue, items: readonly PickleValue[]): void {
  if (target instanceof Inert) return;
  if (!Array.isArray(target)) throw damaged();
  for (const item of items) target.push(item);
}

/** Sets the attributes of an object. Those of a dictionary ('_metadata' of a state_dict) and of others do not matter. */
function build(target: PickleValue, state: PickleValue): void {
  if (!(target instanceof PickleRecord) || !(state instanceof Map)) return;
  for (const [name, value] of state) target.attributes.set(name, value);
}

function dictionary(items: readonly PickleValue[]): Map<PickleValue, PickleValue> {
  const made = new Map<PickleValue, PickleValue>();
  setItems(made, items);
  return made;
}

function lastOf(machine: PickleMachine, count: number): PickleValue[] {
  return Array.from({ length: count }, () => machine.pop()).reverse();
}

/** The instructions by the letter of their code, with their names in pickletools. */
const INSTRUCTIONS: Readonly<Record<number, (machine: PickleMachine) => void>> = Object.fromEntries(
  (
    [
      ['\x80', (m) => void refuseProtocol(m.unsigned(1))], // PROTO
      ['\x95', (m) => void m.unsigned(8)], // FRAME
      ['(', (m) => m.mark()], // MARK
      ['0', (m) => void m.pop()], // POP
      ['1', (m) => void m.toMark()], // POP_MARK
      ['2', (m) => m.push(m.top)], // DUP
      ['N', (m) => m.push(null)], // NONE
      ['\x88', (m) => m.push(true)], // NEWTRUE
      ['\x89', (m) => m.push(false)], // NEWFALSE
      ['J', (m) => m.push(m.signed())], // BININT
      ['K', (m) => m.push(m.unsigned(1))], // BININT1
      ['M', (m) => m.push(m.unsigned(2))], // BININT2
      ['\x8a', (m) => m.push(m.integer(m.unsigned(1)))], // LONG1
      ['\x8b', (m) => m.push(m.integer(m.unsigned(4)))], // LONG4
      ['G', (m) => m.push(m.double())], // BINFLOAT
      ['X', (m) => m.push(m.text(m.unsigned(4)))], // BINUNICODE
      ['\x8c', (m) => m.push(m.text(m.unsigned(1)))], // SHORT_BINUNICODE
      ['\x8d', (m) => m.push(m.text(m.unsigned(8)))], // BINUNICODE8
      ['T', (m) => m.push(m.text(m.unsigned(4)))], // BINSTRING, of Python 2
      ['U', (m) => m.push(m.text(m.unsigned(1)))], // SHORT_BINSTRING, of Python 2
      ['B', (m) => m.push(m.take(m.unsigned(4)))], // BINBYTES
      ['C', (m) => m.push(m.take(m.unsigned(1)))], // SHORT_BINBYTES
      ['\x8e', (m) => m.push(m.take(m.unsigned(8)))], // BINBYTES8
      ['\x96', (m) => m.push(m.take(m.unsigned(8)))], // BYTEARRAY8
      [']', (m) => m.push([])], // EMPTY_LIST
      ['a', (m) => appendOne(m)], // APPEND
      ['e', (m) => appendMany(m)], // APPENDS
      ['l', (m) => m.push(m.toMark())], // LIST
      [')', (m) => m.push([])], // EMPTY_TUPLE
      ['t', (m) => m.push(m.toMark())], // TUPLE
      ['\x85', (m) => m.push(lastOf(m, 1))], // TUPLE1
      ['\x86', (m) => m.push(lastOf(m, 2))], // TUPLE2
      ['\x87', (m) => m.push(lastOf(m, 3))], // TUPLE3
      ['}', (m) => m.push(new Map())], // EMPTY_DICT
      ['d', (m) => m.push(dictionary(m.toMark()))], // DICT
      ['s', (m) => setOne(m)], // SETITEM
      ['u', (m) => setMany(m)], // SETITEMS
      ['\x8f', (m) => m.push([])], // EMPTY_SET
      ['\x90', (m) => appendMany(m)], // ADDITEMS
      ['\x91', (m) => m.push(m.toMark())], // FROZENSET
      ['q', (m) => m.remember(m.unsigned(1))], // BINPUT
      ['r', (m) => m.remember(m.unsigned(4))], // LONG_BINPUT
      ['\x94', (m) => m.rememberNext()], // MEMOIZE
      ['h', (m) => m.recall(m.unsigned(1))], // BINGET
      ['j', (m) => m.recall(m.unsigned(4))], // LONG_BINGET
      ['c', (m) => m.name(m.line(), m.line())], // GLOBAL
      ['\x93', (m) => m.name(...(lastOf(m, 2) as [PickleValue, PickleValue]))], // STACK_GLOBAL
      ['R', (m) => m.call(m.pop(), m.pop())], // REDUCE
      ['\x81', (m) => m.call(m.pop(), m.pop())], // NEWOBJ
      ['\x92', (m) => callWithNames(m)], // NEWOBJ_EX
      ['b', (m) => buildTop(m)], // BUILD
      ['Q', (m) => m.refer()], // BINPERSID
    ] satisfies [string, (machine: PickleMachine) => void][]
  ).map(([letter, run]) => [codeOf(letter), run]),
);

function refuseProtocol(protocol: number): void {
  if (protocol > LATEST_PROTOCOL) throw new Error(`its pickle has the unknown protocol ${protocol}`);
}

function appendOne(machine: PickleMachine): void {
  const item = machine.pop();
  append(machine.top, [item]);
}

function appendMany(machine: PickleMachine): void {
  const items = machine.toMark();
  append(machine.top, items);
}

function setOne(machine: PickleMachine): void {
  const items = lastOf(machine, 2);
  setItems(machine.top, items);
}

function setMany(machine: PickleMachine): void {
  const items = machine.toMark();
  setItems(machine.top, items);
}

function buildTop(machine: PickleMachine): void {
  const state = machine.pop();
  build(machine.top, state);
}

function callWithNames(machine: PickleMachine): void {
  machine.pop();
  machine.call(machine.pop(), machine.pop());
}
