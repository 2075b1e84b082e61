/**
 * Writes THIRD_PARTY_LICENCES.txt: the licences of everything that the program comes with. The window shows this file, and the packages
 * contain it. What is listed follows package-lock.json and the window's imports alone, so that it is the same on every computer.
 *
 * Usage: make-licences.ts   (npm run make:licences)
 */
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..');
export const LICENCES_FILE = join(ROOT, 'THIRD_PARTY_LICENCES.txt');

const entrySchema = z.object({
  version: z.string().default(''),
  license: z.string().optional(),
  dev: z.boolean().default(false),
  devOptional: z.boolean().default(false),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});
type Entry = z.infer<typeof entrySchema>;

export interface ShippedPackage {
  /** Its folder in the root folder, with slashes. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** The licence that its own package.json names; '' for none. */
  readonly licence: string;
  /** Installed on some systems only. */
  readonly isOfSystem: boolean;
}

/** The packages of production, and those that are built into the window, each with all that it needs; sorted by name. */
export function shippedPackages(): ShippedPackage[] {
  const lock = z.object({ packages: z.record(z.string(), entrySchema) }).parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
  const entries = new Map(Object.entries(lock.packages).filter(([folder]) => folder !== ''));
  const shipped = new Set([...entries].filter(([, { dev, devOptional }]) => !dev && !devOptional).map(([folder]) => folder));
  const open = windowPackages().map((name) => `node_modules/${name}`);
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const entry = entries.get(folder);
    if (entry === undefined) throw new Error(`package-lock.json has no ${folder}`);
    shipped.add(folder);
    const needed = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }).flatMap((name) => resolved(entries, folder, name) ?? []);
    open.push(...needed.filter((each) => !shipped.has(each)));
  }
  return [...shipped].map((folder) => described(folder, entries.get(folder)!)).sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/** Not by a language: the file must be the same everywhere. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function described(folder: string, { version, license = '', os, cpu }: Entry): ShippedPackage {
  const isOfSystem = os !== undefined || cpu !== undefined || folder.includes('/sharp-wasm32');
  return { folder, name: folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length), version, licence: license, isOfSystem };
}

/** Where Node finds a package that another one needs: in its own folder, or in one above. */
function resolved(entries: ReadonlyMap<string, Entry>, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    const candidate = `${folder}/node_modules/${name}`;
    if (entries.has(candidate)) return candidate;
    if (folder.lastIndexOf('/node_modules/') < 0) break;
  }
  return entries.has(`node_modules/${name}`) ? `node_modules/${name}` : undefined;
}

/** Names of the packages that the window and its preload script import. */
function windowPackages(): string[] {
  const files = globSync('src/{renderer,preload,shared}/**/*.{ts,vue}', { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
  const imports = files.flatMap((file) => [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^import (?:[^;'"=]*? from )?['"]([^'".][^'"]*)['"];/gm)]);
  const names = imports.map(([, path = '']) =>
    path
      .split('/')
      .slice(0, path.startsWith('@') ? 2 : 1)
      .join('/'),
  );
  // Electron is a program of its own, below.
  return [...new Set(names)].filter((name) => name !== 'electron' && !name.startsWith('node:')).sort();
}

const HEAD = `AdaTosk Studio comes with the work of others. This file has their licences.
AdaTosk Studio itself is under the MIT licence (LICENSE).

== Models ==
AdaTosk models (adatosk-*): MIT licence, as the program.
Face detectors (blazeface-back, blazeface-front): MediaPipe, Google, Apache License 2.0. Its text is below, and beside the models.
The default model learned from faces rendered with the ICT-FaceKit light model (USC Institute for Creative Technologies, MIT licence), and from
portraits of the Face Research Lab London Set and Young Adult White Faces (DeBruine and Jones 2017, CC BY 4.0).

== Samples ==
The sample videos show averages of several people, from Young adult composite faces (DeBruine 2016, CC BY 4.0).

== Programs ==
ffmpeg (package ffmpeg-static): GPL 3.0 or later. ffprobe (package @ffprobe-installer/ffprobe): GPL 3.0 or LGPL 2.1, by system. Both are programs
of their own that AdaTosk Studio starts; it is not linked with them. Their sources: https://ffmpeg.org, and the pages of the two packages.
Electron (packages of the desktop program): MIT licence. Electron's and Chromium's licences are in the files LICENSE and LICENSES.chromium.html
beside the program.
Node (package node, command line only): MIT licence and others, https://github.com/nodejs/node/blob/main/LICENSE.
libvips (packages @img/sharp-libvips-*): LGPL 3.0 or later, https://github.com/libvips/libvips. It is a library of its own that can be replaced.
`;

/** The file's text: a line for each package, then each text of a licence once. */
export function licencesText(packages = shippedPackages()): string {
  const texts = new Map<string, string[]>();
  const add = (text: string, whose: string): void => void texts.set(text, [...(texts.get(text) ?? []), whose]);
  add(cleaned(readFileSync(join(ROOT, 'models/blazeface-back/LICENSE'), 'utf8')), 'MediaPipe (blazeface-back, blazeface-front)');
  for (const each of packages) for (const text of textsOf(each)) add(text, `${each.name} ${each.version}`);
  const blocks = [...texts].map(([text, whose]) => `${'-'.repeat(80)}\n${whose.join(', ')}\n\n${text}\n`);
  return `${HEAD}\n== Packages ==\n${packages.map(packageLine).join('\n')}\n\n== Texts of the licences ==\n${blocks.join('\n')}`;
}

export const packageLine = ({ name, version, licence, isOfSystem }: ShippedPackage): string =>
  `${name} ${version}: ${licence === '' ? 'see the text below' : licence}${isOfSystem ? ' (on some systems)' : ''}`;

/** The files with the licence of a package. Those of some systems only have the licences of the packages that they belong to. */
function textsOf({ folder, licence, isOfSystem }: ShippedPackage): string[] {
  if (isOfSystem) return [];
  const at = join(ROOT, folder);
  if (!existsSync(at)) throw new Error(`${folder} is not installed: run npm ci first`);
  // A folder has those of code that the package took over.
  const files = readdirSync(at, { withFileTypes: true })
    .filter(({ name }) => /^(?:licen[cs]es?|copying|notice)/i.test(name) && !/\.[cm]?[jt]s$/.test(name))
    .flatMap((entry) => (entry.isDirectory() ? readdirSync(join(at, entry.name)).map((name) => join(entry.name, name)) : [entry.name]));
  if (files.length > 0) return files.sort().map((name) => cleaned(readFileSync(join(at, name), 'utf8')));
  return [`The package has no file with its licence. Its package.json names: ${licence === '' ? 'none' : licence}${authorOf(at)}.`];
}

function authorOf(folder: string): string {
  const author = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]).optional();
  const found = z.object({ author }).parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).author;
  return found === undefined || found === '' ? '' : `, by ${found}`;
}

const cleaned = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .trim();

if (import.meta.main) {
  const packages = shippedPackages();
  writeFileSync(LICENCES_FILE, licencesText(packages));
  process.stdout.write(`${LICENCES_FILE}: ${packages.length} packages\n`);
}
