/**
 * Packages the built program with electron-builder around a stand-in for Electron's files, where the binary is not
 * available. Everything except the binary is as users get it. The stand-in contains Electron's fuse wire with the default
 * values.
 */
import { extractAll } from '@electron/asar';
import { execFile } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
/** Start of the fuse wire in the binary (Electron's documentation, "Fuses"): this text, a version, the number of fuses, one character each. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const AS_SHIPPED = '101000110';

export interface PackagedProgram {
  readonly binary: string;
  readonly resources: string;
  /** A folder with the contents of the archive and the files unpacked beside it. */
  readonly contents: string;
}

export async function packageProgram(folder: string): Promise<PackagedProgram> {
  const electron = join(folder, 'electron');
  await mkdir(join(electron, 'resources'), { recursive: true });
  await writeFile(join(electron, 'version'), '45.4.1');
  const wire = Buffer.concat([Buffer.from(`#!/bin/sh\n# ${SENTINEL}`), Buffer.from([1, AS_SHIPPED.length]), Buffer.from(`${AS_SHIPPED}\n`)]);
  await writeFile(join(electron, 'electron'), wire, { mode: 0o755 });
  const builder = join(ROOT, 'node_modules/electron-builder/cli.js');
  const settings = [`-c.electronDist=${electron}`, `-c.directories.output=${join(folder, 'dist')}`];
  await promisify(execFile)(process.execPath, [builder, '--dir', '--linux', ...settings], { cwd: ROOT, maxBuffer: 2 ** 26 });
  const program = join(folder, 'dist', 'linux-unpacked');
  const resources = join(program, 'resources');
  const contents = join(folder, 'contents');
  extractAll(join(resources, 'app.asar'), contents);
  await cp(join(resources, 'app.asar.unpacked'), contents, { recursive: true });
  await rm(electron, { recursive: true });
  return { binary: join(program, 'adatosk-studio'), resources, contents };
}
