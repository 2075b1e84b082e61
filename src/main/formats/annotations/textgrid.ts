import { StudioError } from '../../../shared/app/errors.ts';
import type {
  AnnotatedPeak,
  AnnotatedSegment,
  AnnotationDocument,
  AnnotationTier,
  ReadAnnotations,
  WrittenAnnotations,
} from '../../../shared/annotation/annotation-document.ts';
import { hasPeaks, parseTierName, peakTiersOf, tierOfPeaks, tiersOf } from '../../../shared/annotation/annotation-document.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { confidenceOf, confidenceText, LayerCollector, peakWithSpan, pointPeak, spanText } from './read-layers.ts';

/**
 * TextGrid of Praat, long form. An interval tier covers the whole time: unlabelled time is an interval without text. Confidences,
 * comments and modifiers have interval tiers of their own ('Ann confidence') with the same intervals. Peaks are a tier of points
 * at their apexes ('Ann peaks'); their onsets and offsets are the texts of a second tier of points ('Ann peaks span'). Times are
 * seconds with double precision.
 */
export function writeTextGrid(document: AnnotationDocument): WrittenAnnotations {
  const losses: Notice[] = [];
  const tiers = document.layers.flatMap((layer) => tiersOf(layer));
  let end = Math.max(0.001, document.video.durationS);
  for (const { segments, peaks } of tiers) {
    for (const { endS } of segments) end = Math.max(end, endS);
    for (const { apexS } of peaks) end = Math.max(end, apexS);
  }
  const items = tiers.flatMap((tier) => itemsOf(tier, end, losses));
  if (hasPeaks(document)) losses.push(notice('peaks/times-only', {}));
  const text = [
    ...['File type = "ooTextFile"', 'Object class = "TextGrid"', '', 'xmin = 0', `xmax = ${end}`, 'tiers? <exists>', `size = ${items.length}`, 'item []:'],
    ...items.flatMap((lines, i) => [`    item [${i + 1}]:`, ...lines.map((line) => `        ${line}`)]),
    '',
  ].join('\n');
  return { text, losses };
}

/** What a label has besides its name: the ending of its tier, and its text. */
const ATTRIBUTES = [
  ['confidence', ({ confidence }: AnnotatedSegment) => (confidence === null ? '' : confidenceText(confidence))],
  ['comment', ({ comment }: AnnotatedSegment) => comment ?? ''],
  ['modifiers', ({ modifiers }: AnnotatedSegment) => modifiers ?? ''],
] as const;

const PEAK_ATTRIBUTES = [
  ['span', (peak: AnnotatedPeak) => (peak.onsetS < peak.apexS || peak.offsetS > peak.apexS ? spanText(peak) : '')],
  ['comment', ({ comment }: AnnotatedPeak) => comment ?? ''],
  ['modifiers', ({ modifiers }: AnnotatedPeak) => modifiers ?? ''],
] as const;

function itemsOf(tier: AnnotationTier, end: number, losses: Notice[]): string[][] {
  const segments = tier.segments.filter(({ startS, endS, label }) => {
    if (endS > startS) return true;
    losses.push(notice('textgrid/no-length', { label, at: startS }));
    return false;
  });
  const items = [intervalTier(tier.name, segments, ({ label }) => label, end)];
  for (const [ending, textOf] of ATTRIBUTES)
    if (segments.some((each) => textOf(each) !== '')) items.push(intervalTier(`${tier.name} ${ending}`, segments, textOf, end));
  for (const { name, peaks } of peakTiersOf(tier)) {
    items.push(pointTier(name, peaks, ({ label }) => label, end));
    for (const [ending, textOf] of PEAK_ATTRIBUTES)
      if (peaks.some((each) => textOf(each) !== '')) items.push(pointTier(`${name} ${ending}`, peaks, textOf, end));
  }
  return items;
}

function intervalTier(name: string, segments: readonly AnnotatedSegment[], textOf: (segment: AnnotatedSegment) => string, end: number): string[] {
  const intervals: { from: number; to: number; text: string }[] = [];
  let at = 0;
  for (const segment of segments) {
    if (segment.startS > at) intervals.push({ from: at, to: segment.startS, text: '' });
    intervals.push({ from: segment.startS, to: segment.endS, text: textOf(segment) });
    at = segment.endS;
  }
  if (at < end) intervals.push({ from: at, to: end, text: '' });
  return [
    ...['class = "IntervalTier"', `name = ${quoted(name)}`, 'xmin = 0', `xmax = ${end}`, `intervals: size = ${intervals.length}`],
    ...intervals.flatMap(({ from, to, text }, i) => [`intervals [${i + 1}]:`, `    xmin = ${from}`, `    xmax = ${to}`, `    text = ${quoted(text)}`]),
  ];
}

