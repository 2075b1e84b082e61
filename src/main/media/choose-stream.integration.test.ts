import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ffmpeg, temporaryFolder } from '../../../testing/videos.ts';
import { probeVideo } from './probe.ts';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

describe('of several video streams, the one with the moving picture is read', () => {
  const SMALL = ['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=10:d=2'];
  const LARGE = ['-f', 'lavfi', '-i', 'testsrc=s=128x96:r=10:d=2'];
  const LONG = ['-f', 'lavfi', '-i', 'testsrc=s=96x64:r=10:d=4'];
  const STILL = ['-f', 'lavfi', '-i', 'color=red:s=640x480:d=0.1:r=10'];

  test.each([
    ['the default one', 'default.mkv', [...LONG, ...SMALL], ['-disposition:v:0', '0', '-disposition:v:1', 'default'], 1, 1],
    ['the longest, where none is the default', 'longest.mkv', [...LARGE, ...LONG], ['-disposition:v', '0'], 1, 1],
    ['the largest, where they are equally long', 'largest.mkv', [...SMALL, ...LARGE], ['-disposition:v', '0'], 1, 1],
    ['the longest of a transport stream', 'longest.ts', [...SMALL, ...LONG], [], 1, 1],
    ['not a still before it', 'still.mp4', [...STILL, ...SMALL], ['-disposition:v', '0'], 1, 0],
    ['not a cover before it', 'cover.mp4', [...STILL, ...SMALL], ['-c:v:0', 'mjpeg', '-disposition:v:0', 'attached_pic'], -1, 0],
  ])('%s', async (_, name, inputs, options, index, others) => {
    await ffmpeg(...inputs, '-map', '0', '-map', '1', ...(name.endsWith('ts') ? ['-c:v', 'mpeg2video', '-r', '25'] : []), ...options, at(name));
    const { stream, choice } = await probeVideo(at(name));
    // The MP4 writer moves covers to the end.
    if (index >= 0) expect(stream.index).toBe(index);
    else expect(stream.width).toBe(64);
    expect(choice?.others.length ?? 0).toBe(others);
  });
});
