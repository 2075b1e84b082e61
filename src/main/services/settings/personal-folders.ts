import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAME = 'AdaTosk Studio';

/** Where this person's settings lie: ADATOSK_CONFIG, else the place that the system has for them. */
export function settingsFolder(): string {
  const given = process.env['ADATOSK_CONFIG'];
  if (given !== undefined) return given;
  if (process.platform === 'win32') return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), NAME);
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', NAME);
  return join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'adatosk-studio');
}

/** Where models that were fine-tuned here are kept. */
export const ownModelsFolder = (): string => join(settingsFolder(), 'models');

/** The sample videos that come with the program: ADATOSK_SAMPLES, else `samples` at the top of the project. */
export function samplesFolder(): string {
  return process.env['ADATOSK_SAMPLES'] ?? fileURLToPath(new URL('../../../../samples', import.meta.url));
}
