import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modelCard } from './model-card.ts';

test('the card of the shipped model is the one that its manifest, evaluation and lineage make', async () => {
  const folder = join(import.meta.dirname, '..', 'models', 'adatosk-tiny');
  expect(await readFile(join(folder, 'MODEL_CARD.md'), 'utf8')).toBe(await modelCard(folder));
});
