/**
 * What setup-cuda.js looks at: the libraries that it fetched, and those of NVIDIA that they need.
 *
 * Usage: cuda-libraries.ts FOLDER; ends with 1 if an analysis on CUDA cannot load all of them.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The libraries of the npm package's own list for CUDA 12 that an analysis loads. */
const FETCHED = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'];
/** The libraries of NVIDIA with the major version that onnxruntime is built for. */
const NEEDED = [
  { name: 'CUDA', file: 'libcudart.so', major: 12 },
  { name: 'cuBLAS', file: 'libcublas.so', major: 12 },
  { name: 'cuDNN', file: 'libcudnn.so', major: 9 },
  { name: 'driver', file: 'libcuda.so', major: 1 },
];

export interface FetchedLibrary {
  readonly file: string;
  readonly megabytes: number;
  readonly sha256: string;
  /** Null for a whole library. */
  readonly problem: string | null;
}

/**
 * Checks a fetched library: whether it is a whole ELF library of 64 bits. The table of its sections is at its end, so that a file that was
 * cut off lacks it.
 */
export function checkLibrary(path: string): FetchedLibrary {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return { file: basename(path), megabytes: 0, sha256: '', problem: 'it is not there' };
  }
  return {
    file: basename(path),
    megabytes: Math.round(bytes.length / 1e6),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    problem: problemOf(bytes),
  };
}

function problemOf(bytes: Buffer): string | null {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2) return 'it is not a library of 64 bits';
  const end = Number(bytes.readBigUInt64LE(0x28)) + bytes.readUInt16LE(0x3a) * bytes.readUInt16LE(0x3c);
  return bytes.length < end ? `it is cut off (${bytes.length} of ${end} bytes)` : null;
}

export interface NvidiaLibrary {
  readonly name: string;
  readonly major: number;
  readonly path: string | null;
  /** As far as the file's name tells it. */
  readonly version: string | null;
}

/**
 * The libraries of NVIDIA that the system finds.
 * @param listing output of `ldconfig -p`
 * @param folders of LD_LIBRARY_PATH
 */
export function findNvidia(listing: string, folders: readonly string[]): NvidiaLibrary[] {
  return NEEDED.map(({ name, file, major }) => {
    const wanted = `${file}.${major}`;
    const listed = listing.split('\n').find((line) => line.trim().startsWith(`${wanted} `));
    const path = folders.map((folder) => join(folder, wanted)).find(exists) ?? listed?.split('=> ')[1]?.trim() ?? null;
    return { name, major, path, version: path === null ? null : versionOf(path, file) };
  });
}

function exists(path: string): boolean {
  try {
    return realpathSync(path) !== '';
  } catch {
    return false;
  }
}

/** libcudnn.so.9 is a link to libcudnn.so.9.1.0. */
function versionOf(path: string, file: string): string | null {
  try {
    return basename(realpathSync(path)).slice(file.length + 1);
  } catch {
    return null;
  }
}

/** Prints both. @returns whether all are there */
function report(folder: string): boolean {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const fetched = FETCHED.map((file) => checkLibrary(join(folder, file)));
  for (const { file, megabytes, sha256, problem } of fetched) write(`${file}: ${problem ?? `${megabytes} MB, SHA-256 ${sha256}`}`);
  const nvidia = findNvidia(
    systemLibraries(),
    (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((each) => each !== ''),
  );
  for (const { name, major, path, version } of nvidia) {
    const missing = `not found (version ${major} is needed; where it is installed elsewhere, add its folder to LD_LIBRARY_PATH)`;
    write(path === null ? `${name}: ${missing}` : `${name}: ${version ?? major} at ${path}`);
  }
  return fetched.every(({ problem }) => problem === null) && nvidia.every(({ path }) => path !== null);
}

function systemLibraries(): string {
  try {
    return execFileSync('ldconfig', ['-p'], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

const [, script, folder] = process.argv;
if (script !== undefined && folder !== undefined && realpathSync(script) === fileURLToPath(import.meta.url)) process.exitCode = report(folder) ? 0 : 1;
