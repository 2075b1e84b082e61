import { stringify } from 'csv-stringify/sync';
import { basename, win32 } from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  AnnotatedPeak,
  AnnotatedSegment,
  AnnotationDocument,
  AnnotationLayer,
  WrittenAnnotations,
} from '../../../shared/annotation/annotation-document.ts';
import { hasPeaks, peakTiersOf, tiersOf } from '../../../shared/annotation/annotation-document.ts';
import type { Attributes, Element } from './xml.ts';
import { xml } from './xml.ts';
import { clean } from '../../../shared/basics/xml-text.ts';
import { notice } from '../../../shared/app/notices.ts';
import { confidenceText, spanText } from './read-layers.ts';

/**
 * EAF 3.0 of ELAN: a tier per layer and face, dependent tiers (symbolic association) for confidences, comments and modifiers, and a
 * separate tier for peaks. A peak is a millisecond at its apex; a dependent tier has its onset and offset. Times are whole
 * milliseconds. The schema prescribes the order of the elements.
 */
/** The author of the files that this program writes; ELAN keeps it. */
export const AUTHOR = 'AdaTosk Studio';
const VOCABULARY = 'expressions';
/** ELAN does not show annotations without duration. */
const SHORTEST_MS = 1;
const CONSTRAINTS = [
  ['Time_Subdivision', "Time subdivision of parent annotation's time interval, no time gaps allowed within this interval"],
  ['Symbolic_Subdivision', 'Symbolic subdivision of a parent annotation. Annotations refering to the same parent are ordered'],
  ['Symbolic_Association', '1-1 association with a parent annotation'],
  ['Included_In', "Time alignable annotations within the parent annotation's time interval, gaps are allowed"],
] as const;

export function writeEaf(document: AnnotationDocument, now = new Date()): WrittenAnnotations {
  const body = new EafBody(document);
  for (const layer of document.layers) body.addLayer(layer);
  const losses = [
    ...(body.lengthened > 0 ? [notice('eaf/lengthened', { count: body.lengthened })] : []),
    ...(hasPeaks(document) ? [notice('peaks/times-only', {})] : []),
  ];
  return { text: xml(rootOf(document, body.slots, body.tiers, body.annotations, now)), losses };
}

/** The time slots and tiers of a file while it is written. */
class EafBody {
  readonly slots: Element[] = [];
  readonly tiers: Element[] = [];
  annotations = 0;
  lengthened = 0;
  readonly #used = new Set<string>();
  readonly #participant: string | undefined;
  /** Ids of the controlled vocabulary by label. */
  readonly #values: ReadonlyMap<string, string>;

  constructor({ vocabulary, participant }: AnnotationDocument) {
    this.#values = new Map(vocabulary.map(({ name }, i) => [name, `cve${i}`]));
    this.#participant = participant === '' ? undefined : participant;
  }

  addLayer(layer: AnnotationLayer): void {
    // Rounded and lengthened first, so that labels of one tier do not overlap in the file either.
    const segments = layer.segments.map((segment) => {
      const start = Math.round(1000 * segment.startS);
      const end = Math.round(1000 * segment.endS);
      if (end - start < SHORTEST_MS) this.lengthened += 1;
      return { ...segment, startS: start / 1000, endS: Math.max(end, start + SHORTEST_MS) / 1000 };
    });
    for (const tier of tiersOf({ ...layer, segments })) {
      const written = tier.segments.map((segment) => ({ segment, id: this.#id() }));
      const name = this.#addTier(tier.name, 'expression', layer.annotator, {
        children: written.map(({ segment: { startS, endS, label }, id }) => this.#aligned(id, startS, endS, label, this.#values.get(label))),
      });
      for (const [type, textOf] of DEPENDENT)
        this.#addDependent(
          name,
          type,
          layer.annotator,
          written.map(({ segment, id }) => ({ id, text: textOf(segment) })),
        );
      for (const lane of peakTiersOf(tier)) this.#addPeaks(lane.name, layer.annotator, lane.peaks);
    }
  }

  #addPeaks(name: string, annotator: string, peaks: readonly AnnotatedPeak[]): void {
    const written = peaks.map((peak) => ({ peak, id: this.#id() }));
    const tier = this.#addTier(name, 'peak', annotator, {
      children: written.map(({ peak: { apexS, label }, id }) => this.#aligned(id, apexS, apexS + SHORTEST_MS / 1000, label)),
    });
    const spans = written.filter(({ peak }) => peak.onsetS < peak.apexS || peak.offsetS > peak.apexS);
    this.#addDependent(
      tier,
      'span',
      annotator,
      spans.map(({ peak, id }) => ({ id, text: spanText(peak) })),
    );
    for (const type of ['comment', 'modifiers'] as const)
      this.#addDependent(
        tier,
        type,
        annotator,
        written.map(({ peak, id }) => ({ id, text: peak[type] ?? '' })),
      );
  }

