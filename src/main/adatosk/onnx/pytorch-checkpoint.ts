import type { FileBytes } from './file-bytes.ts';
import type { PickleValue } from './pickle.ts';
import { Inert, LONGEST_PICKLE, PickleName, PickleRecord, readPickle } from './pickle.ts';
import type { FloatType, StoredTensor, StoredWeights } from './stored-tensor.ts';
import { BYTES_PER_VALUE, floatsOf, MOST_DIMENSIONS, valueCount } from './stored-tensor.ts';
import type { StoredZip } from './stored-zip.ts';
import { readStoredZip } from './stored-zip.ts';

/** A checkpoint in the format that PyTorch wrote before version 1.6, and since then on request. */
export class OldCheckpoint extends Error {
  override readonly name = 'OldCheckpoint';
}

/** A program for TorchScript instead of weights alone. */
export class ScriptArchive extends Error {
  override readonly name = 'ScriptArchive';
}

/** Values of several tensors, stored as one file of the archive. */
class Storage {
  readonly key: string;
  /** Null for whole numbers. */
  readonly type: FloatType | null;
  readonly count: number;

  constructor(key: string, type: FloatType | null, count: number) {
    this.key = key;
    this.type = type;
    this.count = count;
  }
}

/** A tensor as PyTorch describes it: a view of a storage. */
class View {
  readonly storage: Storage;
  readonly offset: number;
  readonly dims: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: Storage, offset: number, dims: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.dims = dims;
    this.strides = strides;
  }
}

/**
 * Reads a checkpoint of PyTorch 1.6 and later (torch.save): a ZIP archive with a pickle, which describes the tensors, and a file for
 * each storage. Nothing of the pickle is run (see readPickle).
 * @throws OldCheckpoint, ScriptArchive, RefusedName, or Error with a reason
 */
export async function readPytorchCheckpoint(file: FileBytes): Promise<StoredWeights> {
  await refuseOldFormat(file);
  const zip = await readStoredZip(file);
  const folder = archiveFolder(zip);
  await refuseBigEndian(zip, folder);
  const list = `${folder}/data.pkl`;
  const size = zip.sizes.get(list) ?? 0;
  if (size > LONGEST_PICKLE) throw new Error('its list of tensors is too long');
  const root = readPickle(await zip.read(list, 0, size), { names: NAMES, refer: storageOf });
  const tensors = new Map<string, StoredTensor>();
  for (const [name, view] of stateDictIn(root)) {
    const { type } = view.storage;
    if (type !== null) tensors.set(name, { dims: view.dims, read: () => valuesOf(zip, folder, view, type) });
  }
  return { tensors, cropSide: cropSideIn(root) };
}

/** The first pickle of a checkpoint before PyTorch 1.6 is this number; older ones are tar archives. */
const OLD_START = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const TAR = { position: 257, text: 'ustar' } as const;
const ZIP_START = 'PK';

async function refuseOldFormat(file: FileBytes): Promise<void> {
  const start = await file.read(0, Math.min(file.size, TAR.position + TAR.text.length));
  const textAt = (at: number, text: string): boolean => new TextDecoder('latin1').decode(start.subarray(at, at + text.length)) === text;
  if (OLD_START.every((byte, i) => start[i] === byte) || textAt(TAR.position, TAR.text)) throw new OldCheckpoint('it has the format of PyTorch before 1.6');
  if (!textAt(0, ZIP_START)) throw new Error('it is no checkpoint of PyTorch');
}

/** The folder that holds everything in the archive. */
function archiveFolder({ sizes }: StoredZip): string {
  const folders = [...sizes.keys()].flatMap((name) => (/^[^/]+\/data\.pkl$/.test(name) ? [name.slice(0, name.indexOf('/'))] : []));
  const [folder] = folders;
  if (folder === undefined || folders.length > 1) throw new Error('its archive has no list of tensors (data.pkl)');
  if (sizes.has(`${folder}/constants.pkl`)) throw new ScriptArchive('it is a program for TorchScript');
  return folder;
}

async function refuseBigEndian(zip: StoredZip, folder: string): Promise<void> {
  const name = `${folder}/byteorder`;
  if (!zip.sizes.has(name)) return;
  const order = new TextDecoder().decode(await zip.read(name, 0, Math.min(zip.sizes.get(name) ?? 0, 16)));
  if (order !== 'little') throw new Error('it was saved on a computer with another byte order');
}

