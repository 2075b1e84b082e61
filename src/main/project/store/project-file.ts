import { join } from 'node:path';

/** 'AdTs', the application_id of SQLite. It distinguishes projects from the databases of other programs. */
export const APPLICATION_ID = 0x41645473;

/** Name of the project file. The desktop associates its extension with this program. */
export const PROJECT_FILE = 'project.adatosk';
export const PROJECT_FILE_ENDING = '.adatosk';

export const projectFile = (folder: string): string => join(folder, PROJECT_FILE);
export const backupsFolder = (folder: string): string => join(folder, 'backups');
