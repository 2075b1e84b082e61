import { createHmac, timingSafeEqual } from 'node:crypto';

/** The signed properties of a job: its video, model and settings. */
export interface SignedJob {
  readonly batchId: string;
  readonly modelId: string;
  readonly modelSha256: string;
  readonly device: string;
  readonly options: string;
  readonly path: string;
}

/**
 * Signs the automatic work of a project (jobs, watched folders, fine-tuning) with a key that never leaves this computer. The
 * work of a project from another person, or of one that another program has changed, has no valid signature. It does not
 * start until the user approves it.
 */
export class Approval {
  readonly #key: Uint8Array;

  /** @param key at least 32 random bytes */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  signJob({ batchId, modelId, modelSha256, device, options, path }: SignedJob): string {
    return this.#sign(['job', batchId, modelId, modelSha256, device, options, path]);
  }

  isJob(job: SignedJob, signature: string): boolean {
    return isSame(this.signJob(job), signature);
  }

  signFolder(path: string): string {
    return this.#sign(['folder', path]);
  }

  isFolder(path: string, signature: string): boolean {
    return isSame(this.signFolder(path), signature);
  }

  /** @param request the fine-tuning request as JSON */
  signFineTuning(folder: string, request: string): string {
    return this.#sign(['fine-tuning', folder, request]);
  }

  isFineTuning(folder: string, request: string, signature: string): boolean {
    return isSame(this.signFineTuning(folder, request), signature);
  }

  #sign(parts: readonly string[]): string {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest('hex');
  }
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
