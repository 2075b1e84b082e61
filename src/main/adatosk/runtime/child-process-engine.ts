import { startChildProcess } from '../../process/child-process.ts';
import type { EnginePort } from './engine-messages.ts';

// A small young generation: its size decides how much of past pictures is kept, and so the peak of memory.
const NODE_OPTIONS = ['--max-semi-space-size=1', '--expose-gc'];

/** Starts the engine as a child process of this one. */
export function startChildProcessEngine(): EnginePort {
  return startChildProcess(new URL('./engine-host.ts', import.meta.url), NODE_OPTIONS);
}
