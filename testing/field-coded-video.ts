/** H.264 video in which each picture is coded as two fields, as camcorders record it. ffmpeg cannot encode it, so this does. */
import { writeFile } from 'node:fs/promises';
import { greyOfFrame } from './videos.ts';

/** Three macroblocks wide; each field is one macroblock high. */
const WIDTH = 3;
const LUMA = 256;
const CHROMA = 64;

/** Writes bits as ITU-T H.264 describes them. */
class Bits {
  readonly #bytes: number[] = [];
  #bits = 0;

  /** An unsigned number of `count` bits: u(n). */
  u(value: number, count: number): this {
    for (let i = count - 1; i >= 0; i--) {
      if (this.#bits % 8 === 0) this.#bytes.push(0);
      this.#bytes[this.#bytes.length - 1]! |= ((value >> i) & 1) << (7 - (this.#bits % 8));
      this.#bits += 1;
    }
    return this;
  }

  /** Exponential Golomb codes of numbers that are not negative: ue(v). For 0, se(v) is the same. */
  ue(...values: number[]): this {
    for (const value of values) {
      const length = Math.floor(Math.log2(value + 1));
      this.u(0, length).u(value + 1, length + 1);
    }
    return this;
  }

  aligned(): this {
    return this.#bits % 8 === 0 ? this : this.u(0, 8 - (this.#bits % 8));
  }

  /** A NAL unit with start code, trailing bits and emulation prevention. */
  unit(type: number): Buffer {
    this.u(1, 1).aligned();
    const escaped: number[] = [];
    for (const byte of this.#bytes) {
      if (byte <= 3 && escaped.at(-1) === 0 && escaped.at(-2) === 0) escaped.push(3);
      escaped.push(byte);
    }
    return Buffer.from([0, 0, 0, 1, 0x20 | type, ...escaped]);
  }
}

/** Writes a raw H.264 stream of field-coded frames of 48 x 32 pixels. The grey level of each encodes its number, as in a counting video. */
export async function fieldCodedVideo(path: string, frames: number): Promise<void> {
  const sequence = new Bits()
    .u(77, 8)
    .u(0, 8)
    .u(30, 8)
    .ue(0, 0, 2, 1)
    .u(0, 1)
    .ue(WIDTH - 1, 0);
  const units = [
    // Fields are allowed, macroblocks do not switch between fields and frames, no cropping, no VUI.
    sequence.u(0b00100, 5).unit(7),
    new Bits().ue(0, 0).u(0, 2).ue(0, 0, 0).u(0, 3).ue(0, 0, 0).u(0b100, 3).unit(8),
  ];
  for (let frame = 0; frame < frames; frame++) for (const isBottom of [false, true]) units.push(field(frame, isBottom));
  await writeFile(path, Buffer.concat(units));
}

/** A field of uncompressed macroblocks. The very first one is a point of random access. */
function field(frame: number, isBottom: boolean): Buffer {
  const isFirst = frame === 0 && !isBottom;
  const bits = new Bits()
    .ue(0, 7, 0)
    .u(frame % 16, 4)
    .u(1, 1)
    .u(Number(isBottom), 1);
  if (isFirst) bits.ue(0).u(0, 2);
  else bits.u(0, 1);
  bits.ue(0, 1);
  for (let macroblock = 0; macroblock < WIDTH; macroblock++) {
    bits.ue(25).aligned();
    for (let i = 0; i < LUMA; i++) bits.u(greyOfFrame(frame), 8);
    for (let i = 0; i < 2 * CHROMA; i++) bits.u(128, 8);
  }
  return bits.unit(isFirst ? 5 : 1);
}
