import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { adatosk, ROOT } from './other-programs.ts';

/** One video with two people, one with a face that leaves and comes back, one of a face at rest. */
export const SAMPLES = ['two-people.mp4', 'leaves-and-returns.mp4', 'neutral-talking.mp4'].map((name) => join(ROOT, 'samples', name));

/** A project of three samples, analysed once for all checks of a run: it is beside their folders. */
export function analysedProject(folder: string): string {
  const project = join(folder, '..', 'project');
  if (!existsSync(project)) adatosk('analyze', ...SAMPLES, '--out', join(folder, '..', 'analysed'), '--project', project, '--device', 'cpu');
  return project;
}
