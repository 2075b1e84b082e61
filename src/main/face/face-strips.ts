import sharp from 'sharp';

/** Crops in one JPEG: neighbours in time are read together. */
export const CROPS_PER_STRIP = 16;
/** Little is lost at this quality (4:4:4), and 16 crops of 112 pixels take some 60 kB. */
const QUALITY = 92;

/** Crops one below the other as a JPEG. @param pixels [crops, side, side, 3] RGB bytes */
export function encodeStrip(pixels: Uint8Array, side: number): Promise<Buffer> {
  return sharp(pixels, { raw: { width: side, height: pixels.length / (side * 3), channels: 3 } })
    .jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/** All crops of a clip as strips, one after the other, and the length of each in bytes. */
export async function encodeStrips(crops: Uint8Array, side: number): Promise<{ bytes: Buffer; lengths: number[] }> {
  const strip = CROPS_PER_STRIP * side * side * 3;
  const strips: Buffer[] = [];
  for (let at = 0; at < crops.length; at += strip) strips.push(await encodeStrip(crops.subarray(at, at + strip), side));
  return { bytes: Buffer.concat(strips), lengths: strips.map(({ length }) => length) };
}
