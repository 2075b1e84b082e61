import { StudioError } from '../../shared/app/errors.ts';

/** Error messages of ffmpeg and ffprobe with the corresponding errors. The first match wins. */
const MEANINGS: readonly { readonly match: RegExp; readonly error: (file: string) => StudioError }[] = [
  {
    match: /moov atom not found|partial file|File ended prematurely|Truncating packet|stream \d+, offset 0x[0-9a-f]+: partial/i,
    error: (file) =>
      new StudioError(
        'damaged-video',
        `${file} is cut off: its end is missing.`,
        'Copy it again from the camera or recorder; a recording that was interrupted may be saved by a repair program.',
      ),
  },
  {
    match: /No such file or directory/i,
    error: (file) =>
      new StudioError('file-missing', `${file} is no longer there.`, 'Check whether it was moved or renamed, or whether its drive is connected.'),
  },
  {
    match: /Permission denied/i,
    error: (file) =>
      new StudioError('file-unreadable', `${file} may not be read by this account.`, 'Ask for permission to read it, or copy it to a folder of your own.'),
  },
  {
    match: /Decoder .*not found|Unknown codec|could not find codec parameters.*unknown codec|codec not currently supported/i,
    error: (file) => new StudioError('unsupported-codec', `${file} uses a video format that ffmpeg cannot decode.`, 'Convert it to H.264 in an MP4 file.'),
  },
  {
    match: /Invalid data found when processing input|Invalid argument|EBML header parsing failed|End of file/i,
    error: (file) =>
      new StudioError(
        'not-a-video',
        `${file} is not a video, or is damaged from its beginning.`,
        'Open it in a video player; if that fails too, copy it again from its source.',
      ),
  },
  {
    match: /crashed \(SIG/,
    error: (file) => new StudioError('program-failed', `ffmpeg's ffprobe crashed on ${file}.`, 'Install a current ffmpeg, or set FFPROBE_PATH to another one.'),
  },
  {
    match: /Cannot allocate memory/i,
    error: (file) => new StudioError('program-failed', `There was not enough memory to decode ${file}.`, 'Close other programs and try again.'),
  },
];

/**
 * The error for a file with which ffmpeg or ffprobe failed.
 * @param messages lines that the program wrote to its standard error
 */
export function explainFailure(file: string, program: string, messages: readonly string[]): StudioError {
  const text = messages.join('\n');
  const meaning = MEANINGS.find(({ match }) => match.test(text));
  if (meaning !== undefined) return meaning.error(file);
  const last = messages.at(-1)?.replace(/^(\[[^\]]*\]\s*)+/, '') ?? 'it gave no reason';
  return new StudioError(
    'program-failed',
    `${program} could not read ${file}: ${last}.`,
    'Open the file in a video player; if that fails too, convert it to H.264 in an MP4 file.',
  );
}