function pointTier(name: string, peaks: readonly AnnotatedPeak[], textOf: (peak: AnnotatedPeak) => string, end: number): string[] {
  return [
    ...['class = "TextTier"', `name = ${quoted(name)}`, 'xmin = 0', `xmax = ${end}`, `points: size = ${peaks.length}`],
    ...peaks.flatMap((peak, i) => [`points [${i + 1}]:`, `    number = ${peak.apexS}`, `    mark = ${quoted(textOf(peak))}`]),
  ];
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** An interval or a point (start and end are equal). */
interface Item {
  readonly startS: number;
  readonly endS: number;
  readonly text: string;
}
interface Tier {
  readonly kind: 'intervals' | 'points';
  readonly name: string;
  readonly items: readonly Item[];
}

/**
 * Reads a TextGrid in the long, the short or the chronological form. Only the order of numbers and texts matters, not the words
 * between them. Intervals and points without text are ignored; points become peaks.
 * @throws StudioError 'data-set-invalid' for other files
 */
export function readTextGrid(text: string, name: string): ReadAnnotations {
  const tiers = tiersIn(new Tokens(text, name));
  const byName = new Map(tiers.map((tier) => [tier.name, tier]));
  const layers = new LayerCollector(parseTierName);
  for (const tier of tiers) {
    if (baseOf(tier, byName) !== undefined) continue;
    const items = tier.items.filter((item) => item.text !== '');
    if (tier.kind === 'intervals') {
      const { layer, face } = layers.at(tier.name);
      const attributes = attributesOf(tier, byName);
      // One after the other: a call with 100,000 arguments exceeds the stack.
      for (const { startS, endS, text: label } of items)
        layer.segments.push(segmentOf({ face, label, startS, endS, confidence: null }, attributes.get(keyOf(startS, endS))));
    } else {
      const { layer, face } = layers.at(tier.name, tierOfPeaks(tier.name) ?? tier.name);
      const attributes = attributesOf(tier, byName);
      for (const { startS, text: label } of items) {
        const { span = '', ...remarks } = attributes.get(keyOf(startS, startS)) ?? {};
        const peak = pointPeak(face, label, startS);
        layer.peaks.push({ ...(peakWithSpan(peak, span) ?? peak), ...remarks });
      }
      if (items.length > 0 && tierOfPeaks(tier.name) === undefined) layer.notes.push(notice('import/points', { tier: tier.name, count: items.length }));
    }
  }
  return { recordings: [{ name: '', media: [], layers: layers.layers() }] };
}

function segmentOf(plain: AnnotatedSegment, { confidence, ...remarks }: Attributes = {}): AnnotatedSegment {
  return { ...plain, ...remarks, confidence: (confidence === undefined ? undefined : confidenceOf(confidence)) ?? null };
}

/** The tier that a tier of confidences, comments, modifiers or spans belongs to; undefined for all others. */
function baseOf({ kind, name, items }: Tier, byName: ReadonlyMap<string, Tier>): Tier | undefined {
  const [, base = '', ending = ''] = /^(.*) (confidence|comment|modifiers|span)$/s.exec(name) ?? [];
  const found = byName.get(base);
  if (found?.kind !== kind || ending === (kind === 'points' ? 'confidence' : 'span')) return undefined;
  const texts = items.filter(({ text }) => text !== '');
  const isValid = ending !== 'confidence' || texts.every(({ text }) => confidenceOf(text) !== undefined);
  const keys = new Set(found.items.map(({ startS, endS }) => keyOf(startS, endS)));
  return isValid && texts.every(({ startS, endS }) => keys.has(keyOf(startS, endS))) ? found : undefined;
}

/** The texts of the tiers that belong to a label or a peak. */
type Attributes = Partial<Record<'confidence' | 'comment' | 'modifiers' | 'span', string>>;

/** The texts of the tiers that belong to a tier, by the times of the interval or point. */
function attributesOf({ name }: Tier, byName: ReadonlyMap<string, Tier>): Map<string, Attributes> {
  const found = new Map<string, Attributes>();
  for (const ending of ['confidence', 'comment', 'modifiers', 'span'] as const) {
    const tier = byName.get(`${name} ${ending}`);
    if (tier === undefined || baseOf(tier, byName) === undefined) continue;
    for (const { startS, endS, text } of tier.items) {
      if (text === '') continue;
      const key = keyOf(startS, endS);
      found.set(key, { ...found.get(key), [ending]: text });
    }
  }
  return found;
}

/** Praat writes times with 15 digits; equal boundaries are equal to a microsecond. */
const keyOf = (startS: number, endS: number): string => `${Math.round(1e6 * startS)} ${Math.round(1e6 * endS)}`;

function tiersIn(tokens: Tokens): Tier[] {
  if (tokens.isBinary) throw tokens.binary();
  const type = tokens.text();
  if (type === 'Praat chronological TextGrid text file') return chronological(tokens);
  // 'ooTextFile short' was the type of the short form in early versions.
  if (!/^ooTextFile( short)?$/.test(type) || !/^TextGrid( \d+)?$/.test(tokens.text())) throw tokens.notTextGrid();
  tokens.number();
  tokens.number();
  const tiers: Tier[] = [];
  if (!tokens.flag()) return tiers;
  for (let count = tokens.number(); count > 0; count--) {
    const kind = tokens.kind();
    const name = tokens.text();
    tokens.number();
    tokens.number();
    const items: Item[] = [];
    for (let left = tokens.number(); left > 0; left--) items.push(tokens.item(kind));
    tiers.push({ kind, name, items });
  }
  return tiers;
}

/** The form with all intervals and points in order of time, each with the number of its tier. */
function chronological(tokens: Tokens): Tier[] {
  tokens.number();
  tokens.number();
  const tiers: (Tier & { items: Item[] })[] = [];
  for (let count = tokens.number(); count > 0; count--) {
    tiers.push({ kind: tokens.kind(), name: tokens.text(), items: [] });
    tokens.number();
    tokens.number();
  }
  while (!tokens.isAtEnd) {
    const tier = tiers[tokens.number() - 1];
    if (tier === undefined) throw tokens.cutOff();
    tier.items.push(tokens.item(tier.kind));
  }
  return tiers;
}

type Token = { readonly text: string } | { readonly number: number } | { readonly flag: string } | { readonly comma: string };

/**
 * What Praat reads of a text file: numbers that stand alone, texts in quotation marks, and flags in angle brackets. Other words
 * are ignored, and so is the rest of a line after '!'.
 */
class Tokens {
  readonly #tokens: Token[] = [];
  readonly #file: string;
  /** Praat begins binary files so. */
  readonly isBinary: boolean;
  #at = 0;

  constructor(text: string, file: string) {
    this.#file = file;
    this.isBinary = text.startsWith('ooBinaryFile');
    for (const [, quote, flag, word] of text.matchAll(/"([^"]*(?:""[^"]*)*)"|![^\r\n]*|<([^>\s]*)>|([^\s"]+)/g)) {
      if (quote !== undefined) this.#tokens.push({ text: quote.replaceAll('""', '"') });
      else if (flag !== undefined) this.#tokens.push({ flag });
      else if (word !== undefined && /^[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?$/.test(word)) this.#tokens.push({ number: Number(word) });
      else if (word !== undefined && /^[-+]?\d+,\d+$/.test(word)) this.#tokens.push({ comma: word });
    }
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  notTextGrid(): StudioError {
    return new StudioError('data-set-invalid/not-textgrid', { file: this.#file });
  }
  binary(): StudioError {
    return new StudioError('data-set-invalid/textgrid-binary', { file: this.#file });
  }
  cutOff(): StudioError {
    return new StudioError('data-set-invalid/textgrid-cut-off', { file: this.#file });
  }

  text(): string {
    const token = this.#tokens[this.#at++];
    if (token !== undefined && 'text' in token) return token.text;
    throw this.#at <= 2 ? this.notTextGrid() : this.cutOff();
  }

  number(): number {
    const token = this.#tokens[this.#at++];
    if (token !== undefined && 'number' in token) return token.number;
    if (token !== undefined && 'comma' in token) throw new StudioError('data-set-invalid/textgrid-comma', { file: this.#file, number: token.comma });
    throw this.cutOff();
  }

  /** Whether the tiers exist. */
  flag(): boolean {
    const token = this.#tokens[this.#at++];
    if (token === undefined || !('flag' in token)) throw this.cutOff();
    return token.flag === 'exists';
  }

  kind(): Tier['kind'] {
    const kind = this.text();
    if (kind !== 'IntervalTier' && kind !== 'TextTier') throw this.cutOff();
    return kind === 'IntervalTier' ? 'intervals' : 'points';
  }

  item(kind: Tier['kind']): Item {
    const startS = this.number();
    const endS = kind === 'intervals' ? this.number() : startS;
    return { startS, endS, text: this.text() };
  }
}
