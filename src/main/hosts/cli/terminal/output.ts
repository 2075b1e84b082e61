import type { ErrorId, StudioErrorCode } from '../../../../shared/app/errors.ts';
import { StudioError } from '../../../../shared/app/errors.ts';
import { logProblem } from '../../../services/diagnostics/problem-log.ts';
import { linesOfFact } from '../../../../shared/app/facts.ts';

/**
 * Exit codes of every command. tryAgain: the same command can succeed later or go on (the disk was full, an engine ended).
 * cannot: this computer cannot do it (ffmpeg or the device is missing).
 */
export const EXIT = { done: 0, someFailed: 1, wrongUsage: 2, tryAgain: 3, cannot: 4, interrupted: 130 } as const;

/** @returns '1 peak' or '3 peaks' */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Output for people on standard output, or on standard error if standard output must contain one JSON line only. */
export class Output {
  readonly #json: boolean;

  constructor(json: boolean) {
    this.#json = json;
  }

  line(text = ''): void {
    (this.#json ? process.stderr : process.stdout).write(`${text}\n`);
  }

  /** The last line of a command: `object` for machines, `text` for people. */
  result(object: Readonly<Record<string, unknown>>, text: string): void {
    process.stdout.write(`${this.#json ? JSON.stringify(object) : text}\n`);
  }
}

/** Errors after which a command can be continued. */
const INTERRUPTING: readonly StudioErrorCode[] = ['disk-full', 'engine-died', 'cancelled'];

/** Options that help with an error. The messages themselves name no options, because the window shows them too. */
const HINTS: Readonly<Partial<Record<ErrorId, string>>> = {
  'wrong-usage/port': 'Name it with --port, or leave that out.',
  'wrong-usage/model-exists': 'Options: --id, --out.',
  'wrong-usage/unfinished-training': 'Options: --resume, --out.',
  'wrong-usage/no-units': 'Options: --from, --data.',
  'wrong-usage/fold': 'Option: --fold.',
  'wrong-usage/no-folds': 'Option: --fold.',
  'wrong-usage/no-rounds': 'Options: the third number of --epochs, --learns all.',
  'wrong-usage/other-contents': 'Option: --out.',
  'wrong-usage/format-unknown': 'Option: --format.',
  'data-set-invalid/no-labelled-clip': 'Option: --split.',
  'data-set-invalid/not-placed': 'Option: --partly.',
  'wrong-usage/no-labels-in-layers': 'Option: --layer.',
  'wrong-usage/layers-share-face': 'Options: --layer, --to.',
  'wrong-usage/layer-has-faces': 'Option: --layer.',
  'wrong-usage/several-recordings': 'Option: --recording.',
  'wrong-usage/no-recording': 'Option: --recording.',
  'file-unreadable/face-model': 'Option: --face-model.',
  'file-missing/portraits': 'Option: --portraits.',
  'project-sound': 'Option: --backup.',
};

const CODES: readonly (readonly [code: number, errors: readonly StudioErrorCode[]])[] = [
  [EXIT.wrongUsage, ['wrong-usage', 'file-missing', 'model-missing', 'data-set-invalid']],
  [EXIT.tryAgain, ['disk-full', 'engine-died', 'project-busy']],
  [EXIT.cannot, ['program-missing', 'provider-unavailable']],
  [EXIT.interrupted, ['cancelled']],
];

export function exitCodeOf(error: StudioErrorCode): number {
  return CODES.find(([, errors]) => errors.includes(error))?.[0] ?? EXIT.someFailed;
}

/** Prints an error. @returns the exit code of the command */
export function reportError(error: unknown): number {
  logProblem('command line', error);
  if (error instanceof StudioError) {
    const hint = HINTS[error.id];
    process.stderr.write(`adatosk: ${linesOfFact(error).join('\n')}${hint === undefined ? '' : ` ${hint}`}\n`);
    if (INTERRUPTING.includes(error.code)) process.stderr.write('analyze and train go on with --resume.\n');
    return exitCodeOf(error.code);
  }
  process.stderr.write(`adatosk: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.someFailed;
}

/** One Ctrl+C may arrive twice, from the terminal and from the launcher. */
const SAME_REQUEST_MILLISECONDS = 1000;

/** A signal that the first SIGINT (Ctrl+C) or SIGTERM aborts. The second one ends the program at once. */
export function stopOnRequest(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) {
        if (performance.now() - first > SAME_REQUEST_MILLISECONDS) endAtOnce();
        return;
      }
      first = performance.now();
      process.stderr.write('\nStopping: what is finished is being written. Press Ctrl+C again to stop at once.\n');
      controller.abort();
    });
  }
  return controller.signal;
}

/**
 * Ends the process, and the programs that it started, at once. process.exit alone waits for file operations, and these wait for ever
 * on a share that does not answer.
 */
function endAtOnce(): never {
  process.once('exit', () => process.kill(process.pid, 'SIGKILL'));
  process.exit(EXIT.interrupted);
}

/** A duration for people: 4 s, 3:07, 1:02:09. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
