import { copies } from './copies.ts';
import { exchange } from './exchange.ts';
import { about, library, project } from './project.ts';
import { queue } from './queue.ts';
import { training } from './training.ts';
import { edits, faces, layers, people, runs, trials } from './review.ts';
import { signals } from './signals.ts';

/**
 * The API between the windows and the program, with schemas on both sides. There is one implementation (main/services):
 * Electron serves it over message ports, the web host over HTTP.
 */
export const contract = { about, project, library, runs, layers, trials, people, faces, signals, edits, queue, exchange, copies, training };
export type Contract = typeof contract;

/** Names of all procedures ('library.list', …). Tests compare them with the procedures that a host serves. */
export const PROCEDURES: readonly string[] = Object.entries(contract).flatMap(([group, procedures]) =>
  Object.keys(procedures).map((name) => `${group}.${name}`),
);
