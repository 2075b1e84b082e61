/**
 * The text of a file of another tool. Its encoding is that of its byte order mark, else that of its XML declaration, else UTF-16
 * where every other byte is 0, else UTF-8; files that are not valid UTF-8 are of Windows (1252) or of the classic Mac OS.
 */
export function decodeText(bytes: Uint8Array): string {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) return new TextDecoder(utf16).decode(bytes);
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, HEAD_BYTES));
  const declared = /^(?:\u00EF\u00BB\u00BF)?\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1];
  // A file that is declared as UTF-16 but is readable until here is not UTF-16.
  if (declared !== undefined && !/^utf-?(?:8|16)/i.test(declared)) {
    const decoder = decoderOf(declared);
    if (decoder !== undefined) return decoder.decode(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(isMacRoman(bytes) ? 'macintosh' : 'windows-1252').decode(bytes);
  }
}

const HEAD_BYTES = 1000;

function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Without a mark: all formats begin with two characters of ASCII.
  if (first === 0 && second !== 0 && third === 0) return 'utf-16be';
  return first !== 0 && second === 0 && fourth === 0 ? 'utf-16le' : undefined;
}

function decoderOf(label: string): { readonly decode: (bytes: Uint8Array) => string } | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}

/**
 * The accented letters of European languages are 0x80 to 0x9F in Mac Roman, and 0xC0 to 0xFF in Windows-1252, which has typographic
 * signs where Mac Roman has letters.
 */
function isMacRoman(bytes: Uint8Array): boolean {
  let balance = 0;
  for (const byte of bytes) {
    if ((byte >= 0x80 && byte <= 0x9f) || byte === 0xa7 || byte === 0xbe || byte === 0xbf || byte === 0xae || byte === 0xaf) balance += 1;
    else if (byte >= 0xc0) balance -= 1;
  }
  return balance > 0;
}

/**
 * A decoder for a file that is read in pieces, chosen as decodeText does.
 * @param head the first bytes of the file, at least a line
 */
export function textDecoderOf(head: Uint8Array): InstanceType<typeof TextDecoder> {
  const utf16 = utf16Of(head);
  if (utf16 !== undefined) return new TextDecoder(utf16);
  try {
    // The last character of the head can be cut off.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return new TextDecoder('utf-8');
  } catch {
    return new TextDecoder(isMacRoman(head) ? 'macintosh' : 'windows-1252');
  }
}
