import { implement } from '@orpc/server';
import { setTimeout as wait } from 'node:timers/promises';
import { problemData, StudioError } from '../../../shared/app/errors.ts';
import { contract } from '../../../shared/contract/index.ts';
import { logProblem } from '../diagnostics/problem-log.ts';
import type { Studio } from '../studio/studio.ts';

/** What a host gives with every call. */
export interface CallContext {
  readonly studio: Studio;
  /** Logs an error that is not a StudioError. */
  readonly onFault: (procedure: string, error: unknown) => void;
}

/** Implements the contract. A StudioError reaches the window as data; any other error is a fault of the program and is logged. */
export const api = implement(contract)
  .$context<CallContext>()
  .use(async ({ next, errors, context, path, signal }) => {
    try {
      return await next();
    } catch (error) {
      if (signal?.aborted !== true) logProblem(path.join('.'), error);
      if (error instanceof StudioError) throw errors.STUDIO({ message: error.message, data: problemData(error), cause: error });
      // The window dropped the call: nobody waits for its answer.
      if (signal?.aborted !== true) context.onFault(path.join('.'), error);
      throw error;
    }
  })
  .use(async ({ next, context, path }) => {
    const end = Date.now() + LONGEST_WAIT_MS;
    for (;;) {
      const before = commitsOf(context.studio);
      try {
        return await next();
      } catch (error) {
        const isBusy = error instanceof StudioError && error.id === 'project-busy';
        const isUnchanged = commitsOf(context.studio) === before;
        if (!isBusy || !isUnchanged || NOT_REPEATED.includes(path[0] ?? '') || Date.now() > end) throw error;
      }
      await wait(WAIT_MS);
    }
  });

/** Another program writes to the project. Between two attempts, other windows get their answers. */
const LONGEST_WAIT_MS = 5000;
const WAIT_MS = 100;
/** These do more than to change the project. */
const NOT_REPEATED: readonly string[] = ['project', 'training'];

const commitsOf = (studio: Studio): number => (studio.hasProject ? studio.project.db.commits : 0);
