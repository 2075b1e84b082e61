import { stringify } from 'csv-stringify/sync';
import { XMLParser } from 'fast-xml-parser';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StudioError } from '../../shared/app/errors.ts';
import type { AnnotatedSegment, AnnotationDocument, ReadAnnotations, WrittenAnnotations } from '../../shared/annotation/annotation-document.ts';
import { peaksByApex, parseTierName, tiersOf } from '../../shared/annotation/annotation-document.ts';
import type { Attributes, Element } from './xml.ts';
import { ATTRIBUTE, clean, TEXT, xml } from './xml.ts';
import type { Notice } from '../../shared/app/facts.ts';
import { notice } from '../../shared/app/notices.ts';

/**
 * EAF 3.0 of ELAN: a tier per layer and face, a dependent tier (symbolic association) for the confidence, and a separate tier
 * for peaks. Times are whole milliseconds. The schema prescribes the order of the elements.
 */
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
  const losses: Notice[] = [];
  const slots: Element[] = [];
  const tiers: Element[] = [];
  let [annotations, lengthened] = [0, 0];
  const slot = (milliseconds: number): string => {
    slots.push({ name: 'TIME_SLOT', attributes: { TIME_SLOT_ID: `ts${slots.length + 1}`, TIME_VALUE: milliseconds } });
    return `ts${slots.length}`;
  };
  const values = new Map(document.vocabulary.map(({ name }, i) => [name, `cve${i}`]));
  const spanOf = (startS: number, endS: number, text: string, entry?: string): Element => {
    const start = Math.round(1000 * startS);
    const end = Math.round(1000 * endS);
    if (end - start < SHORTEST_MS) lengthened += 1;
    const attributes = {
      ANNOTATION_ID: `a${++annotations}`,
      TIME_SLOT_REF1: slot(start),
      TIME_SLOT_REF2: slot(Math.max(end, start + SHORTEST_MS)),
      CVE_REF: entry,
    };
    return { name: 'ALIGNABLE_ANNOTATION', attributes, children: [{ name: 'ANNOTATION_VALUE', text }] };
  };
  const annotation = (child: Element): Element => ({ name: 'ANNOTATION', children: [child] });
  const used = new Set<string>();
  for (const layer of document.layers) {
    for (const { name: tierName, segments, peaks } of tiersOf(layer)) {
      const name = unused(tierName, used);
      const shared = { ANNOTATOR: layer.annotator, PARTICIPANT: document.participant === '' ? undefined : document.participant };
      const written = segments.map(({ startS, endS, label, confidence }) => ({ element: spanOf(startS, endS, label, values.get(label)), confidence }));
      tiers.push({
        name: 'TIER',
        attributes: { TIER_ID: name, LINGUISTIC_TYPE_REF: 'expression', ...shared },
        children: written.map(({ element }) => annotation(element)),
      });
      const withConfidence = written.flatMap(({ element, confidence }) => (confidence === null ? [] : [{ element, confidence }]));
      if (withConfidence.length > 0) {
        const children = withConfidence.map(({ element, confidence }) =>
          annotation({
            name: 'REF_ANNOTATION',
            attributes: { ANNOTATION_ID: `a${++annotations}`, ANNOTATION_REF: String(element.attributes?.['ANNOTATION_ID']) },
            children: [{ name: 'ANNOTATION_VALUE', text: confidence.toFixed(4) }],
          }),
        );
        tiers.push({
          name: 'TIER',
          attributes: { TIER_ID: unused(`${name} confidence`, used), PARENT_REF: name, LINGUISTIC_TYPE_REF: 'confidence', ...shared },
          children,
        });
      }
      if (peaks.length > 0)
        tiers.push({
          name: 'TIER',
          attributes: { TIER_ID: unused(`${name} peaks`, used), LINGUISTIC_TYPE_REF: 'peak', ...shared },
          children: peaks.map(({ apexS, label }) => annotation(spanOf(apexS, apexS + SHORTEST_MS / 1000, label))),
        });
    }
  }
  if (lengthened > 0) losses.push(notice('eaf/lengthened', { count: lengthened }));
  losses.push(...peaksByApex(document));
  return { text: xml(rootOf(document, slots, tiers, annotations, now)), losses };
}

