import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { ClusterRequest } from '../../../services/analysis/shards/prepare-cluster.ts';
import { prepareSlurm, prepareSnakemake, submitToSlurm } from '../../../services/analysis/shards/prepare-cluster.ts';
import { DEFAULT_MODEL } from '../../../services/settings/defaults.ts';
import { wholeBetween } from '../terminal/options.ts';
import { counted, EXIT, Output } from '../terminal/output.ts';

interface ClusterOptions {
  out: string;
  tasks: number;
  project?: string;
  model: string;
  cpus: number;
  gpus: number;
  container?: string;
}

interface SlurmOptions extends ClusterOptions {
  partition?: string;
  account?: string;
  time: string;
  memory: string;
  submit: boolean;
}

export function addCluster(program: Command, done: (code: number) => void): void {
  const cluster = program.command('cluster').description('divide an analysis among the nodes of a cluster');
  withCommonOptions(cluster.command('slurm').description('write the scripts of an array job of Slurm, and submit them'))
    .option('--partition <name>', 'partition of Slurm')
    .option('--account <name>', 'account of Slurm')
    .option('--time <time>', 'longest time of a task, as Slurm reads it', '04:00:00')
    .option('--memory <size>', 'memory of a task', '4G')
    .option('--submit', 'submit the scripts', false)
    .action(async (paths: string[], options: SlurmOptions) => done(await slurm(paths, options)));
  withCommonOptions(cluster.command('snakemake').description('write a Snakefile with the same commands')).action(
    async (paths: string[], options: ClusterOptions) => {
      const { file, videos } = await prepareSnakemake(requestOf(paths, options));
      new Output(false).line(`${counted(videos, 'video')} in ${counted(options.tasks, 'task')}: snakemake --snakefile ${file}`);
      done(EXIT.done);
    },
  );
}

function withCommonOptions(command: Command): Command {
  return command
    .argument('<path...>', 'videos or folders; subfolders are included')
    .requiredOption('--out <folder>', 'folder for the results, which all nodes can write')
    .requiredOption('--tasks <n>', 'number of tasks', wholeBetween(1, 100_000))
    .option('--project <folder>', 'also store the merged run in this project')
    .option('--model <id>', 'model (see: adatosk models list)', DEFAULT_MODEL)
    .option('--cpus <n>', 'processor cores of a task', wholeBetween(1, 256), 4)
    .option('--gpus <n>', 'graphics cards of a task; with one, the network runs on CUDA', wholeBetween(0, 16), 0)
    .option('--container <file>', 'Apptainer image that has the program, instead of this installation');
}

async function slurm(paths: string[], options: SlurmOptions): Promise<number> {
  const output = new Output(false);
  const { partition, account, time, memory } = options;
  const { folder, videos } = await prepareSlurm({ ...requestOf(paths, options), partition: partition ?? null, account: account ?? null, time, memory });
  output.line(`${counted(videos, 'video')} in ${counted(options.tasks, 'task')}; scripts in ${folder}`);
  output.line(options.submit ? await submitToSlurm(folder) : `To submit them: bash ${folder}/submit.sh`);
  return EXIT.done;
}

function requestOf(paths: readonly string[], { out, tasks, project, model, cpus, gpus, container }: ClusterOptions): ClusterRequest {
  return { paths, out: resolve(out), tasks, project: project === undefined ? null : resolve(project), model, cpus, gpus, container: container ?? null };
}
