/**
 * Entry point of a worker: a process that analyses one video at a time with engines of its own. Several of them use all cores of a
 * workstation; within one process, only the engines and ffmpeg would run side by side.
 */
import { toFact } from '../../../../shared/app/errors.ts';
import { startChildProcessEngine } from '../../../adatosk/runtime/child-process-engine.ts';
import { journalsFolder } from '../../../analysis/analysis-journal.ts';
import { runVideo } from '../../../analysis/batch.ts';
import { ResultParts } from '../../../analysis/result-parts.ts';
import type { VideoFile } from '../../../media/video-files.ts';
import { listenToParent, sendToParent } from '../../../process/parent.ts';
import { AnalysisSession } from '../analysis-session.ts';
import type { WorkerAnswer, WorkerRequest, WorkerTask } from './video-worker-messages.ts';

let task: WorkerTask | undefined;
let session: Promise<AnalysisSession> | undefined;
let stop = new AbortController();

const answer = (message: WorkerAnswer): Promise<void> => sendToParent(message);

listenToParent<WorkerRequest>((request) => {
  if (request.kind === 'open') task = request.task;
  else if (request.kind === 'stop') stop.abort();
  else void analyse(request.video).catch((error: unknown) => answer({ kind: 'failed', fact: toFact(error) }));
});

async function analyse(video: VideoFile): Promise<void> {
  if (task === undefined) throw new Error('the worker was not opened');
  const { out, resume } = task;
  stop = new AbortController();
  session ??= AnalysisSession.open(task, startChildProcessEngine);
  const opened = await session;
  const job = {
    tools: () => opened.tools(),
    modelSha256: opened.modelSha256,
    options: opened.options,
    parts: new ResultParts(out),
    resume,
    journals: journalsFolder(out),
  };
  const { summary, resumed } = await runVideo(job, video, (share, timesRealTime) => void answer({ kind: 'share', share, timesRealTime }), stop.signal);
  await answer({ kind: 'done', summary, resumed });
}
