import sharp from 'sharp';

/** Crops per JPEG. Neighbouring samples share one JPEG, because they are read together. */
export const CROPS_PER_STRIP = 16;
/** JPEG quality (4:4:4): little visible loss, and about 60 kB for 16 crops of 112 pixels. */
const QUALITY = 92;

/** Encodes crops, one below the other, as one JPEG. @param pixels [crops, side, side, 3] RGB bytes */
export function encodeStrip(pixels: Uint8Array, side: number): Promise<Buffer> {
  return sharp(pixels, { raw: { width: side, height: pixels.length / (side * 3), channels: 3 } })
    .jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/**
 * Encodes all crops of a clip as strips.
 * @param crops [crops, side, side, 3] RGB bytes
 * @returns the concatenated JPEGs and the length of each in bytes
 */
export async function encodeStrips(crops: Uint8Array, side: number): Promise<{ bytes: Buffer; lengths: number[] }> {
  const strip = CROPS_PER_STRIP * side * side * 3;
  const strips: Buffer[] = [];
  for (let at = 0; at < crops.length; at += strip) strips.push(await encodeStrip(crops.subarray(at, at + strip), side));
  return { bytes: Buffer.concat(strips), lengths: strips.map(({ length }) => length) };
}
