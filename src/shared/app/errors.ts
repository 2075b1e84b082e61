/**
 * Every failure that a person can meet has one code, in the API, on the command line and in the window;
 * a sentence that names the file; and a remedy, a sentence that says what to do about it. What a window may show names no
 * option of the command line: who types commands finds them under --help.
 */
export const ERROR_CODES = [
  'file-missing',
  'file-empty',
  'file-unreadable',
  'not-a-video',
  'no-video-stream',
  'damaged-video',
  'unsupported-codec',
  'program-missing',
  'program-failed',
  'model-missing',
  'model-invalid',
  'provider-unavailable',
  'engine-died',
  'cannot-write',
  'disk-full',
  'training-diverged',
  'data-set-invalid',
  'project-missing',
  'project-damaged',
  'project-newer',
  'project-sound',
  'project-unsafe',
  'project-exists',
  'backup-unusable',
  'project-busy',
  'not-a-project',
  'store-unsafe',
  'edit-stale',
  'edit-conflict',
  'edit-invalid',
  'layer-protected',
  'video-unknown',
  'no-project',
  'wrong-usage',
  'cancelled',
] as const;
export type StudioErrorCode = (typeof ERROR_CODES)[number];

export class StudioError extends Error {
  readonly code: StudioErrorCode;
  readonly remedy: string;

  constructor(code: StudioErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StudioError';
    this.code = code;
    this.remedy = remedy;
  }

  /** The sentence that goes into summary.csv and onto the terminal: what happened, then what to do. */
  get sentence(): string {
    return this.remedy === '' ? this.message : `${this.message} ${this.remedy}`;
  }
}

/** The sentence for anything thrown, ours or not. */
export function sentenceOf(error: unknown): string {
  if (error instanceof StudioError) return error.sentence;
  return error instanceof Error ? error.message : String(error);
}

/** Anything thrown as one of ours: what is none of ours is told by its own sentence. */
export function asStudioError(error: unknown): StudioError {
  return error instanceof StudioError ? error : new StudioError('program-failed', sentenceOf(error), '', error);
}

export function isCancelled(error: unknown): boolean {
  return error instanceof StudioError && error.code === 'cancelled';
}

export function cancelled(): StudioError {
  return new StudioError('cancelled', 'Stopped on request.', 'What was finished stays: start it again to go on.');
}

/** Node's errno on a write, as a sentence that names the path and the remedy. */
export function writeError(path: string, error: unknown): StudioError {
  const code = (error as { code?: string } | null)?.code ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StudioError(
      'disk-full',
      `The disk is full: could not write ${path}.`,
      'Free some space or choose another folder, then go on: what was finished stays.',
      error,
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new StudioError('cannot-write', `No permission to write ${path}.`, 'Choose a folder of your own, for example in Documents.', error);
  }
  return new StudioError('cannot-write', `Could not write ${path}: ${sentenceOf(error)}.`, 'Choose another folder.', error);
}
