import { exchange } from './exchange.ts';
import { about, library, project } from './project.ts';
import { queue } from './queue.ts';
import { training } from './training.ts';
import { edits, layers, people, runs } from './review.ts';

/**
 * Everything that a window can ask for, with schemas on both sides. There is one implementation (main/services), which
 * every host serves: Electron over message ports, the web host over HTTP.
 */
export const contract = { about, project, library, runs, layers, people, edits, queue, exchange, training };
export type Contract = typeof contract;

/** Names of all procedures, 'library.list' …, for checking that a host serves neither fewer nor more. */
export const PROCEDURES: readonly string[] = Object.entries(contract).flatMap(([room, procedures]) => Object.keys(procedures).map((name) => `${room}.${name}`));
