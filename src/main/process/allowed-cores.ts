import { availableParallelism } from 'node:os';

/**
 * The cores that this process may use: those of its container or affinity, and not more than Slurm has given to a task. On a
 * cluster, a node has many more.
 */
export function allowedCores(environment: NodeJS.ProcessEnv = process.env): number {
  const perTask = Number(environment['SLURM_CPUS_PER_TASK'] ?? NaN);
  return perTask >= 1 ? Math.min(availableParallelism(), Math.floor(perTask)) : availableParallelism();
}
