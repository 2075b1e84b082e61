import type { Notice } from '../../../shared/app/facts.ts';
import { notice, noticeOf } from '../../../shared/app/notices.ts';
import type { Model } from '../../adatosk/runtime/models.ts';

/** Warnings that must be shown with every result of a model. */
export function warningsOf(model: Model): Notice[] {
  return [...(model.manifest.trained ? [] : [notice('model/untrained', {})]), ...model.manifest.warnings.map(noticeOf)];
}
