import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Approval } from '../../project/approval.ts';
import { settingsFolder } from './personal-folders.ts';

const KEY_BYTES = 32;
const file = (): string => join(settingsFolder(), 'approval-key');

/**
 * The approval of this user on this computer. The first call creates the key. If the settings folder cannot be written
 * (a read-only profile), the key is kept in the environment variable of this process and its children.
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
  const temporary = `${file()}.${process.pid}`;
  try {
    mkdirSync(settingsFolder(), { recursive: true });
    writeFileSync(temporary, key, { mode: 0o600 });
    try {
      // A link never replaces a file: if two programs start at the same time, both use the key of the first.
      linkSync(temporary, file());
    } catch {
      if (readKey() === undefined) writeFileSync(file(), key, { mode: 0o600 });
    }
    return readKey() ?? key;
  } catch {
    process.env['ADATOSK_APPROVAL_KEY'] = key;
    return key;
  } finally {
    rmSync(temporary, { force: true });
  }
}
