import { api } from './context.ts';

export const training = {
  state: api.training.state.handler(({ context }) => context.studio.fineTuning.state),
  material: api.training.material.handler(({ input, context }) => context.studio.fineTuning.material(input.layer)),
  begin: api.training.begin.handler(({ input, context }) => context.studio.fineTuning.begin(input)),
  pause: api.training.pause.handler(({ context }) => context.studio.fineTuning.pause()),
  resume: api.training.resume.handler(({ context }) => context.studio.fineTuning.resume()),
  keep: api.training.keep.handler(async ({ context }) => ({ model: await context.studio.fineTuning.keep() })),
  discard: api.training.discard.handler(({ context }) => context.studio.fineTuning.discard()),
};
