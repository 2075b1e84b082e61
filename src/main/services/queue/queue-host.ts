/**
 * The process that works through a project's batch queue, so that the one that serves the window stays free. It has a
 * connection of its own to the store; its engines are processes of their own again.
 */
import { problemData } from '../../../shared/app/errors.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import type { Project } from '../../project/store/open-project.ts';
import { openProject } from '../../project/store/open-project.ts';
import type { QueueEvent, QueueOrder } from './queue-messages.ts';
import { inSeries } from '../../process/serial.ts';
import { QueueWorker } from './queue-worker.ts';

/** Serves orders one after the other. @returns what to call with each order, and with null when the other side is gone */
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
      open = { project, worker: new QueueWorker(project.db, start, publish) };
      open.worker.wake();
    } else if (order.kind === 'wake') open?.worker.wake();
    else open?.worker.cancel(order.jobs);
  };
  const next = inSeries();
  return (order) => void next(() => serve(order)).catch((error: unknown) => publish({ kind: 'problem', ...problemData(error) }));
}
