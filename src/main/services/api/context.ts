import { implement } from '@orpc/server';
import { problemData, StudioError } from '../../../shared/app/errors.ts';
import { contract } from '../../../shared/contract/index.ts';
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
      if (error instanceof StudioError) throw errors.STUDIO({ message: error.message, data: problemData(error), cause: error });
      // The window dropped the call: nobody waits for its answer.
      if (signal?.aborted !== true) context.onFault(path.join('.'), error);
      throw error;
    }
  });
