/** Writes checkpoints as PyTorch does (a ZIP archive with a pickle), byte by byte, so that tests can also write hostile ones. */

/** The bytes of instructions that leave one value on the stack of a pickle. */
export type Pickled = readonly number[];

const ascii = (text: string): number[] => [...Buffer.from(text)];
const little = (value: number, length: number): number[] => Array.from({ length }, (_, i) => Math.floor(value / 256 ** i) % 256);

export const global = (module: string, name: string): Pickled => [...ascii(`c${module}\n${name}\n`)];
export const text = (value: string): Pickled => [0x58, ...little(Buffer.byteLength(value), 4), ...ascii(value)];
/** A whole number below 2 ** 48. */
export const whole = (value: number): Pickled => [0x8a, 7, ...little(value, 7)];
export const tuple = (...items: Pickled[]): Pickled => [0x28, ...items.flat(), 0x74];
export const dictionary = (entries: readonly (readonly [Pickled, Pickled])[]): Pickled => [0x7d, 0x28, ...entries.flat(2), 0x75];
export const call = (name: Pickled, ...args: Pickled[]): Pickled => [...name, ...tuple(...args), 0x52];
export const NONE: Pickled = [0x4e];
export const FALSE: Pickled = [0x89];
/** An object with attributes, as argparse.Namespace is written. */
export const object = (name: Pickled, attributes: Pickled): Pickled => [...name, 0x29, 0x81, ...attributes, 0x62];
export const pickle = (value: Pickled): Uint8Array => Uint8Array.from([0x80, 2, ...value, 0x2e]);

export type StorageType = 'Float' | 'Half' | 'BFloat16' | 'Double' | 'Long';

/** A reference to a storage. */
export const storage = (type: StorageType, key: string, count: number): Pickled => [
  ...tuple(text('storage'), global('torch', `${type}Storage`), text(key), text('cpu'), whole(count)),
  0x51,
];

export const tensor = (of: Pickled, offset: number, size: readonly number[], stride: readonly number[]): Pickled =>
  call(
    global('torch._utils', '_rebuild_tensor_v2'),
    of,
    whole(offset),
    tuple(...size.map(whole)),
    tuple(...stride.map(whole)),
    FALSE,
    call(global('collections', 'OrderedDict')),
  );

export const rowMajor = (size: readonly number[]): number[] => size.map((_, axis) => size.slice(axis + 1).reduce((a, b) => a * b, 1));

interface ZipOptions {
  /** Compression method of the directory's entries; 0 is none. */
  readonly method?: number;
  /** Added to the sizes that the directory names. */
  readonly extraBytes?: number;
  /** All entries of the directory name the position of the first file. */
  readonly isOverlapping?: boolean;
  /** With the record for archives of more than 4 GiB, which PyTorch always writes. */
  readonly isZip64?: boolean;
}

/** An archive without compression. */
export function storedZip(files: readonly (readonly [name: string, bytes: Uint8Array])[], options: ZipOptions = {}): Buffer {
  const { method = 0, extraBytes = 0, isOverlapping = false, isZip64 = true } = options;
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const [name, bytes] of files) {
    const header = Buffer.from([
      ...little(0x04034b50, 4),
      ...little(0, 2),
      ...little(0x808, 2),
      ...little(0, 18),
      ...little(Buffer.byteLength(name), 2),
      ...little(0, 2),
    ]);
    const size = bytes.length + extraBytes;
    directory.push(
      Buffer.from([
        ...[...little(0x02014b50, 4), ...little(0, 4), ...little(0x808, 2), ...little(method, 2), ...little(0, 8), ...little(size, 4), ...little(size, 4)],
        ...[...little(Buffer.byteLength(name), 2), ...little(0, 12), ...little(isOverlapping ? 0 : position, 4), ...ascii(name)],
      ]),
    );
    parts.push(header, Buffer.from(name), Buffer.from(bytes));
    position += header.length + Buffer.byteLength(name) + bytes.length;
  }
  const bytes = directory.reduce((sum, { length }) => sum + length, 0);
  const end64 = Buffer.from([
    ...[...little(0x06064b50, 4), ...little(44, 8), ...little(0, 12), ...little(files.length, 8), ...little(files.length, 8)],
    ...[...little(bytes, 8), ...little(position, 8)],
    ...[...little(0x07064b50, 4), ...little(0, 4), ...little(position + bytes, 8), ...little(1, 4)],
  ]);
  const end = Buffer.from([
    ...[...little(0x06054b50, 4), ...little(0, 4), ...little(files.length, 2), ...little(files.length, 2)],
    ...[...little(bytes, 4), ...little(position, 4), ...little(0, 2)],
  ]);
  return Buffer.concat([...parts, ...directory, ...(isZip64 ? [end64] : []), end]);
}

