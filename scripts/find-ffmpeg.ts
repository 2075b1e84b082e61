/** Prints the paths of ffmpeg and ffprobe. Where one is missing, prints how to install it and exits with 1. */
import { sentenceOf } from '../src/shared/app/errors.ts';
import { findProgram } from '../src/main/media/programs.ts';

try {
  for (const name of ['ffmpeg', 'ffprobe'] as const) console.log((await findProgram(name)).path);
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = 1;
}
