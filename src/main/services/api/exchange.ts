import { deidentificationSchema, isProjectFormat, isVideoFormat } from '../../../shared/domain/export-formats.ts';
import { exportDeidentified } from '../deidentification/export-deidentified.ts';
import { measureAgreement } from '../exchange/agreement.ts';
import { dyadFigures } from '../exchange/dyad-figures.ts';
import { writeAnnotations } from '../exchange/exchange-annotations.ts';
import { writeProject } from '../exchange/export-project.ts';
import { ExportProgress } from '../exchange/export-tables.ts';
import { importLabels } from '../exchange/import-labels.ts';
import { lookAtLabelFiles } from '../exchange/read-label-file.ts';
import { projectFigures, ratedLayers } from '../exchange/project-figures.ts';
import { filesToReplace } from '../exchange/replaced-files.ts';
import { writeFineTuningSet } from '../fine-tuning/fine-tuning-set.ts';
import { api } from './context.ts';
import { wholePath } from './input.ts';
import { published } from './review.ts';

export const exchange = {
  export: api.exchange.export.handler(async ({ input, context: { studio }, signal }) => {
    const { db } = studio.project;
    const { format, layers, videos, excelLanguage, deidentification } = input;
    const out = wholePath(input.out);
    const progress = new ExportProgress((done, total) => studio.publish({ kind: 'export', done, total }), signal);
    if (isProjectFormat(format)) return writeProject(db, { format, run: input.run ?? null, layers, videos, excelLanguage }, out, progress);
    if (isVideoFormat(format)) {
      const options = deidentificationSchema.parse(deidentification ?? {});
      return exportDeidentified(db, { videos, run: input.run ?? null, options }, out, studio.launchers.startEngine, progress);
    }
    const { files, losses } = await writeAnnotations(db, format, layers, videos, out, progress);
    return { files: [...files], losses: [...losses] };
  }),
  filesToReplace: api.exchange.filesToReplace.handler(({ input, context }) => filesToReplace(context.studio.project.db, input, wholePath(input.out))),
  labelFiles: api.exchange.labelFiles.handler(({ input, context }) => lookAtLabelFiles(context.studio.project.db, input.paths.map(wholePath))),
  importLabels: api.exchange.importLabels.handler(async ({ input, context: { studio } }) => {
    for (const { file } of input.files) wholePath(file);
    const { edits: made, problems, notes, ...counts } = await importLabels(studio.project.db, input.files, input);
    for (const { coderId, edit } of made) published(studio, coderId, edit);
    return { ...counts, problems: [...problems], notes: [...notes] };
  }),
  fineTuningSet: api.exchange.fineTuningSet.handler(async ({ input, context: { studio }, signal }) => {
    const out = wholePath(input.out);
    const publish = (done: number, total: number): void => studio.publish({ kind: 'set', done, total });
    const stop = signal ?? new AbortController().signal;
    const { report, ...made } = await writeFineTuningSet(studio.project.db, input.options, out, studio.launchers.startEngine, { onProgress: publish }, stop);
    return { ...made, clips: report.clips, balance: [...report.balance], notes: [...report.notes] };
  }),
  layers: api.exchange.layers.handler(({ context }) => ratedLayers(context.studio.project.db)),
  figures: api.exchange.figures.handler(({ input, context }) => projectFigures(context.studio.project.db, { ...input, against: input.against ?? null })),
  dyad: api.exchange.dyad.handler(({ input, context, signal }) => dyadFigures(context.studio.project.db, input, signal)),
  agreement: api.exchange.agreement.handler(({ input, context }) => {
    const { raters, notUsedByAll, ...agreement } = measureAgreement(context.studio.project.db, input);
    return { ...agreement, raters: [...raters], notUsedByAll: [...notUsedByAll] };
  }),
};
