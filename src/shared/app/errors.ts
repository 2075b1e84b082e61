import type { ErrorId, StudioErrorCode } from './error-texts.ts';
import { ERROR_CODES, ERROR_TEXTS } from './error-texts.ts';
import type { Fact, FactParameters, FactValue, Placeholders } from './facts.ts';
import { detailOf, sentenceOfFact, textsOf } from './facts.ts';

export type { ErrorId, StudioErrorCode };
export { ERROR_CODES };

/** The parameters of an error: the names in its English message and remedy. */
export type ErrorParameters<I extends ErrorId> = {
  readonly [N in Placeholders<(typeof ERROR_TEXTS)[I]['message'] | (typeof ERROR_TEXTS)[I]['remedy']>]: N extends 'count' ? number : FactValue;
};
type Arguments = { [I in ErrorId]: [id: I, parameters: ErrorParameters<I>, cause?: unknown] }[ErrorId];

/**
 * An error that is shown to people: an id of the catalogue (error-texts.ts) and its parameters. The window shows it in its own
 * language. `message`, `remedy` and `sentence` are the English texts for logs and the command line.
 */
export class StudioError extends Error implements Fact {
  readonly id: ErrorId;
  readonly parameters: FactParameters;

  constructor(...[id, parameters, cause]: Arguments) {
    super(textsOf({ id, parameters }).message, cause === undefined ? undefined : { cause });
    this.name = 'StudioError';
    this.id = id;
    this.parameters = parameters;
  }

  /** The category, for exit codes and error handling. */
  get code(): StudioErrorCode {
    return codeOf(this.id);
  }

  get remedy(): string {
    return textsOf(this).remedy;
  }

  /** The message and the remedy. */
  get sentence(): string {
    return sentenceOfFact(this);
  }

  /** The untranslated message of the program that failed (Node, SQLite, ONNX Runtime). */
  get detail(): string {
    const own = detailOf(this);
    if (own !== '' || !(this.cause instanceof Error)) return own;
    return this.cause instanceof StudioError ? this.cause.detail : this.cause.message;
  }
}

function codeOf(id: ErrorId): StudioErrorCode {
  return id.split('/', 1)[0] as StudioErrorCode;
}

/** The English text of any thrown value. */
export function sentenceOf(error: unknown): string {
  if (error instanceof StudioError) return error.sentence;
  return error instanceof Error ? error.message : String(error);
}

/** Converts any thrown value to a StudioError. */
export function asStudioError(error: unknown): StudioError {
  return error instanceof StudioError ? error : new StudioError('program-failed/unexpected', { detail: sentenceOf(error) }, error);
}

/** Converts any thrown value to plain data, which can be sent to another process or stored. */
export function toFact(error: unknown): Fact {
  const { id, parameters } = asStudioError(error);
  return { id, parameters };
}

/** The inverse of toFact. */
export function fromFact({ id, parameters }: Fact): StudioError {
  if (!Object.hasOwn(ERROR_TEXTS, id)) return new StudioError('program-failed/unexpected', { detail: sentenceOfFact({ id, parameters }) });
  return new StudioError(...([id, parameters] as unknown as Arguments));
}

/** An error as the window receives it: its fact, its category, and the text behind "Details". */
export interface ProblemData extends Fact {
  readonly code: StudioErrorCode;
  readonly detail?: string;
}

export function problemData(error: unknown): ProblemData {
  const { code, id, parameters, detail } = asStudioError(error);
  return { code, id, parameters, ...(detail === '' ? {} : { detail }) };
}

export function isCancelled(error: unknown): boolean {
  return error instanceof StudioError && error.code === 'cancelled';
}

export function cancelled(): StudioError {
  return new StudioError('cancelled', {});
}

/** The error for Node's errno on a write. An error of the program itself, from making the content, stays as it is. */
export function writeError(path: string, error: unknown): StudioError {
  if (error instanceof StudioError) return error;
  const code = (error as { code?: string } | null)?.code ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StudioError('disk-full', { path }, error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return new StudioError('cannot-write/permission', { path }, error);
  return new StudioError('cannot-write', { path, detail: sentenceOf(error) }, error);
}
