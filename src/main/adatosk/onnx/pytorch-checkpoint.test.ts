import { describe, expect, test } from 'vitest';
import {
  bytesOf,
  call,
  checkpoint,
  checkpointOf,
  dictionary,
  FALSE,
  global,
  NONE,
  object,
  pickle,
  storage,
  storedZip,
  tensor,
  text,
  tuple,
  whole,
} from '../../../../testing/pytorch-file.ts';
import type { Pickled } from '../../../../testing/pytorch-file.ts';
import { bytesInMemory } from './file-bytes.ts';
import { RefusedName } from './pickle.ts';
import { OldCheckpoint, readPytorchCheckpoint, ScriptArchive } from './pytorch-checkpoint.ts';

const read = (bytes: Uint8Array): ReturnType<typeof readPytorchCheckpoint> => readPytorchCheckpoint(bytesInMemory(bytes));
/** Reads a checkpoint with one dictionary, and the values of its tensor 'x'. */
async function valuesOfX(x: Pickled, storages: Record<string, Uint8Array>): Promise<number[]> {
  const { tensors } = await read(checkpoint(dictionary([[text('x'), x]]), storages));
  return [...(await tensors.get('x')!.read())];
}
const floats = (...values: number[]): Uint8Array => bytesOf(Float32Array.from(values));
const x = (size: number[], stride: number[], offset = 0, count = 6): Pickled => tensor(storage('Float', '0', count), offset, size, stride);
const SIX = { '0': floats(0, 1, 2, 3, 4, 5) };

