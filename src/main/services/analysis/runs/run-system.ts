import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, cpus, platform, release } from 'node:os';
import type { RunSystem } from '../../../../shared/domain/results.ts';
import { findProgram, programVersion } from '../../../media/programs.ts';

/** The versions of all that computes in an analysis. The library that runs networks is not loaded for that. */
export async function runSystem(): Promise<RunSystem> {
  const library = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  const { version } = JSON.parse(await readFile(library, 'utf8')) as { version: string };
  return {
    ffmpeg: await programVersion(await findProgram('ffmpeg')),
    onnxruntime: version,
    node: process.versions.node,
    platform: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? '',
  };
}
