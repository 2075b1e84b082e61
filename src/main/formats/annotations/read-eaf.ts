import { XMLParser } from 'fast-xml-parser';
import { StudioError } from '../../../shared/app/errors.ts';
import type { AnnotatedPeak, AnnotatedSegment, ReadAnnotations, ReadLayer, ReadRecording } from '../../../shared/annotation/annotation-document.ts';
import { tierOfPeaks } from '../../../shared/annotation/annotation-document.ts';
import { notice } from '../../../shared/app/notices.ts';
import { AUTHOR } from './eaf.ts';
import { confidenceOf, LayerCollector, peakWithSpan, placesOfTiers, pointPeak } from './read-layers.ts';
import { ATTRIBUTE, TEXT } from './xml.ts';

const LISTS = new Set(['MEDIA_DESCRIPTOR', 'TIER', 'TIME_SLOT', 'ANNOTATION', 'LINGUISTIC_TYPE', 'CONTROLLED_VOCABULARY']);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // Also decodes numeric character references ('&#228;').
  htmlEntities: true,
  isArray: (name) => LISTS.has(name),
});

type Node = Record<string, unknown>;

/** Seconds of one unit of TIME_VALUE. ELAN itself writes milliseconds. */
const UNITS: Readonly<Record<string, number>> = { milliseconds: 0.001, 'PAL-frames': 1 / 25, 'NTSC-frames': 1001 / 30_000 };
/** Peaks of this program last a millisecond; longer ones are spans. */
const LONGEST_POINT_S = 0.0015;

/**
 * Reads the time-aligned tiers of an EAF. Texts that are symbolically associated with a label become its confidence (if they are
 * in a tier of the type 'confidence') or its comment. Times count from the start of the media file (TIME_ORIGIN). Annotations
 * without times, and other dependent tiers, become problems.
 * @throws StudioError 'data-set-invalid' for other files
 */
export function readEaf(text: string, name: string): ReadAnnotations {
  let root: Node | undefined;
  try {
    root = (parser.parse(text) as Node)['ANNOTATION_DOCUMENT'] as Node | undefined;
  } catch (error) {
    throw new StudioError('data-set-invalid/not-xml', { file: name, detail: error instanceof Error ? error.message : String(error) }, error);
  }
  if (root === undefined) throw new StudioError('data-set-invalid/not-eaf', { file: name });
  const header = (root['HEADER'] as Node | string | undefined) ?? {};
  const unitS = UNITS[String(typeof header === 'string' ? '' : header['@TIME_UNITS'])] ?? 0.001;
  const layers = layersOf(root, unitS);
  const media = nodesOf(header, 'MEDIA_DESCRIPTOR').map((each) => ({ name: mediaName(each), originS: (Number(each['@TIME_ORIGIN'] ?? 0) || 0) / 1000 }));
  const names = media.map((each) => each.name).filter((each) => each !== '');
  const origins = new Set(media.map(({ originS }) => originS));
  if (origins.size <= 1) return { recordings: [{ name: '', media: names, layers: layers.map((layer) => shifted(layer, media[0]?.originS ?? 0)) }] };
  const recordings = media.map((each): ReadRecording => ({ name: each.name, media: [each.name], layers: layers.map((layer) => shifted(layer, each.originS)) }));
  return { recordings };
}

