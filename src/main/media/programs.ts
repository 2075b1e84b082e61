import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { StudioError } from '../../shared/app/errors.ts';

export type ProgramName = 'ffmpeg' | 'ffprobe';

export interface Program {
  readonly name: ProgramName;
  readonly path: string;
  /** Where the program was found, in words. */
  readonly origin: string;
}

// Must not be named `require`: electron-vite adds a constant of that name to the same file, and the built program would not start.
const requirePackage = createRequire(import.meta.url);

/** The optional packages that contain a program, with a function that returns its path or null. */
const BUNDLED: Record<ProgramName, { readonly package: string; readonly path: () => string | null }> = {
  ffmpeg: { package: 'ffmpeg-static', path: () => requirePackage('ffmpeg-static') as string | null },
  ffprobe: { package: '@ffprobe-installer/ffprobe', path: () => (requirePackage('@ffprobe-installer/ffprobe') as { path: string }).path },
};

/** The remedy names the package manager of the platform. */
const MISSING: Readonly<Partial<Record<NodeJS.Platform, 'program-missing/windows' | 'program-missing/macos'>>> = {
  win32: 'program-missing/windows',
  darwin: 'program-missing/macos',
};

const found = new Map<ProgramName, Promise<Program>>();

/**
 * Finds ffmpeg (FFMPEG_PATH, else the bundled package, else PATH) or ffprobe (FFPROBE_PATH, else PATH, else the bundled
 * package, which is last because it is a build of 2023 that crashes on some files).
 * @throws StudioError 'program-missing' where the program is not found, or where the variable is not the path of a program
 */
export function findProgram(name: ProgramName): Promise<Program> {
  let search = found.get(name);
  if (search === undefined) {
    search = locate(name);
    search.catch(() => found.delete(name));
    found.set(name, search);
  }
  return search;
}

/** The environment variable that names the program. */
export const variableOf = (name: ProgramName): string => `${name.toUpperCase()}_PATH`;

async function locate(name: ProgramName): Promise<Program> {
  const variable = variableOf(name);
  const named = process.env[variable];
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return { name, path: named, origin: variable };
    throw new StudioError('program-missing/variable', { variable, path: named });
  }
  const searches = name === 'ffmpeg' ? [bundledProgram, programOnPath] : [programOnPath, bundledProgram];
  for (const search of searches) {
    const program = await search(name);
    if (program !== undefined) return program;
  }
  throw new StudioError(MISSING[process.platform] ?? 'program-missing/linux', { program: name, variable });
}

async function bundledProgram(name: ProgramName): Promise<Program | undefined> {
  const bundle = BUNDLED[name];
  try {
    // Programs inside Electron's archive cannot be run; the packager unpacks them beside it.
    const path = bundle.path()?.replace('app.asar', 'app.asar.unpacked');
    return path !== undefined && (await isExecutable(path)) ? { name, path, origin: `the package ${bundle.package}` } : undefined;
  } catch {
    return undefined; // an optional package that could not be installed
  }
}

async function programOnPath(name: ProgramName): Promise<Program | undefined> {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, file);
    if (folder !== '' && (await isExecutable(path))) return { name, path, origin: 'PATH' };
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The first line of `-version`, for display. */
export async function programVersion(program: Program): Promise<string> {
  const { stdout } = await promisify(execFile)(program.path, ['-version'], { windowsHide: true });
  return stdout.split('\n')[0]!.trim();
}
