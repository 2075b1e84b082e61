import { createHmac, timingSafeEqual } from 'node:crypto';

/** What is signed of a job: what it analyses, and with what. */
export interface SignedJob {
  readonly batchId: string;
  readonly modelId: string;
  readonly modelSha256: string;
  readonly device: string;
  readonly options: string;
  readonly path: string;
}

/**
 * Signs what a project does by itself with a key that never leaves this computer. A project that was received from
 * somebody else, or changed by another program, has no such signature: its jobs and watched folders wait until the person
 * starts them.
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

  /** @param request what is trained, as JSON */
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