describe('tensors of a checkpoint', () => {
  test('are read with their names, shapes and values', async () => {
    const { tensors, cropSide } = await read(checkpointOf([{ name: 'a', dims: [2, 3], values: Float32Array.from([0, 1, 2, 3, 4, 5]) }]));
    expect(tensors.get('a')!.dims).toEqual([2, 3]);
    expect([...(await tensors.get('a')!.read())]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(cropSide).toBeNull();
  });

  test('also without the record for large archives', async () => {
    const { tensors } = await read(checkpoint(dictionary([[text('x'), x([6], [1])]]), SIX, { isZip64: false }));
    expect(tensors.size).toBe(1);
  });

  test('a transposed tensor is read in its own order', async () => {
    expect(await valuesOfX(x([3, 2], [1, 3]), SIX)).toEqual([0, 3, 1, 4, 2, 5]);
  });

  test('a column and a part of a storage are read at their place', async () => {
    expect(await valuesOfX(x([2], [3], 1), SIX)).toEqual([1, 4]);
    expect(await valuesOfX(x([3], [1], 3), SIX)).toEqual([3, 4, 5]);
    expect(await valuesOfX(x([], [], 5), SIX)).toEqual([5]);
    expect(await valuesOfX(x([0, 3], [3, 1]), SIX)).toEqual([]);
  });

  test('half, bfloat16 and double become single precision', async () => {
    const half = new DataView(new ArrayBuffer(4));
    half.setFloat16(0, 0.5, true);
    half.setFloat16(2, -65504, true);
    expect(await valuesOfX(tensor(storage('Half', '0', 2), 0, [2], [1]), { '0': new Uint8Array(half.buffer) })).toEqual([0.5, -65504]);
    const brain = new Uint8Array([0x80, 0x3f, 0x20, 0xc0]);
    expect(await valuesOfX(tensor(storage('BFloat16', '0', 2), 0, [2], [1]), { '0': brain })).toEqual([1, -2.5]);
    const double = new Uint8Array(Float64Array.from([1.5, 2 ** 60]).buffer);
    expect(await valuesOfX(tensor(storage('Double', '0', 2), 0, [2], [1]), { '0': double })).toEqual([1.5, 2 ** 60]);
  });

  test('whole numbers are left out', async () => {
    const step = tensor(storage('Long', '1', 1), 0, [], []);
    const { tensors } = await read(
      checkpoint(
        dictionary([
          [text('x'), x([6], [1])],
          [text('step'), step],
        ]),
        { ...SIX, '1': new Uint8Array(8) },
      ),
    );
    expect([...tensors.keys()]).toEqual(['x']);
  });

  test('parameters are tensors', async () => {
    expect(
      await valuesOfX(call(global('torch._utils', '_rebuild_parameter'), x([6], [1]), FALSE, call(global('collections', 'OrderedDict'))), SIX),
    ).toHaveLength(6);
  });

  test.each([['model'], ['module'], ['state_dict'], ['model_state_dict']])('are found below %s, beside optimiser and options', async (container) => {
    const options = object(global('argparse', 'Namespace'), dictionary([[text('input_size'), whole(224)]]));
    const { tensors, cropSide } = await read(
      checkpoint(
        dictionary([
          [text('optimizer'), dictionary([[text('state'), dictionary([[whole(0), dictionary([[text('exp_avg'), x([6], [1])]])]])]])],
          [text('best'), call(global('numpy._core.multiarray', 'scalar'), call(global('numpy', 'dtype'), text('f8'), FALSE), NONE)],
          [
            text(container),
            [...call(global('collections', 'OrderedDict')), 0x28, ...text('a'), ...x([6], [1]), 0x75, ...dictionary([[text('_metadata'), NONE]]), 0x62],
          ],
          [text('args'), options],
        ]),
        SIX,
      ),
    );
    expect([...tensors.keys()]).toEqual(['a']);
    expect(cropSide).toBe(224);
  });

  test('the dictionary with the tube embedding is preferred to one with other tensors', async () => {
    const { tensors } = await read(
      checkpoint(
        dictionary([
          [text('model'), dictionary([[text('queue'), x([6], [1])]])],
          [text('state_dict'), dictionary([[text('backbone.patch_embed.proj.weight'), x([6], [1])]])],
        ]),
        SIX,
      ),
    );
    expect([...tensors.keys()]).toEqual(['backbone.patch_embed.proj.weight']);
  });

  test('a dictionary that contains itself is read once', async () => {
    // {'model': itself}, with the dictionary in the memo.
    const own: Pickled = [0x7d, 0x71, 0, ...text('model'), 0x68, 0, 0x73];
    await expect(read(checkpoint(own))).rejects.toThrow(/no tensors/);
  });
});

describe('a hostile checkpoint is refused, and nothing of it runs', () => {
  const refused = async (value: Pickled): Promise<string> => {
    const error: unknown = await read(checkpoint(value)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(RefusedName);
    return (error as RefusedName).refused;
  };

  test('a call of os.system', async () => {
    expect(await refused(call(global('os', 'system'), text('touch /tmp/owned')))).toBe('os.system');
  });

  test('a name that comes from the stack', async () => {
    expect(await refused([...text('builtins'), ...text('eval'), 0x93, ...tuple(text('1')), 0x52])).toBe('builtins.eval');
  });

  test('a name that is never called', async () => {
    expect(await refused(dictionary([[text('x'), global('subprocess', 'Popen')]]))).toBe('subprocess.Popen');
  });

  test.each([
    ['torch.storage', '_load_from_bytes'],
    ['torch', 'load'],
    ['builtins', 'getattr'],
    ['torch.nn.modules.linear', 'Linear'],
    ['__proto__', 'constructor'],
  ])('%s.%s', async (module, name) => {
    expect(await refused(call(global(module, name)))).toBe(`${module}.${name}`);
  });

  test('a name with control characters is not passed on to the terminal', async () => {
    expect(await refused(call(global('os\u001b[2J', 'system')))).toBe('os?[2J.system');
  });

  test('the setter of an object is not run: attributes are data', async () => {
    const value = object(global('argparse', 'Namespace'), dictionary([[text('__class__'), text('x')]]));
    await expect(read(checkpoint(dictionary([[text('args'), value]])))).rejects.toThrow(/no tensors/);
  });

  test('instructions of protocol 0 and of extensions', async () => {
    await expect(read(checkpoint([...Buffer.from('(ios\nsystem\n')]))).rejects.toThrow(/instruction 105/);
    await expect(read(checkpoint([0x82, 1]))).rejects.toThrow(/instruction 130/);
  });

  test('a call of something that the pickle made itself', async () => {
    await expect(read(checkpoint([...text('os.system'), ...tuple(text('x')), 0x52]))).rejects.toThrow(/no function/);
  });

  test('a pickle that is nested deeply, has too many values, or names huge ones', async () => {
    await expect(read(checkpoint(Array.from({ length: 5000 }, () => 0x28)))).rejects.toThrow(/nested too deeply/);
    // An array literal of this length would be too long to spread.
    const many = new Uint8Array(1_500_000).fill(0x4e);
    await expect(read(storedZip([['a/data.pkl', many]]))).rejects.toThrow(/too many values/);
    await expect(read(checkpoint([0x58, 0xff, 0xff, 0xff, 0x7f]))).rejects.toThrow(/damaged/);
    await expect(read(checkpoint([0x8b, 0xff, 0xff, 0xff, 0x7f]))).rejects.toThrow(/too long/);
    await expect(read(storedZip([['a/data.pkl', new Uint8Array(17e6)]]))).rejects.toThrow(/too long/);
  });

  test('a deeply nested list without marks is read without recursion', async () => {
    const depth = 200_000;
    const bytes = new Uint8Array(2 + 2 * depth + 1);
    bytes.set([0x80, 2]);
    bytes.fill(0x5d, 2, 2 + depth);
    bytes.fill(0x61, 2 + depth, 2 + 2 * depth - 1);
    bytes[2 + 2 * depth - 1] = 0x2e;
    await expect(read(storedZip([['a/data.pkl', bytes]]))).rejects.toThrow(/no tensors/);
  });

  test.each([['../../etc/passwd'], ['../data.pkl'], ['/etc/passwd'], ['0/../1'], ['']])('a storage named %s', async (key) => {
    await expect(valuesOfX(tensor(storage('Float', key, 1), 0, [1], [1]), SIX)).rejects.toThrow(/no name of a storage/);
  });

  test.each([
    ['ends after its storage', x([7], [1])],
    ['ends after its storage by its strides', x([2, 3], [4, 1])],
    ['begins after its storage', x([1], [1], 6)],
    ['repeats its values', x([1000, 6], [0, 1])],
    ['has 2 ** 40 values', x([2 ** 20, 2 ** 20], [0, 0])],
    ['has dimensions without strides', x([6], [])],
    [
      'has too many dimensions',
      x(
        Array.from({ length: 40 }, () => 1),
        Array.from({ length: 40 }, () => 1),
      ),
    ],
  ])('a tensor that %s', async (_, value) => {
    await expect(valuesOfX(value, SIX)).rejects.toThrow(/one of its tensors/);
  });

  test('a storage that is shorter than its tensor says', async () => {
    await expect(valuesOfX(x([1000], [1], 0, 1000), SIX)).rejects.toThrow(/another size/);
    await expect(valuesOfX(x([6], [1]), {})).rejects.toThrow(/another size/);
  });

  test.each([
    ['compressed', { method: 8 }, /compressed/],
    ['larger than the archive', { extraBytes: 1000 }, /overlaps/],
    ['overlapping', { isOverlapping: true }, /overlaps/],
  ])('files of the archive that are %s', async (_, options, message) => {
    await expect(read(checkpoint(dictionary([[text('x'), x([6], [1])]]), SIX, options))).rejects.toThrow(message);
  });

  test('an archive that is truncated anywhere', async () => {
    const complete = checkpoint(dictionary([[text('x'), x([6], [1])]]), SIX);
    for (let length = 0; length < complete.length; length++) await expect(read(complete.subarray(0, length)), `${length} bytes`).rejects.toThrow();
  });

  test('single wrong bytes end in an error or in a tensor of the same size', async () => {
    const bytes = checkpoint(dictionary([[text('x'), x([6], [1])]]), SIX);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0xff;
      const found = await read(changed)
        .then(async ({ tensors }) => (await tensors.get('x')?.read())?.length ?? 0)
        .catch(() => 0);
      expect(found).toBeLessThanOrEqual(6);
    }
  });
});

describe('other files have errors of their own', () => {
  test('checkpoints before PyTorch 1.6', async () => {
    const start = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
    await expect(read(Uint8Array.from([...start, 0x80, 2]))).rejects.toThrow(OldCheckpoint);
    const tar = Buffer.alloc(512);
    tar.write('ustar', 257);
    await expect(read(tar)).rejects.toThrow(OldCheckpoint);
  });

  test('programs for TorchScript', async () => {
    const files = ['data.pkl', 'constants.pkl'].map((name) => [`model/${name}`, pickle(NONE)] as const);
    await expect(read(storedZip(files))).rejects.toThrow(ScriptArchive);
  });

  test('another byte order, and files that are no archive', async () => {
    await expect(
      read(
        storedZip([
          ['a/data.pkl', pickle(NONE)],
          ['a/byteorder', Buffer.from('big')],
        ]),
      ),
    ).rejects.toThrow(/byte order/);
    await expect(read(Buffer.from('{"a": 1}'))).rejects.toThrow(/no checkpoint/);
    await expect(read(Buffer.alloc(0))).rejects.toThrow(/no checkpoint/);
    await expect(read(storedZip([['a/readme.txt', Buffer.from('x')]]))).rejects.toThrow(/no list of tensors/);
  });
});
