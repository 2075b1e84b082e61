/**
 * The process that works through a project's batch queue, so that the one that serves the window stays free. It has a
 * connection of its own to the store; its engines are processes of their own again.
 */
import { asStudioError } from '../../shared/errors.ts';
import type { EngineStarter } from '../adatosk/engine.ts';
import type { Project } from '../project/open-project.ts';
import { openProject } from '../project/open-project.ts';
import type { QueueNews, QueueOrder } from './queue-messages.ts';
import { QueueWorker } from './queue-worker.ts';

/** Serves orders one after the other. @returns what to call with each order, and with null when the other side is gone */
export function hostQueue(start: EngineStarter, tell: (news: QueueNews) => void, exit: () => void): (order: QueueOrder | null) => void {
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
      open = { project, worker: new QueueWorker(project.db, start, tell) };
      open.worker.wake();
    } else if (order.kind === 'wake') open?.worker.wake();
    else open?.worker.cancel(order.jobs);
  };
  let last: Promise<void> = Promise.resolve();
  return (order) => {
    last = last
      .then(() => serve(order))
      .catch((error: unknown) => {
        const { code, message, remedy } = asStudioError(error);
        tell({ kind: 'problem', code, message, remedy });
      });
  };
}
