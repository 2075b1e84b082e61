import { availableParallelism } from 'node:os';

/** The variable by which the program gives a process of its own a share of the cores. */
export const CORES_VARIABLE = 'ADATOSK_CORES';

/**
 * The cores that this process may use: those of its container or affinity, and not more than Slurm has given to a task or the program
 * to a process of its own. On a cluster, a node has many more.
 */
export function allowedCores(environment: NodeJS.ProcessEnv = process.env): number {
  const limits = ['SLURM_CPUS_PER_TASK', CORES_VARIABLE].map((name) => Math.floor(Number(environment[name] ?? NaN))).filter((limit) => limit >= 1);
  return Math.min(availableParallelism(), ...limits);
}
