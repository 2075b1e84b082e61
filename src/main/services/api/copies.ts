import { clockOf } from '../../project/review.ts';
import { giveCopies } from '../study/copies.ts';
import { coderProgress } from '../study/coder-progress.ts';
import { decide, describeConflicts } from '../study/conflicts.ts';
import { inspectCopies, mergeCopiesInto } from '../study/merge-copies.ts';
import type { CopiesWatch } from '../study/copies.ts';
import type { Studio } from '../studio/studio.ts';
import { api } from './context.ts';
import { wholePath } from './input.ts';
import { published } from './review.ts';

export const copies = {
  give: api.copies.give.handler(async ({ input, context: { studio }, signal }) => [
    ...(await giveCopies(studio.project.db, wholePath(input.out), input, watched(studio, signal))),
  ]),
  inspect: api.copies.inspect.handler(({ input, context, signal }) => inspectCopies(context.studio.project.db, input.paths.map(wholePath), signal)),
  merge: api.copies.merge.handler(async ({ input, context: { studio }, signal }) => {
    const { db } = studio.project;
    try {
      return await mergeCopiesInto(db, input.paths.map(wholePath), watched(studio, signal));
    } finally {
      studio.publish({ kind: 'changed', clock: clockOf(db) });
    }
  }),
  conflicts: api.copies.conflicts.handler(({ context }) => describeConflicts(context.studio.project.db)),
  decide: api.copies.decide.handler(({ input: { coder, conflict, take, revision }, context: { studio } }) =>
    published(studio, coder, decide(studio.project.db, coder, { id: conflict, take, revision })),
  ),
  progress: api.copies.progress.handler(({ context }) => coderProgress(context.studio.project.db)),
};

/** Publishes the progress of work on copies. */
const watched = (studio: Studio, signal: AbortSignal | undefined): CopiesWatch => ({
  onProgress: (done, total) => studio.publish({ kind: 'copies', done, total }),
  signal,
});
