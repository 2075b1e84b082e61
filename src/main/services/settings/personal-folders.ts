import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makePrivate } from '../../process/private-files.ts';

const NAME = 'AdaTosk Studio';

/** Folder of the user's settings: ADATOSK_CONFIG, else the standard folder of the operating system. */
export function settingsFolder(): string {
  const given = process.env['ADATOSK_CONFIG'];
  if (given !== undefined) return given;
  if (process.platform === 'win32') return join(process.env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), NAME);
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', NAME);
  return join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'adatosk-studio');
}

/** Takes the rights of others away from the folder of the settings, which names projects. A folder that the user named stays as it is. */
export function makeSettingsPrivate(): void {
  if (process.env['ADATOSK_CONFIG'] === undefined) makePrivate(settingsFolder());
}

/** Folder of the models that were fine-tuned on this computer. */
export const ownModelsFolder = (): string => join(settingsFolder(), 'models');

/** Folder of the included sample videos: ADATOSK_SAMPLES, else `samples` in the root of the repository. */
export function samplesFolder(): string {
  return process.env['ADATOSK_SAMPLES'] ?? fileURLToPath(new URL('../../../../samples', import.meta.url));
}