const FLOAT_STORAGES: Readonly<Record<string, FloatType>> = {
  'torch.FloatStorage': 'float32',
  'torch.HalfStorage': 'float16',
  'torch.BFloat16Storage': 'bfloat16',
  'torch.DoubleStorage': 'float64',
};
const OTHER_STORAGES = ['Long', 'Int', 'Short', 'Char', 'Byte', 'Bool', 'ComplexFloat', 'ComplexDouble'].map((type) => `torch.${type}Storage`);
/** Storages are numbered. Nothing else may name a file of the archive. */
const STORAGE_KEY = /^\d{1,9}$/;

/** Reads a reference of the pickle: ('storage', class, key, device, number of values). */
function storageOf(id: PickleValue): Storage {
  const [kind, type, key, , count] = Array.isArray(id) ? (id as PickleValue[]) : [];
  if (kind !== 'storage' || !(type instanceof PickleName) || typeof key !== 'string' || !isCount(count))
    throw new Error('one of its tensors has no valid storage');
  if (!STORAGE_KEY.test(key)) throw new Error(`'${key.slice(0, 100)}' is no name of a storage`);
  const known = Object.hasOwn(FLOAT_STORAGES, type.name) ? FLOAT_STORAGES[type.name] : undefined;
  if (known === undefined && !OTHER_STORAGES.includes(type.name) && type.name !== UNTYPED) throw new Error(`${type.name} is no kind of storage`);
  return new Storage(key, known ?? null, count);
}

const UNTYPED = 'torch.storage.UntypedStorage';

/** torch._utils._rebuild_tensor_v2(storage, offset, size, stride, …) */
function viewOf([storage, offset, size, stride]: readonly PickleValue[]): View {
  if (!(storage instanceof Storage) || !isCount(offset) || !isCounts(size) || !isCounts(stride) || size.length !== stride.length)
    throw new Error('one of its tensors has no valid shape');
  const count = valueCount(size);
  const last = offset + size.reduce((sum, dim, i) => sum + (dim - 1) * stride[i]!, 0);
  if (count > 0 && last >= storage.count) throw new Error('one of its tensors ends after its storage');
  // PyTorch saves a tensor that repeats its values (expand) as one. Weights do not repeat.
  if (count > storage.count) throw new Error('one of its tensors is larger than its storage');
  return new View(storage, offset, size, stride);
}

const isCount = (value: PickleValue | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: PickleValue | undefined): value is number[] => Array.isArray(value) && value.length <= MOST_DIMENSIONS && value.every(isCount);

const DTYPES = ['float16', 'bfloat16', 'float32', 'float64', 'int8', 'uint8', 'int16', 'int32', 'int64', 'bool', 'complex64', 'complex128'];
/** Names in checkpoints whose values do not matter for weights: settings of the training, random states, numbers of NumPy. */
const INERT_NAMES = [
  ...DTYPES.map((type) => `torch.${type}`),
  ...['torch.device', 'torch.torch_version.TorchVersion', 'torch.serialization._get_layout', '_codecs.encode', UNTYPED],
  ...Object.keys(FLOAT_STORAGES),
  ...OTHER_STORAGES,
  ...['numpy.dtype', 'numpy.ndarray'],
  ...['numpy.core', 'numpy._core'].flatMap((module) => [`${module}.multiarray.scalar`, `${module}.multiarray._reconstruct`]),
  ...['__builtin__', 'builtins'].flatMap((module) => ['set', 'frozenset', 'list', 'dict', 'int', 'float', 'bool', 'str'].map((type) => `${module}.${type}`)),
  ...['pathlib', 'pathlib._local'].flatMap((module) => ['PosixPath', 'WindowsPath', 'PurePosixPath', 'PureWindowsPath'].map((type) => `${module}.${type}`)),
];

const asTensor = (value: PickleValue | undefined): PickleValue => value ?? null;
const CALLS: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>> = {
  'torch._utils._rebuild_tensor': viewOf,
  'torch._utils._rebuild_tensor_v2': viewOf,
  // Types of values that weights of these networks do not have.
  'torch._utils._rebuild_tensor_v3': () => new Inert('torch._utils._rebuild_tensor_v3'),
  'torch._utils._rebuild_parameter': ([tensor]) => asTensor(tensor),
  'torch._utils._rebuild_parameter_with_state': ([tensor]) => asTensor(tensor),
  'collections.OrderedDict': () => new Map(),
  'collections.defaultdict': () => new Map(),
  'collections.Counter': () => new Map(),
  'torch.Size': ([dims]) => dims ?? [],
  'argparse.Namespace': () => new PickleRecord(),
  'types.SimpleNamespace': () => new PickleRecord(),
};