  /** @returns the tier's name in the file */
  #addTier(wanted: string, type: string, annotator: string, { children, parent }: { children: Element[]; parent?: string }): string {
    const name = unused(wanted, this.#used);
    const attributes = { TIER_ID: name, PARENT_REF: parent, LINGUISTIC_TYPE_REF: type, ANNOTATOR: annotator, PARTICIPANT: this.#participant };
    this.tiers.push({ name: 'TIER', attributes, children });
    return name;
  }

  #addDependent(parent: string, type: (typeof DEPENDENT)[number][0] | 'span', annotator: string, texts: readonly { id: string; text: string }[]): void {
    const children = texts.flatMap(({ id, text }) =>
      text === ''
        ? []
        : [
            annotation({
              name: 'REF_ANNOTATION',
              attributes: { ANNOTATION_ID: this.#id(), ANNOTATION_REF: id },
              children: [{ name: 'ANNOTATION_VALUE', text }],
            }),
          ],
    );
    if (children.length > 0) this.#addTier(`${parent} ${type}`, type, annotator, { children, parent });
  }

  #aligned(id: string, startS: number, endS: number, text: string, entry?: string): Element {
    const attributes = { ANNOTATION_ID: id, TIME_SLOT_REF1: this.#slot(startS), TIME_SLOT_REF2: this.#slot(endS), CVE_REF: entry };
    return annotation({ name: 'ALIGNABLE_ANNOTATION', attributes, children: [{ name: 'ANNOTATION_VALUE', text }] });
  }

  #id(): string {
    this.annotations += 1;
    return `a${this.annotations}`;
  }

  #slot(seconds: number): string {
    this.slots.push({ name: 'TIME_SLOT', attributes: { TIME_SLOT_ID: `ts${this.slots.length + 1}`, TIME_VALUE: Math.round(1000 * seconds) } });
    return `ts${this.slots.length}`;
  }
}

const annotation = (child: Element): Element => ({ name: 'ANNOTATION', children: [child] });

/** What a label has besides its name, as dependent tiers: the linguistic type, and the text. */
const DEPENDENT = [
  ['confidence', ({ confidence }: AnnotatedSegment) => (confidence === null ? '' : confidenceText(confidence))],
  ['comment', ({ comment }: AnnotatedSegment) => comment ?? ''],
  ['modifiers', ({ modifiers }: AnnotatedSegment) => modifiers ?? ''],
] as const;
/** Linguistic types of dependent tiers. */
const DEPENDENT_TYPES = ['confidence', 'comment', 'modifiers', 'span'] as const;

