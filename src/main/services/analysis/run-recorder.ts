import type { RunRecord, VideoResult } from '../../../shared/domain/results.ts';
import type { TimingTable } from '../../../shared/domain/time.ts';
import { probeVideo } from '../../media/probe.ts';
import type { VideoFile } from '../../media/video-files.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { beginRun, endRun, hasResult, listRuns, recordResult, unfinishedRun } from '../../project/recorded-results.ts';
import { libraryFileOf } from './library-file.ts';

/** Stores a run in a project, video by video. A process that is killed loses only the current video. */
export class RunRecorder {
  readonly #db: ProjectDatabase;
  readonly run: string;

  constructor(db: ProjectDatabase, run: string) {
    this.#db = db;
    this.run = run;
  }

  /** @param resume continues the last unfinished run with the same model and options, if there is one */
  static begin(db: ProjectDatabase, record: RunRecord, resume: boolean): RunRecorder {
    return new RunRecorder(db, (resume ? unfinishedRun(db, record) : undefined) ?? beginRun(db, record));
  }

  /** Continues the run of an earlier merge of the same parts, if the project has one. */
  static merging(db: ProjectDatabase, record: RunRecord): RunRecorder {
    const earlier = listRuns(db).find((each) => each.record.merged !== undefined && each.record.merged === record.merged);
    return new RunRecorder(db, earlier?.id ?? beginRun(db, record));
  }

  async keep(video: VideoFile, result: VideoResult, timing: TimingTable | null, signal: AbortSignal): Promise<void> {
    if (hasResult(this.#db, this.run, video.path)) return;
    // A merge may run where the videos are not.
    const file = await libraryFileOf(video).catch(() => ({ path: video.path, name: video.name, size: video.bytes, modifiedMs: 0 }));
    recordResult(this.#db, this.run, file, result, timing ?? (await probeVideo(video.path, signal)).timing);
  }

  end(record: RunRecord): void {
    endRun(this.#db, this.run, record);
  }
}
