import { join } from 'node:path';

/** 'AdTs': what the file says of itself, so that another program's database is not taken for a project. */
export const APPLICATION_ID = 0x41645473;

/** The one file of a project; its name is what the desktop opens with this program. */
export const PROJECT_FILE = 'project.adatosk';

export const projectFile = (folder: string): string => join(folder, PROJECT_FILE);
export const backupsFolder = (folder: string): string => join(folder, 'backups');
