import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { SlurmRun } from './slurm-scripts.ts';
import { arrayScript, mergeScript, quoted, snakefile, submitScript } from './slurm-scripts.ts';

const run: SlurmRun = {
  program: ['/opt/node', "/home/Ann O'Neil/adatosk.js"],
  list: '/data/a b/cluster/videos.txt',
  out: '/data/a b',
  tasks: 12,
  project: '/data/study',
  analyze: ['--device', 'cuda'],
  partition: 'gpu',
  account: null,
  time: '02:00:00',
  memory: '8G',
  cpus: 4,
  gpus: 1,
};

const bash = (...args: string[]): ReturnType<typeof spawnSync> => spawnSync('bash', args, { encoding: 'utf8' });

test.each(['plain', 'a b', "it's", '$HOME `x` "y"', 'ä/試験', '', '*'])('a word of a script reaches the program as it is: %j', (word) => {
  expect(bash('-c', `printf %s ${quoted(word)}`).stdout).toBe(word);
});

test('the scripts are valid for bash', () => {
  for (const script of [arrayScript(run), mergeScript(run), submitScript(run)]) expect(bash('-n', '-c', script)).toMatchObject({ status: 0, stderr: '' });
});

test('a task knows its shard, goes on with finished videos, and gets a signal before its end', () => {
  const script = arrayScript(run);
  for (const option of ['--array=1-12', '--partition=gpu', '--cpus-per-task=4', '--mem=8G', '--gres=gpu:1', '--signal=B:TERM@120', '--requeue'])
    expect(script).toContain(`#SBATCH ${option}\n`);
  expect(script).toContain(`analyze --list '/data/a b/cluster/videos.txt' --out '/data/a b' --shard "$SLURM_ARRAY_TASK_ID/12" --resume`);
  expect(script).not.toContain('--account');
});

test('the tables are made after the last task, however the tasks ended', () => {
  expect(submitScript(run)).toContain('--dependency="afterany:${array%%;*}"');
  expect(mergeScript(run)).toContain(`merge '/data/a b' --project /data/study`);
});

test('braces in a path are no wildcards of Snakemake', () => {
  expect(snakefile({ ...run, out: '/data/{x}' })).toContain('"/data/{{x}}/summary.csv"');
});
