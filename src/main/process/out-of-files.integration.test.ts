import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ONE_FACE } from '../../../testing/videos.ts';

const of = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** Each starts a program when this process can open no further file, and prints how that fails. */
const STARTS = {
  ffprobe: `await probeVideo(${JSON.stringify(ONE_FACE)}).catch((error) => console.log(error.id));`,
  'ffmpeg with pictures to write': `await encodeVideo('/nowhere/x.mp4', { width: 16, height: 16, fps: 5, quality: 20 }, [new Uint8Array(768)]).catch((error) => console.log(error.id));`,
  'a process of its own': `const port = startChildProcess(new URL(${of('../services/queue/queue-child.ts')}));
    port.send({ kind: 'wake' });
    await new Promise((ended) => port.onEnd((reason) => ended(console.log(reason))));
    port.kill();`,
};

test.skipIf(process.platform === 'win32').each([
  ['ffprobe', 'program-failed/no-resources'],
  ['ffmpeg with pictures to write', 'program-failed/no-resources'],
  ['a process of its own', 'EMFILE'],
] as const)('without free file handles, %s is an error and does not end the program', async (name, expected) => {
  const program = `
    import { openSync } from 'node:fs';
    const { probeVideo } = await import(${of('../media/probe.ts')});
    const { encodeVideo } = await import(${of('../media/encode-video.ts')});
    const { findProgram } = await import(${of('../media/programs.ts')});
    const { startChildProcess } = await import(${of('child-process.ts')});
    await probeVideo(${JSON.stringify(ONE_FACE)});
    await findProgram('ffmpeg');
    try { for (;;) openSync('/dev/null', 'r'); } catch {}
    ${STARTS[name]}`;
  const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n 60; exec "$0" --input-type=module --eval "$1"', process.execPath, program]);
  expect(stdout).toContain(expected);
});
