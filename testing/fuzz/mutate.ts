type Random = () => number;

/** Texts that are special to some reader: markup, numbers at the edge, names of JavaScript, paths out of a folder. */
const SPECIAL = [
  ...['\0', '\uFEFF', '\r', '"', "'", '<', '>', '&', '&a;', '<!ENTITY a "aaaaaaaaaa">', ']]>', '-->', '`', ';', '\t', '|', '\\', '%s', '${a}'],
  ...['NaN', 'Infinity', '-0', '1e999', '-1e999', '1e-999', '9'.repeat(400), '0x10', '١٢', '1,5', '-1', '2147483648', '9007199254740993'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '{"__proto__":{"a":1}}', '../../../etc/passwd', '/dev/zero', 'C:\\con', 'file:///etc/passwd'],
  ...['[', '{', '['.repeat(20_000), '{"a":'.repeat(5000), '('.repeat(20_000), 'a'.repeat(200_000), '\n'.repeat(5000), ','.repeat(20_000)],
  ...['\u202E', '\uD800', '𝒜', 'é'.normalize('NFD'), '=cmd|A1', '1970-01-01T00:00:00Z', '99:99:99.999'],
];
/** Whole numbers that are special as sizes and counts. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

const MOST_CHANGES = 6;
/** Larger inputs would only make a reader slow. */
const LARGEST = 4_000_000;

/**
 * An input with one to six random changes.
 * @param others further inputs of the same kind, from which parts are taken
 */
export function mutated(input: Uint8Array, others: readonly Uint8Array[], random: Random): Buffer {
  let bytes: Buffer = Buffer.from(input);
  const changes = 1 + Math.floor(MOST_CHANGES * random());
  for (let i = 0; i < changes && bytes.length < LARGEST; i++) bytes = changed(bytes, others, random);
  return bytes;
}

function changed(bytes: Buffer, others: readonly Uint8Array[], random: Random): Buffer {
  const upTo = (end: number): number => Math.floor(random() * end);
  const at = upTo(bytes.length + 1);
  const length = random() < 0.5 ? upTo(16) : upTo(bytes.length / 2 + 1);
  const insert = (part: Uint8Array): Buffer => Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
  const other = others[upTo(others.length)] ?? bytes;
  const start = upTo(other.length);
  switch (upTo(9)) {
    case 0:
      return withBytes(bytes, at, 1, (value) => value ^ (1 << upTo(8)));
    case 1:
      return withBytes(bytes, at, 1 + upTo(8), () => upTo(256));
    case 2:
      return withNumber(bytes, at, EDGES[upTo(EDGES.length)] ?? 0, random);
    case 3:
      return insert(Buffer.from(SPECIAL[upTo(SPECIAL.length)] ?? ''));
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + length))]);
    case 5:
      return insert(bytes.subarray(start, start + length));
    case 6:
      return insert(other.subarray(start, start + length));
    case 7:
      return Buffer.from(bytes.subarray(0, at));
    default:
      return withText(bytes, SPECIAL[upTo(SPECIAL.length)] ?? '', random);
  }
}

function withBytes(bytes: Buffer, at: number, count: number, value: (before: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let i = at; i < Math.min(copy.length, at + count); i++) copy.writeUInt8(value(copy.readUInt8(i)) & 0xff, i);
  return copy;
}

function withNumber(bytes: Buffer, at: number, value: number, random: Random): Buffer {
  if (bytes.length < 4) return bytes;
  const copy = Buffer.from(bytes);
  const place = Math.min(at, bytes.length - 4);
  if (random() < 0.5) copy.writeUInt32LE(value, place);
  else copy.writeUInt32BE(value, place);
  return copy;
}

/** Replaces a number or a word of a text. */
function withText(bytes: Buffer, value: string, random: Random): Buffer {
  const text = bytes.toString('latin1');
  const words = [...text.matchAll(/[\w.]+/g)];
  const word = words[Math.floor(random() * words.length)];
  if (word === undefined) return bytes;
  return Buffer.concat([bytes.subarray(0, word.index), Buffer.from(value), bytes.subarray(word.index + word[0].length)]);
}
