import { listSignals, viewSignal } from '../../project/signals.ts';
import { api } from './context.ts';
import { blobOf } from './input.ts';

export const signals = {
  list: api.signals.list.handler(({ input, context }) => listSignals(context.studio.project.db, input.video)),
  view: api.signals.view.handler(({ input, context }) => {
    const { times, low, high } = viewSignal(context.studio.project.db, input.signal, input.from, input.to, input.columns);
    return { times: blobOf(times), low: blobOf(low), high: blobOf(high) };
  }),
};