/** A checkpoint with a pickle and the bytes of its storages, by key. */
export function checkpoint(value: Pickled, storages: Readonly<Record<string, Uint8Array>> = {}, options: ZipOptions = {}): Buffer {
  return storedZip(
    [
      ['archive/data.pkl', pickle(value)],
      ['archive/byteorder', Buffer.from('little')],
      ...Object.entries(storages).map(([key, bytes]) => [`archive/data/${key}`, bytes] as const),
      ['archive/version', Buffer.from('3\n')],
    ],
    options,
  );
}

export interface NamedTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

export const bytesOf = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** A checkpoint of tensors under the key 'model', as VideoMAE writes it. */
export function checkpointOf(tensors: readonly NamedTensor[], options: readonly (readonly [Pickled, Pickled])[] = []): Buffer {
  const views = tensors.map(({ name, dims, values }, i) => [text(name), tensor(storage('Float', String(i), values.length), 0, dims, rowMajor(dims))] as const);
  const args = object(global('argparse', 'Namespace'), dictionary(options));
  return checkpoint(
    dictionary([
      [text('model'), dictionary(views)],
      [text('args'), args],
    ]),
    Object.fromEntries(tensors.map(({ values }, i) => [String(i), bytesOf(values)])),
  );
}

/** A .safetensors file of floats. */
export function safetensorsOf(tensors: readonly NamedTensor[]): Buffer {
  let offset = 0;
  const header = tensors.map(({ name, dims, values }) => {
    const start = offset;
    offset += values.byteLength;
    return [name, { dtype: 'F32', shape: dims, data_offsets: [start, offset] }] as const;
  });
  return safetensorsWith(Object.fromEntries(header), Buffer.concat(tensors.map(({ values }) => bytesOf(values))));
}

export function safetensorsWith(header: unknown, values: Uint8Array): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  return Buffer.concat([Buffer.from(little(json.length, 8)), json, values]);
}

/** The tensors of an encoder of VideoMAE: the values of each depend on its name. */
export function videoMaeEncoder(width: number, blocks: number, prefix = 'encoder.'): NamedTensor[] {
  const shapes: [string, number[]][] = [
    ['patch_embed.proj.weight', [width, 3, 2, 16, 16]],
    ['patch_embed.proj.bias', [width]],
    ...Array.from({ length: blocks }, (_, i): [string, number[]][] =>
      [
        ...['norm1.weight', 'norm1.bias', 'norm2.weight', 'norm2.bias', 'attn.q_bias', 'attn.v_bias', 'attn.proj.bias', 'mlp.fc2.bias'].map(
          (name): [string, number[]] => [name, [width]],
        ),
        ['attn.qkv.weight', [3 * width, width]] as [string, number[]],
        ['attn.proj.weight', [width, width]] as [string, number[]],
        ['mlp.fc1.weight', [4 * width, width]] as [string, number[]],
        ['mlp.fc1.bias', [4 * width]] as [string, number[]],
        ['mlp.fc2.weight', [width, 4 * width]] as [string, number[]],
      ].map(([name, dims]): [string, number[]] => [`blocks.${i}.${name as string}`, dims as number[]]),
    ).flat(),
  ];
  return shapes.map(([name, dims], n) => {
    const count = dims.reduce((a, b) => a * b, 1);
    return { name: `${prefix}${name}`, dims, values: Float32Array.from({ length: count }, (_, i) => ((i * 7 + n * 13) % 1009) / 1009 - 0.5) };
  });
}
