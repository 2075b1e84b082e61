// What setup-cuda.js looks at: the libraries that it fetched, and those of NVIDIA that they need.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The libraries of the npm package's own list for CUDA 12 that an analysis loads. */
export const FETCHED = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'];
/** The libraries of NVIDIA with the major version that onnxruntime is built for. */
const NEEDED = [
  { name: 'CUDA', file: 'libcudart.so', major: 12 },
  { name: 'cuBLAS', file: 'libcublas.so', major: 12 },
  { name: 'cuDNN', file: 'libcudnn.so', major: 9 },
  { name: 'driver', file: 'libcuda.so', major: 1 },
];

/**
 * Checks a fetched library: whether it is a whole ELF library of 64 bits. The table of its sections is at its end, so that a file that was
 * cut off lacks it.
 * @returns {{ file: string, megabytes: number, sha256: string, problem: string | null }}
 */
export function checkLibrary(path) {
  let bytes;
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

function problemOf(bytes) {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2) return 'it is not a library of 64 bits';
  const end = Number(bytes.readBigUInt64LE(0x28)) + bytes.readUInt16LE(0x3a) * bytes.readUInt16LE(0x3c);
  return bytes.length < end ? `it is cut off (${bytes.length} of ${end} bytes)` : null;
}

/**
 * The libraries of NVIDIA that the system finds.
 * @param {string} listing output of `ldconfig -p`
 * @param {readonly string[]} folders of LD_LIBRARY_PATH
 * @returns {{ name: string, major: number, path: string | null, version: string | null }[]} version as far as the file's name tells it
 */
export function findNvidia(listing, folders) {
  return NEEDED.map(({ name, file, major }) => {
    const wanted = `${file}.${major}`;
    const listed = listing.split('\n').find((line) => line.trim().startsWith(`${wanted} `));
    const path = folders.map((folder) => join(folder, wanted)).find(exists) ?? listed?.split('=> ')[1]?.trim() ?? null;
    return { name, major, path, version: path === null ? null : versionOf(path, file) };
  });
}

function exists(path) {
  try {
    return realpathSync(path) !== '';
  } catch {
    return false;
  }
}

/** libcudnn.so.9 is a link to libcudnn.so.9.1.0. */
function versionOf(path, file) {
  try {
    return basename(realpathSync(path)).slice(file.length + 1);
  } catch {
    return null;
  }
}

/** Prints both. @returns whether an analysis on CUDA can load all of them */
export function reportLibraries(folder, write) {
  const fetched = FETCHED.map((file) => checkLibrary(join(folder, file)));
  for (const { file, megabytes, sha256, problem } of fetched) write(problem === null ? `${file}: ${megabytes} MB, SHA-256 ${sha256}` : `${file}: ${problem}`);
  const others = readdirSync(folder).filter((name) => name.includes('.so') && !FETCHED.includes(name));
  if (others.length > 0) write(`also there: ${others.join(', ')}`);
  const nvidia = findNvidia(systemLibraries(), (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean));
  for (const { name, major, path, version } of nvidia)
    write(
      path === null
        ? `${name}: not found (version ${major} is needed; where it is installed elsewhere, add its folder to LD_LIBRARY_PATH)`
        : `${name} ${version ?? ''}: ${path}`,
    );
  return fetched.every(({ problem }) => problem === null) && nvidia.every(({ path }) => path !== null);
}

function systemLibraries() {
  try {
    return execFileSync('ldconfig', ['-p'], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
