import { FACS_STRENGTH, unitOfLabel } from '../../../shared/domain/action-units.ts';
import { modifierValues } from '../../../shared/annotation/modifiers.ts';
import type { SegmentRow } from '../../project/store/schema.ts';

/** An action unit that a person coded. Times are seconds of the video. */
export interface CodedUnit {
  /** FACS number. */
  readonly unit: number;
  readonly startS: number;
  readonly endS: number;
  /** Hundredths. */
  readonly strength: number;
  readonly segment: SegmentRow;
  /** False where the other coders do not agree: the unit is neither present nor absent. */
  readonly isSure: boolean;
}

/** What is known of the action units in a clip. */
export interface ClipUnits {
  /** FACS numbers of the units that the coder codes. Where none of their events is, they are absent. */
  readonly known: readonly number[];
  readonly events: readonly CodedUnit[];
}

/** The strength of a label without an intensity: that of C, in hundredths. */
const STRENGTH_UNKNOWN = 60;
/** Around its action units, a clip also shows when they were absent. */
const MARGIN_S = 1;
/** Clips are drawn in equal shares, so that one long span must not count as one. */
const LONGEST_S = 8;

/** The action unit of a label; null for other labels. @param agrees whether enough of the other coders agree */
export function codedUnit(segment: SegmentRow, agrees: boolean): CodedUnit | null {
  const unit = unitOfLabel(segment.label);
  if (unit === null) return null;
  const intensity = modifierValues(segment.modifiers, 0).find((value) => Object.hasOwn(FACS_STRENGTH, value));
  const strength = intensity === undefined ? STRENGTH_UNKNOWN : (FACS_STRENGTH[intensity] ?? STRENGTH_UNKNOWN);
  return { unit, startS: segment.start_s, endS: segment.end_s, strength, segment, isSure: agrees };
}

/** What is known of the action units in a span. @param coded those of one face @param known the units that the coder codes */
export function unitsWithin(coded: readonly CodedUnit[], known: readonly number[], { startS, endS }: { startS: number; endS: number }): ClipUnits {
  const events = coded.filter((each) => each.startS < endS && each.endS > startS);
  const unsure = new Set(events.filter(({ isSure }) => !isSure).map(({ unit }) => unit));
  return { known: known.filter((unit) => !unsure.has(unit)), events: events.filter(({ unit }) => !unsure.has(unit)) };
}

/**
 * Spans that show the action units of one face outside of given clips.
 * @param coded in any order @param clips spans that are clips already @param bounds first and last second of the video
 */
export function spansOfUnits(
  coded: readonly CodedUnit[],
  clips: readonly { readonly startS: number; readonly endS: number }[],
  bounds: { readonly startS: number; readonly endS: number | null },
): { startS: number; endS: number }[] {
  const spans: { startS: number; endS: number }[] = [];
  const isInClip = (each: CodedUnit): boolean => clips.some(({ startS, endS }) => startS <= each.startS && endS >= each.endS);
  for (const { startS, endS } of coded.filter((each) => !isInClip(each)).sort((a, b) => a.startS - b.startS)) {
    const span = { startS: Math.max(bounds.startS, startS - MARGIN_S), endS: Math.min(bounds.endS ?? Infinity, endS + MARGIN_S) };
    const last = spans.at(-1);
    if (last === undefined || span.startS > last.endS) spans.push(span);
    else last.endS = Math.max(last.endS, span.endS);
  }
  return spans.flatMap(({ startS, endS }) => {
    const parts = Math.max(1, Math.ceil((endS - startS) / LONGEST_S));
    const at = (part: number): number => startS + (part * (endS - startS)) / parts;
    return Array.from({ length: parts }, (_, part) => ({ startS: at(part), endS: at(part + 1) }));
  });
}

/**
 * Strengths at the samples of a clip, in hundredths, [samples][units].
 * @param units FACS numbers of the columns @param startS start of the clip @param rate samples a second
 */
export function sampledUnits({ events }: ClipUnits, units: readonly number[], startS: number, samples: number, rate: number): number[][] {
  return Array.from({ length: samples }, (_, sample) => {
    const at = startS + (sample + 0.5) / rate;
    const now = events.filter((event) => event.startS <= at && at < event.endS);
    return units.map((unit) => Math.max(0, ...now.filter((event) => event.unit === unit).map(({ strength }) => strength)));
  });
}
