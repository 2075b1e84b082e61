import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One temporary folder for a whole test run, with settings of its own; nothing of it stays. */
export default function setup(): () => void {
  const root = mkdtempSync(join(tmpdir(), 'adatosk-tests-'));
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) process.env[name] = root;
  process.env['ADATOSK_CONFIG'] = join(root, 'settings');
  return () => rmSync(root, { recursive: true, force: true, maxRetries: 3 });
}