const NAMES: ReadonlyMap<string, PickleName> = new Map([
  ...INERT_NAMES.map((name): [string, PickleName] => [name, new PickleName(name, () => new Inert(name))]),
  ...Object.entries(CALLS).map(([name, make]): [string, PickleName] => [name, new PickleName(name, make)]),
]);

/** Keys under which programs put a network's weights into a checkpoint, the preferred ones first. */
const CONTAINERS = ['model', 'module', 'state_dict', 'model_state_dict', 'net', 'network', 'encoder', 'backbone', 'model_ema', 'teacher', 'target_encoder'];
const DEEPEST_CONTAINER = 3;
const TUBE_WEIGHT = /(?:^|\.)(?:patch_embed\.proj|patch_embeddings\.projection)\.weight$/;

/** The tensors of the first dictionary with a tube embedding, else of the first one with tensors; by name. */
function stateDictIn(root: PickleValue): ReadonlyMap<string, View> {
  const dictionaries = new Set<ReadonlyMap<PickleValue, PickleValue>>();
  collectDictionaries(root, 0, dictionaries);
  const found = [...dictionaries].map(tensorsOf);
  const isEncoder = (tensors: ReadonlyMap<string, View>): boolean => [...tensors.keys()].some((name) => TUBE_WEIGHT.test(name));
  const chosen = found.find(isEncoder) ?? found.find(({ size }) => size > 0);
  if (chosen === undefined) throw new Error('it has no tensors');
  return chosen;
}

/** A dictionary may contain itself. */
function collectDictionaries(value: PickleValue | undefined, depth: number, found: Set<ReadonlyMap<PickleValue, PickleValue>>): void {
  if (!(value instanceof Map) || found.has(value)) return;
  const dictionary = value as ReadonlyMap<PickleValue, PickleValue>;
  found.add(dictionary);
  if (depth < DEEPEST_CONTAINER) for (const name of CONTAINERS) collectDictionaries(dictionary.get(name), depth + 1, found);
}

function tensorsOf(dictionary: ReadonlyMap<PickleValue, PickleValue>): Map<string, View> {
  const tensors = new Map<string, View>();
  for (const [name, value] of dictionary) if (typeof name === 'string' && value instanceof View) tensors.set(name, value);
  return tensors;
}

/** The option input_size of VideoMAE and MAE-DFER, which save their options (argparse.Namespace) as 'args'. */
function cropSideIn(root: PickleValue): number | null {
  const options = root instanceof Map ? (root as Map<PickleValue, PickleValue>).get('args') : undefined;
  const side = options instanceof PickleRecord ? options.attributes.get('input_size') : undefined;
  return isCount(side) && side > 0 ? side : null;
}

/** The values of a tensor in row-major order, whatever its strides. */
async function valuesOf(zip: StoredZip, folder: string, { storage, offset, dims, strides }: View, type: FloatType): Promise<Float32Array> {
  const name = `${folder}/data/${storage.key}`;
  const bytes = BYTES_PER_VALUE[type];
  if (zip.sizes.get(name) !== storage.count * bytes) throw new Error(`'${name}' has another size than its tensor`);
  const count = valueCount(dims);
  if (count === 0) return new Float32Array(0);
  const span = 1 + dims.reduce((sum, dim, i) => sum + (dim - 1) * strides[i]!, 0);
  const stored = floatsOf(await zip.read(name, offset * bytes, span * bytes), type);
  return isRowMajor(dims, strides) ? stored : inRowMajorOrder(stored, dims, strides, count);
}

function isRowMajor(dims: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    if (dims[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= dims[axis]!;
  }
  return true;
}

function inRowMajorOrder(stored: Float32Array, dims: readonly number[], strides: readonly number[], count: number): Float32Array {
  const values = new Float32Array(count);
  const at = dims.map(() => 0);
  let from = 0;
  for (let to = 0; to < count; to++) {
    values[to] = stored[from]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      at[axis]! += 1;
      if (at[axis]! < dims[axis]!) break;
      from -= dims[axis]! * strides[axis]!;
      at[axis] = 0;
    }
  }
  return values;
}
