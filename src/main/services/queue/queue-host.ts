/**
 * The process that runs the batch queue of a project, so that the process that serves the windows stays responsive. It has
 * its own connection to the database, and its engines are separate processes.
 */
import { problemData } from '../../../shared/app/errors.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import type { Project } from '../../project/store/open-project.ts';
import { openProject } from '../../project/store/open-project.ts';
import type { QueueEvent, QueueOrder } from './queue-messages.ts';
import { logProblem } from '../diagnostics/problem-log.ts';
import { inSeries } from '../../process/serial.ts';
import { QueueWorker } from './queue-worker.ts';

/** Executes orders one after the other. @returns a receiver of orders; null means that the parent process has ended */
export function hostQueue(start: EngineStarter, publish: (event: QueueEvent) => void, exit: () => void): (order: QueueOrder | null) => void {
  let open: { project: Project; worker: QueueWorker } | undefined;
  const close = async (): Promise<void> => {
    const closing = open;
    open = undefined;
    await closing?.worker.stop();
    closing?.project.close();
  };
  const serve = async (order: QueueOrder | null): Promise<void> => {
    if (order === null || order.kind === 'stop') {
      await close();
      exit();
    } else if (order.kind === 'open') {
      await close();
      const project = await openProject(order.folder);
      open = { project, worker: new QueueWorker(project.db, order.folder, start, publish) };
      open.worker.wake();
      await open.worker.deleteOldJournals();
    } else if (order.kind === 'wake') open?.worker.wake();
    else open?.worker.cancel(order.jobs);
  };
  const next = inSeries();
  return (order) =>
    void next(() => serve(order)).catch((error: unknown) => {
      logProblem('queue', error);
      publish({ kind: 'problem', ...problemData(error) });
    });
}
