import { StudioError } from '../../shared/app/errors.ts';
import type { AnnotatedSegment, AnnotationDocument, AnnotationTier, ReadAnnotations, WrittenAnnotations } from '../../shared/annotation/annotation-document.ts';
import { peaksByApex, parseTierName, tiersOf } from '../../shared/annotation/annotation-document.ts';
import type { Notice } from '../../shared/app/facts.ts';
import { notice } from '../../shared/app/notices.ts';

/**
 * TextGrid of Praat, long form. An interval tier covers the whole time: unlabelled time is an interval without text. Peaks are
 * a tier of points at their apexes. Times are seconds with double precision.
 */
export function writeTextGrid(document: AnnotationDocument): WrittenAnnotations {
  const losses: Notice[] = [];
  const tiers = document.layers.flatMap(tiersOf);
  const end = Math.max(
    0.001,
    document.video.durationS,
    ...tiers.flatMap(({ segments, peaks }) => [...segments.map(({ endS }) => endS), ...peaks.map(({ apexS }) => apexS)]),
  );
  const items = tiers.flatMap((tier) => [intervalTier(tier, end, losses), ...(tier.peaks.length > 0 ? [pointTier(tier, end)] : [])]);
  if (tiers.some(({ segments }) => segments.some(({ confidence }) => confidence !== null))) losses.push(notice('textgrid/no-confidence', {}));
  losses.push(...peaksByApex(document));
  const text = [
    ...['File type = "ooTextFile"', 'Object class = "TextGrid"', '', 'xmin = 0', `xmax = ${end}`, 'tiers? <exists>', `size = ${items.length}`, 'item []:'],
    ...items.flatMap((lines, i) => [`    item [${i + 1}]:`, ...lines.map((line) => `        ${line}`)]),
    '',
  ].join('\n');
  return { text, losses };
}

function intervalTier({ name, segments }: AnnotationTier, end: number, losses: Notice[]): string[] {
  const intervals: { from: number; to: number; text: string }[] = [];
  let at = 0;
  for (const { startS, endS, label } of segments) {
    if (endS <= startS) {
      losses.push(notice('textgrid/no-length', { label, at: startS }));
      continue;
    }
    if (startS > at) intervals.push({ from: at, to: startS, text: '' });
    intervals.push({ from: startS, to: endS, text: label });
    at = endS;
  }
  if (at < end) intervals.push({ from: at, to: end, text: '' });
  return [
    ...['class = "IntervalTier"', `name = ${quoted(name)}`, 'xmin = 0', `xmax = ${end}`, `intervals: size = ${intervals.length}`],
    ...intervals.flatMap(({ from, to, text }, i) => [`intervals [${i + 1}]:`, `    xmin = ${from}`, `    xmax = ${to}`, `    text = ${quoted(text)}`]),
  ];
}

function pointTier({ name, peaks }: AnnotationTier, end: number): string[] {
  return [
    ...['class = "TextTier"', `name = ${quoted(`${name} peaks`)}`, 'xmin = 0', `xmax = ${end}`, `points: size = ${peaks.length}`],
    ...peaks.flatMap(({ apexS, label }, i) => [`points [${i + 1}]:`, `    number = ${apexS}`, `    mark = ${quoted(label)}`]),
  ];
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/**
 * Reads the interval tiers of a TextGrid in the long or short form. Only the order of numbers and texts matters, not the words
 * between them. Intervals without text are ignored.
 * @throws StudioError 'data-set-invalid' for other files
 */
export function readTextGrid(text: string, name: string): ReadAnnotations {
  const values = tokensOf(text);
  if (values[0] !== 'ooTextFile' || values[1] !== 'TextGrid') throw new StudioError('data-set-invalid/not-textgrid', { file: name });
  let at = 5;
  const next = (): string | number => {
    const value = values[at++];
    if (value === undefined) throw new StudioError('data-set-invalid/textgrid-cut-off', { file: name });
    return value;
  };
  const problems: Notice[] = [];
  const layers = new Map<string, AnnotatedSegment[]>();
  for (let tiers = Number(values[4] ?? 0); tiers > 0; tiers--) {
    const [kind, tier] = [String(next()), String(next())];
    at += 2;
    const count = Number(next());
    const { layer, face } = parseTierName(tier);
    if (kind === 'TextTier' && !tier.endsWith(' peaks')) problems.push(notice('textgrid/points', { tier }));
    for (let i = 0; i < count; i++) {
      const startS = Number(next());
      const endS = kind === 'TextTier' ? startS : Number(next());
      const label = String(next());
      if (kind === 'TextTier' || label === '') continue;
      const segments = layers.get(layer) ?? [];
      segments.push({ face, label, startS, endS, confidence: null });
      layers.set(layer, segments);
    }
  }
  return { layers: [...layers].map(([layer, segments]) => ({ name: layer, segments })), problems };
}

/** Numbers and quoted texts in order. Words and numbers in brackets ("item [2]") are ignored. */
function tokensOf(text: string): (string | number)[] {
  const tokens: (string | number)[] = [];
  for (const [, quote, number] of text.replaceAll(/^\uFEFF/g, '').matchAll(/"((?:[^"]|"")*)"|\[\d*\]|(?<![\w.])(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.])/g)) {
    if (quote !== undefined) tokens.push(quote.replaceAll('""', '"'));
    else if (number !== undefined) tokens.push(Number(number));
  }
  return tokens;
}
