import { homedir, hostname, userInfo } from 'node:os';
import { basename } from 'node:path';
import { VIDEO_ENDINGS } from '../settings/defaults.ts';

/**
 * Takes paths and names of files, and what is in quotes, out of a text that a person may send to others. What can belong to a name is taken
 * out with it: rather a word too many than a part of a name. Endings of files stay, because errors depend on them.
 */
export function redacted(text: string, names: readonly string[] = ownNames()): string {
  const lines = text.split('\n').map((line) => (STACK_LINE.test(line) ? stackLine(line) : plainLine(line)));
  const known = [...new Set(names)].filter((name) => name.length >= SHORTEST_NAME).map(asPattern);
  const whole = lines.join('\n');
  const nameless = known.length === 0 ? whole : whole.replaceAll(new RegExp(`(?<!${LETTER})(?:${known.join('|')})(?!${LETTER})`, 'giu'), mark('name'));
  return nameless.replaceAll(OPEN, '<').replaceAll(CLOSE, '>');
}

/** Names of the account and of the computer. Shorter ones are parts of words. */
const SHORTEST_NAME = 3;
function ownNames(): string[] {
  return [basename(homedir()), hostname(), accountName()];
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry, as in some containers.
    return '';
  }
}

/** Marks stand between two characters that no text has, so that the next rule does not read them as text. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const mark = (what: string): string => `${OPEN}${what}${CLOSE}`;
const NOT_MARKED = `[^${OPEN}${CLOSE}\\n]`;
const LETTER = '[\\p{L}\\p{M}\\p{N}_]';
const asPattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Endings of files that people name. */
const OTHER_ENDINGS = [
  ...['adatosk', 'eaf', 'textgrid', 'boris', 'gz', 'annotation', 'vtt', 'srt', 'csv', 'tsv', 'txt', 'json', 'xml', 'xlsx', 'xls', 'parquet', 'html'],
  ...['pdf', 'doc', 'docx', 'jpg', 'jpeg', 'png', 'bmp', 'tif', 'tiff', 'webp', 'wav', 'mp3', 'm4a', 'zip', 'onnx', 'pth', 'pt', 'bin', 'safetensors'],
  ...['log', 'part', 'adatosk-sums', 'adatosk-wal', 'adatosk-shm'],
];
const ENDING = `\\.(?:${[...VIDEO_ENDINGS.map((ending) => ending.replace(/^\./, '')), ...OTHER_ENDINGS].map(asPattern).join('|')})(?!${LETTER})`;

/** How a full path begins: of Windows, of a share, of other systems, or as an address of a file. 'and/or' and 'https://' do not. */
const START = `(?:file:[\\\\/]*|(?<!${LETTER})[A-Za-z]:[\\\\/]|\\\\\\\\|(?<![\\p{L}\\p{M}\\p{N}_./:~-])//?(?=[^\\s/])|~[\\\\/])`;
/** A path of a file reaches to the last ending of its line, because names have spaces, commas and brackets. */
const FILE_PATH = new RegExp(`${START}${NOT_MARKED}*(${ENDING})`, 'giu');
/** Other paths reach to the next colon, or to the end of the line. */
const OTHER_PATH = new RegExp(`${START}${NOT_MARKED}*?(?=: |:\\d|:?$|\\)$|"|${OPEN})`, 'giu');
/** Everything between the last colon and the ending can be the name. */
const FILE_NAME = new RegExp(`[^${OPEN}${CLOSE}\\n:"]*[^${OPEN}${CLOSE}\\n:"\\s](${ENDING})`, 'giu');
const ENDS_WITH_ENDING = new RegExp(`(${ENDING})$`, 'iu');
const HAS_PATH = /[\\/]/;
/** Straight and typographic quotes. An apostrophe within a word is none. */
const QUOTED = new RegExp(`(?<!${LETTER})'(.*?)'(?!${LETTER})|"(.*?)"|\`(.*?)\`|[“„](.*?)[”“]|‘(.*?)’(?!${LETTER})|«(.*?)»`, 'giu');
/** JavaScript's own messages: "Cannot read properties of undefined (reading 'start')". */
const PROPERTY = /\((?:reading|setting) $/;

function plainLine(line: string): string {
  return line
    .replaceAll(QUOTED, (whole: string, ...groups: unknown[]) => {
      const at = groups.findIndex((each) => typeof each === 'number');
      const content = groups.slice(0, at).find((each): each is string => typeof each === 'string') ?? '';
      if (content === '' || PROPERTY.test(line.slice(0, groups[at] as number))) return whole;
      return `${whole.slice(0, 1)}${quoted(content)}${whole.slice(-1)}`;
    })
    .replaceAll(FILE_PATH, (_, ending: string) => `${mark('path')}${ending.toLowerCase()}`)
    .replaceAll(OTHER_PATH, mark('path'))
    .replaceAll(FILE_NAME, (whole: string, ending: string) => `${/^\s*/.exec(whole)?.[0] ?? ''}${mark('file')}${ending.toLowerCase()}`);
}

function quoted(content: string): string {
  const ending = ENDS_WITH_ENDING.exec(content)?.[1]?.toLowerCase() ?? '';
  if (HAS_PATH.test(content)) return `${mark('path')}${ending}`;
  return ending === '' ? mark('text') : `${mark('file')}${ending}`;
}

const STACK_LINE = /^\s+at /;
/** A place in the program's own code or in a library: it is the same for everybody. */
const OWN_CODE =
  /(?:file:\/\/)?(?:[A-Za-z]:)?[\\/][^\n()]*?[\\/]((?:src[\\/](?:main|shared|preload|renderer)|out[\\/](?:main|preload|renderer)|node_modules)[\\/][\w@.\\/-]+)/giu;
const CODE_PATH = new RegExp(`${START}${NOT_MARKED}*?(?=:\\d+(?::\\d+)?\\)?$|\\)?$)`, 'giu');

function stackLine(line: string): string {
  return line
    .replaceAll(OWN_CODE, (_, tail: string) => `${mark('program')}${CLOSE}${tail.replaceAll('\\', '/')}`)
    .replaceAll(CODE_PATH, mark('path'))
    .replaceAll(`${CLOSE}${CLOSE}`, `${CLOSE}/`);
}
