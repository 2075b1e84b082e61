import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command } from '../../../../testing/command.ts';
import { writeSmallFaceModel, writeSmallPortrait } from '../../../../testing/face-model.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';

const folder = await temporaryFolder();
const at = (...names: string[]): string => join(folder, ...names);
const sources = ['--face-model', at('model'), '--portraits', at('portraits')];

beforeAll(async () => {
  await writeSmallFaceModel(at('model'));
  for (let i = 0; i < 5; i++) await writeSmallPortrait(at('portraits'), 'canada', `00${i}`);
});

describe('adatosk synthesize', () => {
  test('makes a set of faces that evaluate reads, also with the baseline', async () => {
    const made = await command('synthesize', ...sources, '--out', at('set'), '--train', '0', '--validation', '0', '--test', '7', '--json');
    expect(made.code).toBe(0);
    expect(made.json).toMatchObject({ clips: 7 });
    const measured = await command('evaluate', 'adatosk-tiny', '--data', at('set'), '--baseline', '--device', 'cpu', '--json');
    expect(measured.code).toBe(0);
    expect(measured.json).toMatchObject({ clips: 7, split: 'test', auc: null, baseline: { clips: 7 } });
    const { confusion } = (measured.json as { baseline: { confusion: number[][] } }).baseline;
    expect(confusion.map((row) => row.reduce((a, b) => a + b))).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  test('makes videos with a table of their ground truth', async () => {
    const made = await command(
      'synthesize',
      '--kind',
      'videos',
      ...sources,
      '--out',
      at('videos'),
      '--train',
      '0',
      '--validation',
      '0',
      '--test',
      '1',
      '--condition',
      'plain',
      '--json',
    );
    expect(made.code).toBe(0);
    const [header, row] = (await readFile(at('videos', 'clips.csv'), 'utf8')).trim().split('\n');
    expect(header).toBe('path,label,onset_s,apex_s,offset_s,participant,group,split');
    expect(row).toMatch(/^videos\/test-00000\.mp4,happiness,[\d.]+,[\d.]+,[\d.]+,canada\/\d+,\w+ skin,test$/);
    expect(existsSync(at('videos', 'videos', 'test-00000.mp4'))).toBe(true);
  });

  test('rejects a folder with other files, a missing face model and an unknown kind', async () => {
    const other = await command('synthesize', '--kind', 'videos', ...sources, '--out', at('model'));
    expect(other.code).not.toBe(0);
    expect(other.stderr).toContain('nothing was changed');
    const missing = await command(
      'synthesize',
      '--face-model',
      at('nowhere'),
      '--portraits',
      at('portraits'),
      '--out',
      at('none'),
      '--train',
      '0',
      '--validation',
      '0',
      '--test',
      '1',
    );
    expect(missing.code).not.toBe(0);
    expect(missing.stderr).toContain(at('nowhere'));
    expect((await command('synthesize', '--kind', 'films', ...sources, '--out', at('none'))).code).toBe(2);
  });
});