function rootOf(document: AnnotationDocument, slots: Element[], tiers: Element[], lastAnnotation: number, now: Date): Element {
  const { path } = document.video;
  const media = { MEDIA_URL: fileUrl(path), MIME_TYPE: 'video/mp4', RELATIVE_MEDIA_URL: `./${encodeURIComponent(fileNameOf(path))}` };
  const property = (name: string, text: string): Element => ({ name: 'PROPERTY', attributes: { NAME: name }, text });
  const type = (id: string, more: Attributes): Element => ({
    name: 'LINGUISTIC_TYPE',
    attributes: { LINGUISTIC_TYPE_ID: id, GRAPHIC_REFERENCES: 'false', ...more },
  });
  const entries = document.vocabulary.map(({ name, description }, i): Element => ({
    name: 'CV_ENTRY_ML',
    attributes: { CVE_ID: `cve${i}` },
    children: [{ name: 'CVE_VALUE', attributes: { DESCRIPTION: description, LANG_REF: 'eng' }, text: name }],
  }));
  return {
    name: 'ANNOTATION_DOCUMENT',
    attributes: {
      AUTHOR,
      DATE: now.toISOString(),
      FORMAT: '3.0',
      VERSION: '3.0',
      'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      'xsi:noNamespaceSchemaLocation': 'http://www.mpi.nl/tools/elan/EAFv3.0.xsd',
    },
    children: [
      {
        name: 'HEADER',
        attributes: { MEDIA_FILE: '', TIME_UNITS: 'milliseconds' },
        children: [
          { name: 'MEDIA_DESCRIPTOR', attributes: media },
          ...linkedSignals(document),
          ...document.warnings.map((warning, i) => property(`adatosk_warning_${i + 1}`, warning)),
          property('lastUsedAnnotationId', String(lastAnnotation)),
        ],
      },
      { name: 'TIME_ORDER', children: slots },
      ...tiers,
      type('expression', { TIME_ALIGNABLE: 'true', CONTROLLED_VOCABULARY_REF: VOCABULARY }),
      type('peak', { TIME_ALIGNABLE: 'true' }),
      ...DEPENDENT_TYPES.map((name) => type(name, { TIME_ALIGNABLE: 'false', CONSTRAINTS: 'Symbolic_Association' })),
      { name: 'LANGUAGE', attributes: { LANG_ID: 'eng', LANG_DEF: 'http://cdb.iso.org/lg/CDB-00138502-001', LANG_LABEL: 'English (eng)' } },
      ...CONSTRAINTS.map(([stereotype, description]): Element => ({ name: 'CONSTRAINT', attributes: { STEREOTYPE: stereotype, DESCRIPTION: description } })),
      {
        name: 'CONTROLLED_VOCABULARY',
        attributes: { CV_ID: VOCABULARY },
        children: [{ name: 'DESCRIPTION', attributes: { LANG_REF: 'eng' }, text: 'Expressions' }, ...entries],
      },
    ],
  };
}

/** Also converts Windows paths, on every platform: with a drive letter, or on a server. */
function fileUrl(path: string): string {
  if (!WINDOWS.test(path)) return pathToFileURL(path).href;
  const [first = '', ...parts] = path.replaceAll('\\', '/').replace(/^\/\//, '').split('/');
  return [path.startsWith('\\') ? `file://${first}` : `file:///${first}`, ...parts.map(encodeURIComponent)].join('/');
}

const WINDOWS = /^(?:[A-Za-z]:[\\/]|\\\\)/;
const fileNameOf = (path: string): string => (WINDOWS.test(path) ? win32.basename(path) : basename(path));

function unused(name: string, used: Set<string>): string {
  let candidate = clean(name);
  for (let i = 2; used.has(candidate); i++) candidate = `${clean(name)} (${i})`;
  used.add(candidate);
  return candidate;
}

const SIGNALS = '_signals.csv';

/** A relative link to the file of the curves, so that both files can be moved together. */
function linkedSignals({ signals }: AnnotationDocument): Element[] {
  if (signals === undefined) return [];
  const link = `./${encodeURIComponent(`${signals.fileName}${SIGNALS}`)}`;
  return [{ name: 'LINKED_FILE_DESCRIPTOR', attributes: { LINK_URL: link, RELATIVE_LINK_URL: link, MIME_TYPE: 'text/plain', TIME_ORIGIN: 0 } }];
}

/** The linked file for ELAN's time series viewer: comma-separated, the first column is the time in seconds. */
export function eafSignals({ signals }: AnnotationDocument): { ending: string; contents: string }[] {
  if (signals === undefined) return [];
  const { columns, rows } = signals.table();
  return [{ ending: SIGNALS, contents: stringify([[...columns], ...rows.map((row) => [...row])]) }];
}
