/** Exits with 0 where ffmpeg and ffprobe are found; else says how to get them. */
import { sentenceOf } from '../src/shared/app/errors.ts';
import { findProgram } from '../src/main/media/programs.ts';

try {
  for (const name of ['ffmpeg', 'ffprobe'] as const) console.log((await findProgram(name)).path);
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
