import { clockOf } from '../../project/review.ts';
import { listSignals, viewSignal } from '../../project/signals.ts';
import { addSignals, checkSignals, readSignalFile, removeSignals } from '../study/signals.ts';
import type { Studio } from '../studio/studio.ts';
import { api } from './context.ts';
import { blobOf, wholePath } from './input.ts';

export const signals = {
  list: api.signals.list.handler(({ input, context }) => listSignals(context.studio.project.db, input.video)),
  view: api.signals.view.handler(({ input, context }) => {
    const { times, low, high } = viewSignal(context.studio.project.db, input.signal, input.from, input.to, input.columns);
    return { times: blobOf(times), low: blobOf(low), high: blobOf(high) };
  }),
  file: api.signals.file.handler(({ input: { path, headerLine } }) => readSignalFile(wholePath(path), headerLine)),
  check: api.signals.check.handler(async ({ input, context, signal }) => {
    const { span, problems, notices } = await checkSignals(context.studio.project.db, wholePath(input.path), input, signal);
    return { span, problems: [...problems], notices: [...notices] };
  }),
  add: api.signals.add.handler(async ({ input, context: { studio }, signal }) => {
    const added = await addSignals(studio.project.db, wholePath(input.path), input, signal);
    publishChange(studio);
    return { signals: [...added.signals], notices: [...added.notices] };
  }),
  remove: api.signals.remove.handler(({ input, context: { studio } }) => {
    const removed = removeSignals(studio.project.db, input.signals).length;
    publishChange(studio);
    return { removed };
  }),
};

/** Added and removed signals are no edits: every window reads them again. */
const publishChange = (studio: Studio): void => studio.publish({ kind: 'changed', clock: clockOf(studio.project.db) });
