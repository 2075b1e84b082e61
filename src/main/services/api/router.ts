import { api } from './context.ts';
import { copies } from './copies.ts';
import { exchange } from './exchange.ts';
import { about, library, project } from './project.ts';
import { queue } from './queue.ts';
import { edits, faces, layers, people, runs, trials } from './review.ts';
import { signals } from './signals.ts';
import { training } from './training.ts';

export type { CallContext } from './context.ts';

/** The one implementation of the contract, which every host serves: a file here for each file of the contract. */
export const router = api.router({ about, project, library, runs, layers, trials, people, faces, signals, edits, queue, exchange, copies, training });
