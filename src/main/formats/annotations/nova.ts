import type { AnnotationDocument, AnnotationTier, WrittenFiles } from '../../../shared/annotation/annotation-document.ts';
import { hasPeaks, hasRemarks, tiersOf } from '../../../shared/annotation/annotation-document.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import { xml } from './xml.ts';
import { notice } from '../../../shared/app/notices.ts';

/**
 * NOVA and SSI: two files per tier, VIDEO.TIER.annotation with the scheme and VIDEO.TIER.annotation~ with one label per line,
 * «start;end;id;confidence», in seconds. Labels without a confidence get 1, because a coder made them.
 */
export function writeNova(document: AnnotationDocument): WrittenFiles {
  const tiers = document.layers.flatMap((layer) => tiersOf(layer).map((tier) => ({ tier, annotator: layer.annotator })));
  const files = tiers.flatMap(({ tier, annotator }) => {
    const labels = [...new Set([...document.vocabulary.map(({ name }) => name), ...tier.segments.map(({ label }) => label)])];
    const name = tier.name.replaceAll(/[<>:"/\\|?*.\u0000-\u001F]/g, '_');
    return [
      { ending: `.${name}.annotation`, contents: header(document, tier, annotator, labels) },
      { ending: `.${name}.annotation~`, contents: tier.segments.map((segment) => lineOf(segment, labels)).join('') },
    ];
  });
  const losses = [
    ...(hasRemarks(document) ? [notice('remarks/left-out', {})] : []),
    ...(hasPeaks(document) ? [notice('nova/no-peaks', {})] : []),
    ...(document.layers.some(({ segments }) => segments.some(({ confidence }) => confidence === null)) ? [notice('nova/no-confidence', {})] : []),
  ];
  return { files, losses };
}

function header({ participant }: AnnotationDocument, { segments }: AnnotationTier, annotator: string, labels: readonly string[]): string {
  const items = labels.map((name, id) => ({ name: 'item', attributes: { name, id, color: '#FF808080' } }));
  return xml({
    name: 'annotation',
    attributes: { 'ssi-v': 3 },
    children: [
      { name: 'info', attributes: { ftype: 'ASCII', size: segments.length } },
      { name: 'meta', attributes: { role: participant, annotator } },
      { name: 'scheme', attributes: { name: 'expression', type: 'DISCRETE', color: '#FFFFFFFF' }, children: items },
    ],
  });
}

function lineOf({ startS, endS, label, confidence }: AnnotationTier['segments'][number], labels: readonly string[]): string {
  return `${roundSeconds(startS)};${roundSeconds(endS)};${labels.indexOf(label)};${confidence ?? 1}\n`;
}
