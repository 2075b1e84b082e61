import { importOwnModel } from '../models/import-model.ts';
import { api } from './context.ts';
import { wholePath } from './input.ts';

export const training = {
  state: api.training.state.handler(({ context }) => context.studio.fineTuning.state),
  material: api.training.material.handler(({ input, context }) => context.studio.fineTuning.material(input.layer)),
  importModel: api.training.importModel.handler(async ({ input }) => {
    const { folder, notes } = await importOwnModel(wholePath(input.file));
    return { model: folder, notes: [...notes] };
  }),
  begin: api.training.begin.handler(({ input, context }) => context.studio.fineTuning.begin(input)),
  pause: api.training.pause.handler(({ context }) => context.studio.fineTuning.pause()),
  resume: api.training.resume.handler(({ context }) => context.studio.fineTuning.resume()),
  keep: api.training.keep.handler(async ({ context }) => ({ model: await context.studio.fineTuning.keep() })),
  discard: api.training.discard.handler(({ context }) => context.studio.fineTuning.discard()),
};