function rootOf(document: AnnotationDocument, slots: Element[], tiers: Element[], lastAnnotation: number, now: Date): Element {
  const { path } = document.video;
  const media = { MEDIA_URL: fileUrl(path), MIME_TYPE: 'video/mp4', RELATIVE_MEDIA_URL: `./${encodeURI(basename(path))}` };
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
      AUTHOR: 'AdaTosk Studio',
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
      type('confidence', { TIME_ALIGNABLE: 'false', CONSTRAINTS: 'Symbolic_Association' }),
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

/** Also converts Windows paths, on every platform. */
function fileUrl(path: string): string {
  return /^[A-Za-z]:[\\/]/.test(path) ? `file:///${encodeURI(path.replaceAll('\\', '/'))}` : pathToFileURL(path).href;
}

function unused(name: string, used: Set<string>): string {
  let candidate = clean(name);
  for (let i = 2; used.has(candidate); i++) candidate = `${clean(name)} (${i})`;
  used.add(candidate);
  return candidate;
}

const LISTS = new Set(['TIER', 'TIME_SLOT', 'ANNOTATION', 'LINGUISTIC_TYPE', 'CONTROLLED_VOCABULARY']);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  isArray: (name) => LISTS.has(name),
});

type Node = Record<string, unknown>;

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

/**
 * Reads the time-aligned tiers of an EAF. Annotations without times and dependent tiers become problems.
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
  const times = new Map<string, number | undefined>();
  for (const each of nodesOf((root['TIME_ORDER'] as Node | string | undefined) ?? {}, 'TIME_SLOT'))
    times.set(String(each['@TIME_SLOT_ID']), each['@TIME_VALUE'] === undefined ? undefined : Number(each['@TIME_VALUE']) / 1000);
  const problems: Notice[] = [];
  const layers = new Map<string, AnnotatedSegment[]>();
  const tiers = nodesOf(root, 'TIER');
  const confidences = confidencesOf(tiers);
  for (const tier of tiers) {
    if (OWN_TYPES.has(String(tier['@LINGUISTIC_TYPE_REF']))) continue;
    const id = String(tier['@TIER_ID']);
    const annotations = nodesOf(tier, 'ANNOTATION');
    const aligned = annotations.flatMap((each): Node[] => (each['ALIGNABLE_ANNOTATION'] === undefined ? [] : [each['ALIGNABLE_ANNOTATION'] as Node]));
    if (aligned.length < annotations.length) problems.push(notice('eaf/references', { tier: id, count: annotations.length - aligned.length }));
    const { layer, face } = parseTierName(id);
    const segments = layers.get(layer) ?? [];
    for (const each of aligned) {
      const [startS, endS] = [times.get(String(each['@TIME_SLOT_REF1'])), times.get(String(each['@TIME_SLOT_REF2']))];
      const label = textOf(each['ANNOTATION_VALUE']);
      if (startS === undefined || endS === undefined) problems.push(notice('eaf/no-time', { tier: id, label }));
      else segments.push({ face, label, startS, endS, confidence: confidences.get(String(each['@ANNOTATION_ID'])) ?? null });
    }
    if (aligned.length > 0) layers.set(layer, segments);
  }
  return { layers: [...layers].map(([layer, segments]) => ({ name: layer, segments })), problems };
}

/** Types of the additional tiers that writeEaf adds. */
const OWN_TYPES = new Set(['confidence', 'peak']);

/** The values of the confidence tiers, by the id of their annotation. */
function confidencesOf(tiers: readonly Node[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const tier of tiers.filter((each) => each['@LINGUISTIC_TYPE_REF'] === 'confidence')) {
    for (const each of nodesOf(tier, 'ANNOTATION')) {
      const reference = each['REF_ANNOTATION'] as Node | undefined;
      const value = Number(textOf(reference?.['ANNOTATION_VALUE']));
      if (reference !== undefined && value >= 0 && value <= 1) found.set(String(reference['@ANNOTATION_REF']), value);
    }
  }
  return found;
}

function nodesOf(parent: Node | string, name: string): Node[] {
  const children = typeof parent === 'string' ? undefined : parent[name];
  return Array.isArray(children) ? (children as unknown[]).map((each) => (typeof each === 'string' ? {} : (each as Node))) : [];
}

function textOf(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? (value as Node)[TEXT] : value;
  return typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean' ? String(text) : '';
}
