import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Approval } from '../../project/approval.ts';
import { settingsFolder } from './personal-folders.ts';

const KEY_BYTES = 32;
const file = (): string => join(settingsFolder(), 'approval-key');

/**
 * This person's approval on this computer. The key is made at the first call. Where the settings cannot be written (a
 * read-only profile on a shared computer) it is kept in the environment, for this program and its children alone.
 */
export function ownApproval(): Approval {
  return new Approval(Buffer.from(readKey() ?? process.env['ADATOSK_APPROVAL_KEY'] ?? makeKey(), 'hex'));
}

function readKey(): string | undefined {
  try {
    const key = readFileSync(file(), 'utf8').trim();
    return key.length === 2 * KEY_BYTES ? key : undefined;
  } catch {
    return undefined;
  }
}

function makeKey(): string {
  const key = randomBytes(KEY_BYTES).toString('hex');
  const made = `${file()}.${process.pid}`;
  try {
    mkdirSync(settingsFolder(), { recursive: true });
    writeFileSync(made, key, { mode: 0o600 });
    try {
      // Where two programs start at once, both use the first one's key.
      linkSync(made, file());
    } catch {
      if (readKey() === undefined) writeFileSync(file(), key, { mode: 0o600 });
    }
    return readKey() ?? key;
  } catch {
    process.env['ADATOSK_APPROVAL_KEY'] = key;
    return key;
  } finally {
    rmSync(made, { force: true });
  }
}
