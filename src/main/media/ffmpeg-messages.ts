import { StudioError } from '../../shared/app/errors.ts';
import type { ProgramName } from './programs.ts';
import { variableOf } from './programs.ts';

const PICTURE_TOO_LARGE = /exceeds specified max pixel count/;

/** Error messages of ffmpeg and ffprobe, which give no codes, with the corresponding errors. The first match wins. */
const MEANINGS = [
  { match: /Format not on whitelist|Protocol '.*' not on whitelist/, id: 'not-a-video/format' },
  { match: PICTURE_TOO_LARGE, id: 'unsupported-codec/picture-size' },
  {
    match: /moov atom not found|partial file|File ended prematurely|Truncating packet|stream \d+, offset 0x[0-9a-f]+: partial/i,
    id: 'damaged-video/cut-off',
  },
  { match: /No such file or directory/i, id: 'file-missing/moved' },
  { match: /Permission denied/i, id: 'file-unreadable/permission' },
  { match: /Decoder .*not found|Unknown codec|could not find codec parameters.*unknown codec|codec not currently supported/i, id: 'unsupported-codec' },
  { match: /Invalid data found when processing input|Invalid argument|EBML header parsing failed|End of file/i, id: 'not-a-video' },
  { match: /Cannot allocate memory/i, id: 'program-failed/memory' },
] as const;

/** Whether ffmpeg or ffprobe left pictures out because of their size (MOST_PIXELS). */
export function isPictureTooLarge(messages: readonly string[]): boolean {
  return messages.some((line) => PICTURE_TOO_LARGE.test(line));
}

/**
 * The error for a file with which ffmpeg or ffprobe failed.
 * @param run what the program wrote to its standard error, one line each, and whether a signal ended it
 */
export function explainFailure(
  file: string,
  program: ProgramName,
  { messages, crashed }: { readonly messages: readonly string[]; readonly crashed: boolean },
): StudioError {
  const text = messages.join('\n');
  const meaning = MEANINGS.find(({ match }) => match.test(text));
  if (meaning !== undefined) return new StudioError(meaning.id, { file });
  if (crashed) return new StudioError('program-failed/crashed', { program, file, variable: variableOf(program) });
  const last = messages.at(-1)?.replace(/^(\[[^\]]*\]\s*)+/, '');
  return last === undefined
    ? new StudioError('program-failed/media-silent', { program, file })
    : new StudioError('program-failed/media', { program, file, detail: last });
}
