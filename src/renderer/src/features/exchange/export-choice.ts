import { z } from 'zod';
import { deidentificationSchema, EXPORT_FORMATS } from '../../../../shared/domain/export-formats.ts';

/** The choices of an export, remembered for each project on this computer. Invalid values are replaced by the defaults. */
const choiceSchema = z.object({
  format: z.enum(EXPORT_FORMATS).catch('tables'),
  layers: z.array(z.string()).catch([]),
  forExcel: z.boolean().catch(false),
  deidentification: deidentificationSchema.catch(deidentificationSchema.parse({})).default(deidentificationSchema.parse({})),
  /** The folder of the last export; '' for none. */
  out: z.string().catch(''),
});
export type ExportChoice = z.infer<typeof choiceSchema>;

const STORAGE_KEY = 'adatosk.export';
/** Projects whose choices are kept, the last used ones. */
const MOST_PROJECTS = 50;

function readAll(): [project: string, choice: unknown][] {
  try {
    return z.array(z.tuple([z.string(), z.unknown()])).parse(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]'));
  } catch {
    return [];
  }
}

/** @param project folder of the project */
export function readExportChoice(project: string): ExportChoice {
  return choiceSchema.parse(readAll().find(([folder]) => folder === project)?.[1] ?? {});
}

export function storeExportChoice(project: string, choice: ExportChoice): void {
  const others = readAll().filter(([folder]) => folder !== project);
  localStorage.setItem(STORAGE_KEY, JSON.stringify([[project, choice], ...others].slice(0, MOST_PROJECTS)));
}
