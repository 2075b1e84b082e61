import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { StudioError, writeError } from '../../../shared/app/errors.ts';
import { connect } from './connection.ts';
import { syncFolder } from './create-project.ts';
import type { ProjectDatabase } from './database.ts';
import { PROJECT_FILE, projectFile } from './project-file.ts';

/** What is in a copy: the ids of its coder and its videos. */
interface CopyContent {
  readonly coderId: string;
  readonly videos: readonly string[];
}

/**
 * Copies a project into a folder, with some of its videos only. The copy has the identity of the project, so that it can be
 * merged back, but no queue, no watched folders and no steps that could be undone. Videos in which its coder has no labels yet are new
 * there. It gets its final name when it is complete.
 * @returns the id of the copy
 * @throws StudioError 'project-exists', 'cannot-write', 'disk-full'
 */
export function copyDatabase(db: ProjectDatabase, folder: string, { coderId, videos }: CopyContent): string {
  const path = resolve(folder);
  const file = projectFile(path);
  if (existsSync(file)) throw new StudioError('project-exists', { folder });
  const temporary = join(path, `.${PROJECT_FILE}.new-${randomUUID()}`);
  const copyId = randomUUID();
  try {
    mkdirSync(path, { recursive: true });
    db.copyTo(temporary);
    reduce(temporary, { name: basename(path), copyId, coderId, videos });
    try {
      // Unlike a rename, a link never replaces a project that another process has created in the meantime.
      linkSync(temporary, file);
    } catch (error) {
      if (existsSync(file)) throw new StudioError('project-exists', { folder }, error);
      renameSync(temporary, file);
    }
    syncFolder(path);
    return copyId;
  } catch (error) {
    throw error instanceof StudioError ? error : writeError(file, error);
  } finally {
    for (const ending of ['', '-journal']) if (existsSync(temporary + ending)) rmSync(temporary + ending, { force: true });
  }
}

function reduce(file: string, { name, copyId, coderId, videos }: CopyContent & { name: string; copyId: string }): void {
  const database = connect(file);
  try {
    database.pragma('journal_mode = DELETE');
    database.pragma('foreign_keys = ON');
    const kept = JSON.stringify(videos);
    const change = database.transaction(() => {
      for (const table of ['job', 'batch']) database.exec(`DELETE FROM ${table}`);
      database.exec('UPDATE video SET folder_id = NULL');
      database.exec('DELETE FROM folder');
      database.prepare('DELETE FROM layer WHERE video_id NOT IN (SELECT value FROM json_each(?))').run(kept);
      database.prepare('DELETE FROM video WHERE id NOT IN (SELECT value FROM json_each(?))').run(kept);
      // Without a new revision: this is no change that would be merged back.
      database.prepare(`UPDATE video SET review = 'new' WHERE id NOT IN (SELECT video_id FROM layer WHERE coder_id = ?)`).run(coderId);
      // Steps of the history have labels and notes of all videos.
      for (const table of ['journal', 'merge_conflict', 'merged_copy', 'given_video', 'given_copy']) database.exec(`DELETE FROM ${table}`);
      database.prepare('UPDATE project SET name = ?, copy_id = ?, copied_clock = clock').run(name, copyId);
    });
    change.immediate();
    // Deleted rows would otherwise stay in unused pages of the file.
    database.exec('VACUUM');
  } finally {
    database.close();
  }
}
