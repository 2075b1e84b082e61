import { partsOutside } from '../excluded.ts';
import type { TrialSpan } from '../trials.ts';
import { cohenKappa, percentAgreement } from './cohen-kappa.ts';
import type { LabelledSpan } from './layers.ts';
import { pairedUnits } from './layers.ts';
import { jointCounts } from './tables.ts';

/** A labelled span of one of several faces. */
interface FaceLabel extends LabelledSpan {
  readonly face: number;
}

/**
 * Cohen's kappa and the share of agreement of two layers of one video, over units of time of all faces that either has labelled, as
 * `adatosk agreement` counts them: units that neither labelled, and excluded spans, are left out.
 * @param unitS length of a unit in seconds
 * @param excluded spans in order of time, without overlaps
 * @returns null without a unit
 */
export function pairAgreement(
  first: readonly FaceLabel[],
  second: readonly FaceLabel[],
  unitS: number,
  excluded: readonly TrialSpan[],
): { readonly kappa: number; readonly percent: number; readonly units: number } | null {
  const faces = [...new Set([...first, ...second].map(({ face }) => face))];
  const ofFace = (layer: readonly FaceLabel[], face: number): LabelledSpan[] =>
    layer.flatMap((span) => (span.face === face ? partsOutside(span, excluded).map((part) => ({ label: span.label, ...part })) : []));
  const pairs = faces.flatMap((face) => pairedUnits(ofFace(first, face), ofFace(second, face), unitS, excluded));
  if (pairs.length === 0) return null;
  const table = jointCounts(pairs, [...new Set(pairs.flat())]);
  return { kappa: cohenKappa(table).value, percent: percentAgreement(table), units: pairs.length };
}
