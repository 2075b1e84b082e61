import { describe, expect, test } from 'vitest';
import { safetensorsOf, safetensorsWith } from '../../../../testing/pytorch-file.ts';
import { bytesInMemory } from './file-bytes.ts';
import { readSafetensors } from './safetensors.ts';

const read = (bytes: Uint8Array): ReturnType<typeof readSafetensors> => readSafetensors(bytesInMemory(bytes));
const entry = (start: number, end: number, shape = [(end - start) / 4], dtype = 'F32'): object => ({ dtype, shape, data_offsets: [start, end] });

describe('a .safetensors file', () => {
  test('is read with names, shapes and values', async () => {
    const { tensors } = await read(
      safetensorsOf([
        { name: 'a', dims: [2, 1], values: Float32Array.from([1, 2]) },
        { name: 'b', dims: [], values: Float32Array.from([3]) },
      ]),
    );
    expect(tensors.get('a')!.dims).toEqual([2, 1]);
    expect([...(await tensors.get('a')!.read())]).toEqual([1, 2]);
    expect([...(await tensors.get('b')!.read())]).toEqual([3]);
  });

  test('with half precision, bfloat16, other types and metadata', async () => {
    const header = { __metadata__: { format: 'pt' }, b: entry(2, 4, [1], 'BF16'), a: entry(0, 2, [1], 'F16'), c: entry(4, 12, [1], 'I64') };
    const { tensors } = await read(safetensorsWith(header, Uint8Array.from([0x00, 0x38, 0x20, 0xc0, ...new Uint8Array(8)])));
    expect([...tensors.keys()].sort()).toEqual(['a', 'b']);
    expect([...(await tensors.get('a')!.read()), ...(await tensors.get('b')!.read())]).toEqual([0.5, -2.5]);
  });

  test.each([
    ['tensors that overlap', { a: entry(0, 8), b: entry(4, 12) }, 12, /does not begin where/],
    ['tensors with the same values', { a: entry(0, 8), b: entry(0, 8) }, 8, /does not begin where/],
    ['a gap', { a: entry(0, 4), b: entry(8, 12) }, 12, /does not begin where/],
    ['a late first tensor', { a: entry(4, 8) }, 8, /does not begin where/],
    ['values of no tensor', { a: entry(0, 4) }, 8, /belong to no tensor/],
    ['too few values', { a: entry(0, 8) }, 4, /truncated/],
    ['an end before its start', { a: entry(0, 4), b: entry(4, 0, [0]) }, 4, /does not begin where/],
    ['a shape with more values', { a: entry(0, 8, [2, 2]) }, 8, /its shape needs 16/],
    ['a shape with more values than any file', { a: entry(0, 8, [2 ** 50, 2 ** 50]) }, 8, /its shape needs/],
    ['whole numbers of another size', { a: entry(0, 8, [2], 'I64') }, 8, /its shape needs 16/],
    ['a negative length', { a: entry(0, 8, [-2]) }, 8, /no valid type/],
    ['a fraction as a length', { a: entry(0, 8, [0.5]) }, 8, /no valid type/],
    ['a missing shape', { a: { dtype: 'F32', data_offsets: [0, 4] } }, 4, /no valid type/],
    ['a list as header', [1], 0, /no list of tensors/],
  ])('with %s is refused', async (_, header, bytes, message) => {
    await expect(read(safetensorsWith(header, new Uint8Array(bytes)))).rejects.toThrow(message);
  });

  test('with a thousand names of one tensor is refused before any value is read', async () => {
    const header = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`x${i}`, entry(0, 4_000_000)]));
    await expect(read(safetensorsWith(header, new Uint8Array(4_000_000)))).rejects.toThrow(/does not begin where/);
  });

  test.each([
    ['no header', Buffer.alloc(4)],
    ['a header longer than the file', Buffer.from([255, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d])],
    ['a huge header', Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 0x7b, 0x7d])],
    ['a header that is no JSON', safetensorsWith('{"a"', new Uint8Array(0))],
  ])('with %s is refused', async (_, bytes) => {
    await expect(read(bytes)).rejects.toThrow();
  });
});
