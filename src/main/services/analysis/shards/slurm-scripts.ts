import { join } from 'node:path';

/** How a run is divided among the tasks of an array job of Slurm. */
export interface SlurmRun {
  /** The program and its first arguments, as the nodes call it: node and the launcher, or a command inside a container. */
  readonly program: readonly string[];
  /** File with one path a line. */
  readonly list: string;
  readonly out: string;
  readonly tasks: number;
  /** Project that also gets the merged run; null for none. */
  readonly project: string | null;
  /** Further arguments of analyze. */
  readonly analyze: readonly string[];
  readonly partition: string | null;
  readonly account: string | null;
  /** Longest time of a task, as Slurm reads it. */
  readonly time: string;
  readonly memory: string;
  readonly cpus: number;
  /** Graphics cards of each task. */
  readonly gpus: number;
}

/** Time before the end of a task at which it gets a signal to stop. It needs less than 20 s for that. */
const STOPS_BEFORE_S = 120;
/** How often a task that was interrupted puts itself back into the queue. */
const MOST_RESTARTS = 10;

/** A word of a shell script. */
export const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

const line = (words: readonly string[]): string => words.map(quoted).join(' ');

function header(run: SlurmRun, own: readonly string[]): string[] {
  const options = [...own, ...(run.partition === null ? [] : [`--partition=${run.partition}`]), ...(run.account === null ? [] : [`--account=${run.account}`])];
  return ['#!/bin/bash', ...options.map((option) => `#SBATCH ${option}`)];
}

/**
 * The script of the array. A task that gets the signal to stop (its time is over, or the node is needed) keeps what is finished, and
 * puts itself back into the queue; so does one that found the disk full or lost its engine. It goes on where it was.
 */
export function arrayScript(run: SlurmRun): string {
  const logs = join(run.out, 'cluster', 'logs', '%A-%a.txt');
  return [
    ...header(run, [
      '--job-name=adatosk',
      `--array=1-${run.tasks}`,
      `--cpus-per-task=${run.cpus}`,
      `--mem=${run.memory}`,
      `--time=${run.time}`,
      ...(run.gpus === 0 ? [] : [`--gres=gpu:${run.gpus}`]),
      `--signal=B:TERM@${STOPS_BEFORE_S}`,
      '--requeue',
      '--open-mode=append',
      `--output=${logs}`,
    ]),
    '',
    `# One of ${run.tasks} tasks. Single ones are submitted again with: sbatch --array=3,7 array.sh`,
    `${line([...run.program, 'analyze', '--list', run.list, '--out', run.out])} --shard "$SLURM_ARRAY_TASK_ID/${run.tasks}" ${line(['--resume', '--allow-failures', ...run.analyze])} &`,
    'child=$!',
    `trap 'kill -TERM "$child"' TERM`,
    'wait "$child"; code=$?',
    '# A signal ends the first wait before the program has ended.',
    'while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done',
    '',
    '# 3: try again. 130: stopped on request.',
    `if { [ "$code" -eq 3 ] || [ "$code" -eq 130 ]; } && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${MOST_RESTARTS} ]; then`,
    '  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"',
    '  sleep 60',
    'fi',
    'exit "$code"',
    '',
  ].join('\n');
}

/** The script that makes the tables after the last task, whether all tasks succeeded or not. */
export function mergeScript(run: SlurmRun): string {
  const project = run.project === null ? [] : ['--project', run.project];
  return [
    ...header(run, [
      '--job-name=adatosk-merge',
      '--cpus-per-task=1',
      '--mem=4G',
      `--time=${run.time}`,
      `--output=${join(run.out, 'cluster', 'logs', 'merge-%j.txt')}`,
    ]),
    '',
    line([...run.program, 'merge', run.out, ...project]),
    'code=$?',
    line([...run.program, 'status', run.out]),
    'exit "$code"',
    '',
  ].join('\n');
}

/** The script that submits both. Slurm makes the tables when every task of the array has ended. */
export function submitScript(run: SlurmRun): string {
  const folder = join(run.out, 'cluster');
  return [
    '#!/bin/bash',
    'set -e',
    `array=$(sbatch --parsable "$@" ${quoted(join(folder, 'array.sh'))})`,
    `merge=$(sbatch --parsable --dependency="afterany:\${array%%;*}" ${quoted(join(folder, 'merge.sh'))})`,
    'echo "array job ${array%%;*}, merge job ${merge%%;*}"',
    `echo ${quoted(`progress: ${line([...run.program, 'status', run.out])}`)}`,
    '',
  ].join('\n');
}

/** A Snakefile with the same commands, for labs whose pipelines are of Snakemake. */
export function snakefile(run: SlurmRun): string {
  const text = (value: string): string => JSON.stringify(value).replaceAll('{', '{{').replaceAll('}', '}}');
  const done = join(run.out, '.adatosk', 'snakemake');
  const shard = [...run.program, 'analyze', '--list', run.list, '--out', run.out];
  return [
    `SHARDS = range(1, ${run.tasks} + 1)`,
    '',
    'rule tables:',
    `    input: expand(${text(`${done}/`)} "{shard}.done", shard=SHARDS)`,
    `    output: ${text(join(run.out, 'summary.csv'))}`,
    `    shell: ${text(line([...run.program, 'merge', run.out, '--allow-failures', ...(run.project === null ? [] : ['--project', run.project])]))}`,
    '',
    'rule shard:',
    `    output: touch(${text(`${done}/`)} "{shard}.done")`,
    `    threads: ${run.cpus}`,
    `    retries: ${MOST_RESTARTS}`,
    `    shell: ${text(line(shard))} " --shard {wildcards.shard}/${run.tasks} --threads {threads} ${text(line(['--resume', '--allow-failures', ...run.analyze])).slice(1, -1)}"`,
    '',
  ].join('\n');
}
