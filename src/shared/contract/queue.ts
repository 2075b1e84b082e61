import { z } from 'zod';
import { limitedList } from '../basics/limited-input.ts';
import { factSchema } from '../app/facts.ts';
import { queueStateSchema } from '../domain/queue.ts';
import { idSchema, pathSchema, procedure } from './base.ts';

const jobs = limitedList(idSchema, 100_000);
/** Without `jobs`: all jobs that it applies to. */
const someOrAll = procedure.input(z.object({ jobs: jobs.optional() }));

export const queue = {
  state: procedure.output(queueStateSchema),
  /** Adds files, folders, or videos of the library as one batch with one model. */
  add: procedure
    .input(
      z.object({
        paths: limitedList(pathSchema, 10_000).default([]),
        videos: limitedList(idSchema, 100_000).default([]),
        model: z.string().max(1000).optional(),
        device: z.enum(['auto', 'cpu', 'cpu-int8', 'cuda', 'dml', 'coreml', 'webgpu']).default('auto'),
        tokenBudget: z.number().min(0.01).max(1).optional(),
        first: z.boolean().default(false),
      }),
    )
    .output(
      /**
       * batch: null if no video was added. waiting: videos that were not added, because they wait or run with the same model already.
       * problems: why files were not added, for example links to nothing.
       */
      z.object({ batch: z.string().nullable(), videos: z.int(), waiting: z.int(), problems: z.array(factSchema) }),
    ),
  /** Releases waiting videos and watched folders of a project that came from another computer. */
  approve: procedure.output(z.object({ jobs: z.int() })),
  /** Running videos are finished; no further one is started. */
  pause: procedure,
  resume: procedure,
  cancel: someOrAll,
  retry: someOrAll.output(z.object({ waiting: z.int() })),
  prioritise: procedure.input(z.object({ jobs, first: z.boolean() })),
  atOnce: procedure.input(z.object({ videos: z.int().min(1).max(64) })),
  clearFinished: procedure,
};
