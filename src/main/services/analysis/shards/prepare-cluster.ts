import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sentenceOf, StudioError } from '../../../../shared/app/errors.ts';
import { writeAtomically } from '../../../formats/atomic-file.ts';
import { prepareOut } from '../analyse-folder.ts';
import { findListableVideos } from './frozen-list.ts';
import type { SlurmRun } from './slurm-scripts.ts';
import { arrayScript, mergeScript, snakefile, submitScript } from './slurm-scripts.ts';

export interface ClusterRequest extends Pick<SlurmRun, 'out' | 'tasks' | 'project' | 'cpus' | 'gpus'> {
  readonly paths: readonly string[];
  readonly model: string;
  /** Apptainer image with the program; null for this installation. */
  readonly container: string | null;
}

const LAUNCHER = fileURLToPath(new URL('../../../../../bin/adatosk.js', import.meta.url));

/** Lists the videos and writes the scripts of an array job into OUT/cluster. @throws StudioError */
export async function prepareSlurm(
  request: ClusterRequest & Pick<SlurmRun, 'partition' | 'account' | 'time' | 'memory'>,
): Promise<{ folder: string; videos: number }> {
  const folder = join(request.out, 'cluster');
  const { list, folders, videos } = await prepareList(request);
  const { partition, account, time, memory } = request;
  const run: SlurmRun = { ...commonOf(request, list, folders), partition, account, time, memory };
  await mkdir(join(folder, 'logs'), { recursive: true });
  await writeAtomically(join(folder, 'array.sh'), [arrayScript(run)]);
  await writeAtomically(join(folder, 'merge.sh'), [mergeScript(run)]);
  await writeAtomically(join(folder, 'submit.sh'), [submitScript(run)]);
  return { folder, videos };
}

/** Lists the videos and writes OUT/cluster/Snakefile. @throws StudioError */
export async function prepareSnakemake(request: ClusterRequest): Promise<{ file: string; videos: number }> {
  const file = join(request.out, 'cluster', 'Snakefile');
  const { list, folders, videos } = await prepareList(request);
  await writeAtomically(file, [snakefile({ ...commonOf(request, list, folders), partition: null, account: null, time: '', memory: '' })]);
  return { file, videos };
}

/** Submits the scripts. @returns what Slurm says @throws StudioError 'program-failed/slurm' */
export async function submitToSlurm(folder: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('bash', [join(folder, 'submit.sh')]);
    return stdout.trimEnd();
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new StudioError('program-failed/slurm', { detail: stderr?.trim() || sentenceOf(error) }, error);
  }
}

/** Writes the list of videos, which all tasks share. */
async function prepareList({ paths, out }: ClusterRequest): Promise<{ list: string; folders: string[]; videos: number }> {
  await prepareOut(out);
  const { videos, problems } = await findListableVideos(paths);
  if (videos.length === 0) throw problems[0] ?? new StudioError('wrong-usage/no-video', { paths: [...paths] });
  const list = join(out, 'cluster', 'videos.txt');
  await writeAtomically(list, [videos.map(({ path }) => `${path}\n`).join('')]);
  return { list, folders: paths.map((path) => resolve(path)), videos: videos.length };
}

function commonOf(request: ClusterRequest, list: string, folders: readonly string[]): Omit<SlurmRun, 'partition' | 'account' | 'time' | 'memory'> {
  const { out, tasks, project, cpus, gpus, model } = request;
  return { program: programOf(request, folders), list, out, tasks, project, cpus, gpus, analyze: ['--model', model, '--device', gpus > 0 ? 'cuda' : 'cpu'] };
}

/** This installation, or the command inside a container that sees the videos and the results. */
function programOf({ container, gpus, out, project }: ClusterRequest, folders: readonly string[]): string[] {
  if (container === null) return [process.execPath, LAUNCHER];
  const seen = new Set([...folders, out, ...(project === null ? [] : [dirname(project)])]);
  const binds = [...seen].flatMap((folder) => ['--bind', folder]);
  return ['apptainer', 'exec', ...(gpus > 0 ? ['--nv'] : []), ...binds, resolve(container), 'adatosk'];
}