/** The name of the video file, without its folders. */
function mediaName(descriptor: Node): string {
  const urls = [descriptor['@RELATIVE_MEDIA_URL'], descriptor['@MEDIA_URL']].flatMap((each) => (typeof each === 'string' && each !== '' ? [each] : []));
  const last = urls[0]?.split(/[\\/]/).at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Adds the time of the media file at which the annotations begin. */
function shifted(layer: ReadLayer, byS: number): ReadLayer {
  if (byS === 0) return layer;
  return {
    ...layer,
    segments: layer.segments.map((each) => ({ ...each, startS: each.startS + byS, endS: each.endS + byS })),
    peaks: layer.peaks.map((each) => ({ ...each, onsetS: each.onsetS + byS, apexS: each.apexS + byS, offsetS: each.offsetS + byS })),
  };
}

function layersOf(root: Node, unitS: number): ReadLayer[] {
  const times = new Map<string, number | undefined>();
  for (const each of nodesOf((root['TIME_ORDER'] as Node | string | undefined) ?? {}, 'TIME_SLOT'))
    times.set(String(each['@TIME_SLOT_ID']), each['@TIME_VALUE'] === undefined ? undefined : unitS * Number(each['@TIME_VALUE']));
  const tiers = nodesOf(root, 'TIER').map((node) => new TierNode(node));
  const isOwn = root['@AUTHOR'] === AUTHOR;
  const names = tiers.map((tier) => tierOfPeaksIn(tier) ?? tier.id);
  const layers = new LayerCollector(placesOfTiers(names, isOwn));
  const texts = new AssociatedTexts(root, tiers);
  for (const tier of tiers) {
    const isPeaks = tierOfPeaksIn(tier) !== undefined;
    // A tier that only has associated texts belongs to the layer of its labels.
    const owner = texts.labelTierOf(tier) ?? tier;
    const { layer, face } = layers.at(tier.id, tierOfPeaksIn(owner) ?? owner.id);
    if (owner !== tier) {
      if (!texts.isOwnKind(tier) && tier.references.length > 0) layer.notes.push(notice('eaf/comments', { tier: tier.id, count: tier.references.length }));
      continue;
    }
    if (tier.references.length > 0) layer.problems.push(notice('eaf/references', { tier: tier.id, count: tier.references.length }));
    for (const each of tier.aligned) {
      const [startS, endS] = [times.get(String(each['@TIME_SLOT_REF1'])), times.get(String(each['@TIME_SLOT_REF2']))];
      const label = textOf(each['ANNOTATION_VALUE']);
      const more = texts.of(String(each['@ANNOTATION_ID']));
      if (startS === undefined || endS === undefined) layer.problems.push(notice('eaf/no-time', { tier: tier.id, label }));
      else if (isPeaks) layer.peaks.push(peakOf(face, label, startS, endS, more));
      else layer.segments.push(segmentOf(face, label, startS, endS, more));
    }
  }
  return layers.layers();
}

/** The tier of labels that a tier of peaks belongs to; undefined for other tiers. */
const tierOfPeaksIn = ({ id, type }: TierNode): string | undefined => (type === 'peak' ? tierOfPeaks(id) : undefined);

function segmentOf(face: number, label: string, startS: number, endS: number, { confidence, comment, modifiers }: Texts): AnnotatedSegment {
  return {
    face,
    label,
    startS,
    endS,
    confidence: confidence ?? null,
    ...(comment === undefined ? {} : { comment }),
    ...(modifiers === undefined ? {} : { modifiers }),
  };
}

function peakOf(face: number, label: string, startS: number, endS: number, { span, comment, modifiers }: Texts): AnnotatedPeak {
  const point = pointPeak(face, label, startS);
  const isPoint = endS - startS <= LONGEST_POINT_S;
  const peak = isPoint ? (peakWithSpan(point, span ?? '') ?? point) : { ...point, apexS: (startS + endS) / 2, offsetS: endS };
  return { ...peak, ...(comment === undefined ? {} : { comment }), ...(modifiers === undefined ? {} : { modifiers }) };
}

/** A tier with its annotations: those with times, and those that refer to others. */
class TierNode {
  readonly id: string;
  readonly type: string;
  readonly parent: string | undefined;
  readonly aligned: readonly Node[];
  readonly references: readonly Node[];

  constructor(node: Node) {
    this.id = String(node['@TIER_ID']);
    this.type = String(node['@LINGUISTIC_TYPE_REF']);
    this.parent = typeof node['@PARENT_REF'] === 'string' ? node['@PARENT_REF'] : undefined;
    const annotations = nodesOf(node, 'ANNOTATION');
    const of = (kind: string): Node[] => annotations.flatMap((each) => (typeof each[kind] === 'object' && each[kind] !== null ? [each[kind] as Node] : []));
    this.aligned = of('ALIGNABLE_ANNOTATION');
    this.references = of('REF_ANNOTATION');
  }
}

/** What is associated with a label. */
interface Texts {
  confidence?: number;
  comment?: string;
  modifiers?: string;
  span?: string;
}

/** The texts of tiers that are symbolically associated with labels, by the id of the label. */
class AssociatedTexts {
  readonly #byAnnotation = new Map<string, Texts>();
  readonly #tiers: ReadonlyMap<string, TierNode>;
  readonly #associationTypes: ReadonlySet<string>;

  constructor(root: Node, tiers: readonly TierNode[]) {
    this.#tiers = new Map(tiers.map((tier) => [tier.id, tier]));
    const types = nodesOf(root, 'LINGUISTIC_TYPE').filter((each) => each['@CONSTRAINTS'] === 'Symbolic_Association');
    this.#associationTypes = new Set(types.map((each) => String(each['@LINGUISTIC_TYPE_ID'])));
    for (const tier of tiers) if (this.labelTierOf(tier) !== undefined) this.#read(tier);
  }

  /** The tier with the labels that all annotations of a tier are texts of; undefined for tiers with labels of their own. */
  labelTierOf({ type, parent, aligned }: TierNode): TierNode | undefined {
    if (!this.#associationTypes.has(type) || aligned.length > 0 || parent === undefined) return undefined;
    const found = this.#tiers.get(parent);
    return found?.references.length === 0 ? found : undefined;
  }

  /** Whether a tier is one that eaf.ts adds. */
  isOwnKind({ type, references }: TierNode): boolean {
    if (type === 'confidence') return references.every((each) => confidenceOf(textOf(each['ANNOTATION_VALUE'])) !== undefined);
    return type === 'comment' || type === 'modifiers' || type === 'span';
  }

  of(annotation: string): Texts {
    return this.#byAnnotation.get(annotation) ?? {};
  }

  #read(tier: TierNode): void {
    const kind = this.isOwnKind(tier) ? tier.type : 'comment';
    for (const each of tier.references) {
      const text = textOf(each['ANNOTATION_VALUE']);
      if (text.trim() === '') continue;
      const id = String(each['@ANNOTATION_REF']);
      const known = this.#byAnnotation.get(id) ?? {};
      this.#byAnnotation.set(id, known);
      if (kind === 'confidence') known.confidence = confidenceOf(text) ?? 0;
      else if (kind === 'modifiers') known.modifiers = text;
      else if (kind === 'span') known.span = text;
      else known.comment = known.comment === undefined ? text : `${known.comment}; ${text}`;
    }
  }
}

function nodesOf(parent: Node | string, name: string): Node[] {
  const children = typeof parent === 'string' ? undefined : parent[name];
  return Array.isArray(children) ? (children as unknown[]).map((each) => (typeof each === 'string' ? {} : (each as Node))) : [];
}

function textOf(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? (value as Node)[TEXT] : value;
  return typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean' ? String(text) : '';
}
