import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StudioErrorCode } from '../../../shared/app/errors.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Fact, FactValue } from '../../../shared/app/facts.ts';
import { makePrivate } from '../../process/private-files.ts';
import { APP_VERSION } from '../settings/app-version.ts';
import { settingsFolder } from '../settings/personal-folders.ts';
import { redacted } from './redact.ts';

/**
 * The log of faults and errors, for reports: a file in the folder of the settings that all processes of the program append to. When it is
 * full, it takes the place of the older one. It has no paths and no names (redact.ts), and only its owner can read it.
 */
const FOLDER = 'logs';
const FILE = 'problems.log';
const OLDER_FILE = 'problems.older.log';
const MOST_BYTES = 256 * 1024;
const MOST_LINES = 40;
const LONGEST_LINE = 1000;
const LONGEST_TEXT = MOST_LINES * LONGEST_LINE;
/** The same problem again within this time is not written again: some are noticed several times a second. */
const REPEATED_MS = 60_000;

/** Errors that tell a person about the own files or actions. They are no faults, and would name what the person did. */
const EXPECTED: ReadonlySet<StudioErrorCode> = new Set([
  ...(['cancelled', 'wrong-usage', 'file-missing', 'project-missing', 'project-exists', 'project-sound', 'project-busy', 'no-project'] as const),
  ...(['not-a-project', 'edit-stale', 'edit-conflict', 'edit-invalid', 'layer-protected', 'video-unknown', 'data-set-invalid'] as const),
]);

export const logFolder = (): string => join(settingsFolder(), FOLDER);

let last = { text: '', at: 0 };

/**
 * Writes a problem to the log, unless it is one that the person made. Never throws: a full disk must not become a second problem.
 * @param source part of the program, or procedure of the API
 */
export function logProblem(source: string, error: unknown): void {
  if (error instanceof StudioError && EXPECTED.has(error.code)) return;
  const text = `${source}: ${describe(error)}`;
  const now = Date.now();
  if (text === last.text && now - last.at < REPEATED_MS) return;
  last = { text, at: now };
  try {
    append(`${new Date(now).toISOString()} ${APP_VERSION} ${process.platform} ${text}\n`);
  } catch {
    // No space, or a read-only profile.
  }
}

/** Writes faults that end the process to the log. What then happens to the process stays as it is. */
export function logFatalFaults(source: string): void {
  process.on('uncaughtExceptionMonitor', (error) => logProblem(source, error));
}

/** The newest lines of the log, the oldest first; '' if there was no problem. */
export function readLog(mostCharacters = 100_000): string {
  const text = [OLDER_FILE, FILE].map((name) => contentOf(join(logFolder(), name))).join('');
  if (text.length <= mostCharacters) return text;
  const end = text.slice(-mostCharacters);
  // From the beginning of a problem: its line begins with the date.
  return end.slice(end.search(/^\d{4}-\d\d-\d\dT/m));
}

function append(entry: string): void {
  const folder = logFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, FILE);
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  // Another process may do the same at this moment: then a part of the older file is lost, and nothing else.
  if (bytes > 0 && bytes + Buffer.byteLength(entry) > MOST_BYTES) renameSync(file, join(folder, OLDER_FILE));
  appendFileSync(file, entry, { mode: 0o600 });
  makePrivate(file);
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** An error without names: a StudioError by its id and numbers, any other by its message and stack. */
function describe(error: unknown): string {
  const lines = error instanceof StudioError ? [describeFact(error), ...causeOf(error)] : textOf(error).split('\n');
  return lines
    .slice(0, MOST_LINES)
    .map((line, i) => `${i === 0 ? '' : '  '}${line.slice(0, LONGEST_LINE)}`)
    .join('\n');
}

function causeOf({ cause }: StudioError): string[] {
  if (cause === undefined) return [];
  const [first, ...more] = cause instanceof StudioError ? [describeFact(cause), ...causeOf(cause)] : textOf(cause).split('\n');
  return [`caused by ${first}`, ...more];
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return redacted(String(error).slice(0, LONGEST_TEXT));
  // Some libraries leave the message out of the stack.
  const stack = error.stack ?? '';
  return redacted((stack.includes(error.message) ? stack : `${error.name}: ${error.message}\n${stack}`).slice(0, LONGEST_TEXT));
}

/** The id of a fact with its numbers and, redacted, other programs' messages. Its other parameters are names. */
export function describeFact({ id, parameters }: Fact): string {
  const parts = Object.entries(parameters).flatMap(([name, value]) => partsOf(name, value));
  return parts.length === 0 ? id : `${id} (${parts.join('; ')})`;
}

function partsOf(name: string, value: FactValue): string[] {
  if (typeof value === 'number') return [`${name} ${value}`];
  if (typeof value === 'string') return name === 'detail' && value !== '' ? [redacted(value.replaceAll(/\s+/g, ' '))] : [];
  if (isList(value)) return value.flatMap((each) => (typeof each === 'string' ? [] : [describeFact(each)]));
  return [describeFact(value)];
}

function isList(value: FactValue): value is readonly (string | Fact)[] {
  return Array.isArray(value);
}
