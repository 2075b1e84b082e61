import { startChildProcess } from '../../process/child-process.ts';
import type { EnginePort } from './engine-messages.ts';

// A small young generation limits how many past frames stay in memory, and so the peak memory use.
const NODE_OPTIONS = ['--max-semi-space-size=1', '--expose-gc'];

/** Starts the engine as a child process. */
export function startChildProcessEngine(): EnginePort {
  return startChildProcess(new URL('./engine-host.ts', import.meta.url), NODE_OPTIONS);
}
