import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Creates one temporary folder, with separate settings, for a whole test run and deletes it afterwards. */
export default function setup(): () => void {
  const root = mkdtempSync(join(tmpdir(), 'adatosk-tests-'));
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) process.env[name] = root;
  process.env['ADATOSK_CONFIG'] = join(root, 'settings');
  return () => rmSync(root, { recursive: true, force: true, maxRetries: 3 });
}
