import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const FILES = ['src', 'bench', 'scripts', 'testing', 'e2e'].flatMap((folder) => globSync(`${folder}/**/*.{ts,vue}`, { cwd: ROOT })).map(normalize);
const IMPORT = /^(?:import|export)(?<type>\s+type)?\b[^;]*?from '(?<path>\.[^']+)';/gm;

/** Files that each file imports. */
function importsOf(withTypes: boolean): ReadonlyMap<string, readonly string[]> {
  return new Map(
    FILES.map((file) => {
      const found = [...readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)].filter(({ groups }) => withTypes || groups?.['type'] === undefined);
      return [file, found.map(({ groups }) => normalize(join(dirname(file), groups?.['path'] ?? '')))] as const;
    }),
  );
}

/** Files from which imports lead back to themselves. */
function inCircles(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const reach = (start: string): boolean => {
    const seen = new Set<string>();
    const open = [...(imports.get(start) ?? [])];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (file === start) return true;
      if (seen.has(file)) continue;
      seen.add(file);
      open.push(...(imports.get(file) ?? []));
    }
    return false;
  };
  return [...imports.keys()].filter(reach);
}

test('imports are found', () => {
  expect(importsOf(true).get('src/main/adatosk/graph/tensor.ts')).toContain(normalize('src/main/adatosk/graph/ops/scan.ts'));
  expect(
    inCircles(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
  ).toEqual(['b', 'c']);
});

test('no imports form a circle', () => {
  expect(inCircles(importsOf(false))).toEqual([]);
});

test('types form a circle only between a tensor, its graph and its operations', () => {
  const graph = normalize('src/main/adatosk/graph/');
  expect(inCircles(importsOf(true)).filter((file) => !file.startsWith(graph))).toEqual([]);
});

test('no folder has more than 25 source files', () => {
  const counts = Map.groupBy(
    FILES.filter((file) => !file.endsWith('.test.ts')),
    dirname,
  );
  expect([...counts].filter(([, files]) => files.length > 25).map(([folder]) => folder)).toEqual([]);
});
