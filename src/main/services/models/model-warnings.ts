import { UNTRAINED_WARNING } from '../../../shared/domain/results.ts';
import type { Model } from '../../adatosk/runtime/models.ts';

/** What everybody who sees results of this model must know. */
export function warningsOf(model: Model): string[] {
  return [...(model.manifest.trained ? [] : [UNTRAINED_WARNING]), ...model.manifest.warnings];
}
