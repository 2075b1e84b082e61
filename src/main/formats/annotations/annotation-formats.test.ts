import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import type { AnnotatedPeak, AnnotatedSegment, AnnotationDocument, ReadAnnotations } from '../../../shared/annotation/annotation-document.ts';
import { XMLParser } from 'fast-xml-parser';
import { readSheet } from 'read-excel-file/node';
import { randomDocument } from '../../../../testing/annotation-documents.ts';
import { ANNOTATION_FORMATS, filesOf, readerOf } from './annotation-formats.ts';

const documents = Array.from({ length: 500 }, (_, i) => randomDocument(i + 1));

interface Rounding {
  readonly segment: (segment: AnnotatedSegment) => AnnotatedSegment | null;
  readonly peak: (peak: AnnotatedPeak) => AnnotatedPeak | null;
}

/** The labels and peaks of a document after the rounding of a format, sorted, by layer. */
function expectedLines(document: AnnotationDocument, { segment, peak }: Rounding): Map<string, string[]> {
  const layers = document.layers.map(({ name, segments, peaks }) => {
    const lines = [...segments.flatMap((each) => segment(each) ?? []).map(line), ...peaks.flatMap((each) => peak(each) ?? []).map(peakLine)];
    return [name, lines.sort()] as const;
  });
  return new Map(layers.filter(([, lines]) => lines.length > 0));
}
function foundLines({ recordings: [recording] }: ReadAnnotations): Map<string, string[]> {
  const layers = recording!.layers.filter(({ segments, peaks }) => segments.length + peaks.length > 0);
  return new Map(layers.map(({ name, segments, peaks }) => [name, [...segments.map(line), ...peaks.map(peakLine)].sort()]));
}
const problemsIn = ({ recordings }: ReadAnnotations): unknown[] => recordings.flatMap(({ layers }) => layers.flatMap(({ problems }) => problems));
const line = ({ face, label, startS, endS, confidence, comment = null, modifiers = null }: AnnotatedSegment): string =>
  JSON.stringify([face, label, startS.toFixed(6), endS.toFixed(6), confidence, comment, modifiers]);
const peakLine = ({ face, label, onsetS, apexS, offsetS, comment = null, modifiers = null }: AnnotatedPeak): string =>
  JSON.stringify(['peak', face, label, onsetS.toFixed(5), apexS.toFixed(5), offsetS.toFixed(5), comment, modifiers]);
const same = <T>(value: T): T => value;
const milliseconds = (seconds: number): number => Math.round(1000 * seconds) / 1000;

describe('500 random documents are written and read', () => {
  test('as ELAN files, exact to the millisecond', () => {
    for (const document of documents) {
      const { text, losses } = ANNOTATION_FORMATS['eaf'].write(document);
      const read = readerOf('eaf').read(text, 'x.eaf');
      const round = (segment: AnnotatedSegment): AnnotatedSegment => {
        const startS = milliseconds(segment.startS);
        return { ...segment, startS, endS: Math.max(milliseconds(segment.endS), startS + 0.001) };
      };
      const peak = ({ onsetS, apexS, offsetS, ...rest }: AnnotatedPeak): AnnotatedPeak => {
        const apex = milliseconds(apexS);
        const isPoint = onsetS === apexS && offsetS === apexS;
        return { ...rest, apexS: apex, onsetS: isPoint ? apex : Math.min(onsetS, apex), offsetS: isPoint ? apex : Math.max(offsetS, apex) };
      };
      expect(foundLines(read)).toEqual(expectedLines(document, { segment: round, peak }));
      expect(problemsIn(read)).toEqual([]);
      if (document.layers.some(({ segments }) => segments.some(({ startS, endS }) => milliseconds(endS) === milliseconds(startS))))
        expect(losses).toContainEqual({ id: 'eaf/lengthened', parameters: { count: expect.any(Number) as number } });
    }
  });

  test('as ELAN files with the order and the references of the schema', () => {
    for (const document of documents.slice(0, 100)) {
      const { text } = ANNOTATION_FORMATS['eaf'].write(document);
      const order = [...text.matchAll(/<(HEADER|TIME_ORDER|TIER|LINGUISTIC_TYPE|LANGUAGE|CONSTRAINT|CONTROLLED_VOCABULARY)[ >/]/g)].map(([, name]) => name!);
      const expected = ['HEADER', 'TIME_ORDER', 'TIER', 'LINGUISTIC_TYPE', 'LANGUAGE', 'CONSTRAINT', 'CONTROLLED_VOCABULARY'];
      expect(order).toEqual([...order].sort((a, b) => expected.indexOf(a) - expected.indexOf(b)));
      const ids = [...text.matchAll(/(?:ANNOTATION_ID|TIME_SLOT_ID)="([^"]*)"/g)].map(([, id]) => id!);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, reference] of text.matchAll(/(?:TIME_SLOT_REF[12]|ANNOTATION_REF)="([^"]*)"/g)) expect(ids).toContain(reference);
      for (const [, time] of text.matchAll(/TIME_VALUE="([^"]*)"/g)) expect(time).toMatch(/^\d+$/);
      const tiers = [...text.matchAll(/TIER_ID="([^"]*)"/g)].map(([, name]) => name!);
      expect(new Set(tiers).size).toBe(tiers.length);
    }
  });

  test('as TextGrid files of Praat, with tiers without gaps', () => {
    for (const document of documents) {
      const { text, losses } = ANNOTATION_FORMATS['textgrid'].write(document);
      const read = readerOf('textgrid').read(text, 'x.TextGrid');
      // Labels without duration are lost and reported; labels without text mean "unlabelled" in Praat.
      const kept = (segment: AnnotatedSegment): AnnotatedSegment | null => (segment.endS > segment.startS && segment.label !== '' ? segment : null);
      const peak = (each: AnnotatedPeak): AnnotatedPeak | null => (each.label === '' ? null : each);
      expect(foundLines(read)).toEqual(expectedLines(document, { segment: kept, peak }));
      const dropped = document.layers.flatMap(({ segments }) => segments).filter(({ startS, endS }) => endS <= startS).length;
      expect(losses.filter((loss) => loss.id === 'textgrid/no-length')).toHaveLength(dropped);
      for (const tier of text.split('class = "IntervalTier"').slice(1)) {
        const bounds = [...tier.split('class = "TextTier"')[0]!.matchAll(/intervals \[\d+\]:\n\s+xmin = (\S+)\n\s+xmax = (\S+)/g)].map(
          ([, from, to]) => [Number(from), Number(to)] as const,
        );
        expect(bounds[0]![0]).toBe(0);
        bounds.slice(1).forEach(([from], i) => expect(from).toBe(bounds[i]![1]));
      }
    }
  });

  test('as Label Studio files: exact, and the frames are those of the times', () => {
    for (const document of documents) {
      const { text } = ANNOTATION_FORMATS['label-studio'].write(document);
      const fps = document.video.fps ?? 24;
      expect(foundLines(readerOf('label-studio').read(text, 'x.json'))).toEqual(expectedLines(document, { segment: same, peak: same }));
      // Somebody who moves a region in Label Studio leaves the notes as they are: then the frames count.
      const moved = JSON.parse(text) as { annotations: { result: { value: { ranges: { start: number; end: number }[] } }[] }[] }[];
      for (const { value } of moved[0]!.annotations.flatMap(({ result }) => result)) for (const range of value.ranges) range.start = range.end += 1;
      const { recordings } = readerOf('label-studio').read(JSON.stringify(moved), 'x.json');
      for (const { name, segments } of recordings[0]!.layers.filter((layer) => layer.name !== 'model' && layer.segments.length > 0)) {
        const before = document.layers.find((layer) => layer.name === name)!.segments;
        expect(segments.map(({ startS }) => Math.round(startS * fps))).toEqual(
          before.map(({ startS, endS }) => Math.max(Math.round(startS * fps) + 1, Math.round(endS * fps))),
        );
      }
    }
  });

  test('as BORIS projects, with exact times', () => {
    for (const document of documents) {
      const read = readerOf('boris').read(ANNOTATION_FORMATS['boris'].write(document).text, 'x.boris');
      const segment = (each: AnnotatedSegment): AnnotatedSegment => ({ ...each, endS: each.endS > each.startS ? each.endS : each.startS + 0.001 });
      expect(foundLines(read)).toEqual(expectedLines(document, { segment, peak: same }));
      expect(problemsIn(read)).toEqual([]);
    }
  });

  test('as BORIS projects in which every state has a start and a stop of the same subject and behaviour', () => {
    for (const document of documents) {
      const project = JSON.parse(ANNOTATION_FORMATS['boris'].write(document).text) as {
        observations: Record<string, { events: [number, string, string, string, string, number][] }>;
        behaviors_conf: Record<string, { code: string; type: string }>;
      };
      const { events } = Object.values(project.observations)[0]!;
      const states = new Map<string, number>();
      const kinds = new Map(Object.values(project.behaviors_conf).map(({ code, type }) => [code, type]));
      for (const [, subject, code] of events)
        if (kinds.get(code) === 'State event') states.set(`${subject}\n${code}`, (states.get(`${subject}\n${code}`) ?? 0) + 1);
      for (const count of states.values()) expect(count % 2).toBe(0);
      expect(events.map(([at]) => at)).toEqual(events.map(([at]) => at).sort((a, b) => a - b));
      expect(events.every(([, , code]) => kinds.has(code))).toBe(true);
    }
  });

  test('as an events table for strict parsers, and as subtitles with complete cues', () => {
    for (const document of documents) {
      const count = document.layers.reduce((sum, { segments, peaks }) => sum + segments.length + peaks.length, 0);
      const rows = parse(ANNOTATION_FORMATS['events'].write(document).text, {
        columns: true,
        delimiter: '\t',
        relax_column_count: false,
        relax_quotes: false,
      }) as Record<string, string>[];
      expect(rows.map(({ trial_type }) => trial_type).sort()).toEqual(
        document.layers.flatMap(({ segments, peaks }) => [...segments, ...peaks].map(({ label }) => label.replaceAll(/[\n\t]/g, ' '))).sort(),
      );
      expect(rows).toHaveLength(count);
      const segments = document.layers.reduce((sum, layer) => sum + layer.segments.length, 0);
      for (const [format, time] of [
        ['vtt', /^\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}$/],
        ['srt', /^\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}$/],
      ] as const) {
        const blocks = ANNOTATION_FORMATS[format]
          .write(document)
          .text.split('\n\n')
          .filter((block) => block.split('\n').some((each) => time.test(each)));
        expect(blocks).toHaveLength(segments);
        for (const block of blocks) {
          expect(block.match(/-->/g)).toHaveLength(1);
          const [start, end] = block
            .split('\n')
            .find((each) => time.test(each))!
            .split(' --> ');
          expect(end! > start!).toBe(true);
        }
      }
    }
  });
});

test('130,000 labels of a layer are written without exceeding the stack, and read', () => {
  const segments = Array.from({ length: 130_000 }, (_, i): AnnotatedSegment => ({
    face: 1,
    label: 'x',
    startS: i / 10,
    endS: i / 10 + 0.05,
    confidence: null,
  }));
  const document: AnnotationDocument = { ...documents[0]!, layers: [{ name: 'Ann', annotator: 'Ann', segments, peaks: [] }] };
  for (const format of ['textgrid', 'boris'] as const)
    expect(readerOf(format).read(ANNOTATION_FORMATS[format].write(document).text, 'x').recordings[0]!.layers[0]!.segments).toHaveLength(130_000);
});

describe('500 random documents are written in export formats', () => {
  const labelsOf = (document: AnnotationDocument): AnnotatedSegment[] => document.layers.flatMap(({ segments }) => segments);

  test('NOVA: every label is a line in its tier, and its number refers to the header', async () => {
    for (const document of documents) {
      const { files, losses } = await filesOf('nova', document);
      const found: string[] = [];
      for (const { ending, contents } of files.filter((file) => file.ending.endsWith('.annotation'))) {
        const data = String(files.find((file) => file.ending === `${ending}~`)!.contents);
        const root = new XMLParser({
          ignoreAttributes: false,
          htmlEntities: true,
          parseAttributeValue: false,
          trimValues: false,
          isArray: (name) => name === 'item',
        }).parse(String(contents)) as { annotation: { info: Record<string, string>; scheme: { item: Record<string, string>[] } } };
        const lines = data.split('\n').filter((each) => each !== '');
        expect(Number(root.annotation.info['@_size'])).toBe(lines.length);
        for (const each of lines) {
          const [from, to, id, confidence] = each.split(';') as [string, string, string, string];
          const label = root.annotation.scheme.item[Number(id)]!['@_name']!;
          found.push(JSON.stringify([Number(from).toFixed(6), Number(to).toFixed(6), label, Number(confidence)]));
        }
      }
      const expected = labelsOf(document).map(({ startS, endS, label, confidence }) =>
        JSON.stringify([startS.toFixed(6), endS.toFixed(6), label, confidence ?? 1]),
      );
      expect(found.sort()).toEqual(expected.sort());
      expect(new Set(files.map(({ ending }) => ending)).size).toBe(files.length);
      if (document.layers.some(({ peaks }) => peaks.length > 0)) expect(losses.map(({ id }) => id)).toContain('nova/no-peaks');
    }
  });

  test('Datavyu: a column per tier, a cell per label, and its reader finds every label as it is', async () => {
    for (const document of documents) {
      const [file] = (await filesOf('datavyu', document)).files;
      const { columns, cells } = datavyuCells(String(file!.contents));
      expect(new Set(columns.map((each) => each.split(' ')[0])).size).toBe(columns.length);
      const expected = document.layers.flatMap(({ segments, peaks }) => [
        ...segments.map(({ label, confidence }) => [label.trim(), String(confidence ?? '')]),
        ...peaks.map(({ label }) => [label.trim()]),
      ]);
      const key = (codes: readonly string[]): string => JSON.stringify(codes);
      expect(cells.map(key).sort()).toEqual(expected.map(key).sort());
    }
  });

  test('BORIS tables: a start and a stop per label, or one row per state', async () => {
    const read = (text: string): Record<string, string>[] => parse(text, { columns: true, delimiter: '\t' });
    for (const document of documents) {
      const [tabular, aggregated] = await Promise.all(
        (['boris-tabular', 'boris-aggregated'] as const).map(async (name) => read(String((await filesOf(name, document)).files[0]!.contents))),
      );
      const [labels, peaks] = [labelsOf(document).length, document.layers.reduce((sum, layer) => sum + layer.peaks.length, 0)];
      const count = (type: string): number => tabular!.filter((row) => row['Behavior type'] === type).length;
      expect([count('START'), count('STOP'), count('POINT')]).toEqual([labels, labels, peaks]);
      expect(aggregated).toHaveLength(labels + peaks);
      const modifiersOf = (row: Record<string, string>): string => ['Modifier #1', 'Modifier #2'].flatMap((name) => row[name] || []).join('|');
      expect(aggregated!.map(modifiersOf).sort()).toEqual(
        document.layers.flatMap(({ segments, peaks: own }) => [...segments, ...own].map(({ modifiers }) => modifiers ?? '')).sort(),
      );
      for (const row of aggregated!.filter((each) => each['Behavior type'] === 'STATE'))
        expect(Number(row['Stop (s)']) - Number(row['Start (s)'])).toBeCloseTo(Number(row['Duration (s)']), 2);
    }
  });

  test('BORIS sheet: a state is a pair of rows', async () => {
    for (const document of documents.slice(0, 40)) {
      const [file] = (await filesOf('boris-xlsx', document)).files;
      const rows = (await readSheet(Buffer.from(file!.contents as Uint8Array))) as (string | number | null)[][];
      expect(rows[0]).toEqual(['time', 'subject', 'code', 'modifier', 'comment']);
      const peaks = document.layers.reduce((sum, layer) => sum + layer.peaks.length, 0);
      expect(rows).toHaveLength(1 + 2 * labelsOf(document).length + peaks);
      for (const [time] of rows.slice(1)) expect(typeof time).toBe('number');
    }
  });
});

/**
 * The columns and the codes of the cells, as the reader of Datavyu finds them: a backslash makes the next sign a plain one, also a line
 * break; commas separate codes; codes are trimmed.
 */
function datavyuCells(text: string): { columns: string[]; cells: string[][] } {
  const lines = text.split('\n');
  expect(lines.shift()).toBe('#4');
  const [columns, cells]: [string[], string[][]] = [[], []];
  for (let each = lines.shift(); each !== undefined && each !== ''; each = lines.shift()) {
    if (!/^\d\d:/.test(each)) {
      columns.push(each);
      continue;
    }
    const [, onset, offset, start] = /^([^,]*),([^,]*),(.*)$/.exec(each)!;
    for (const time of [onset, offset]) expect(time).toMatch(/^\d\d:\d\d:\d\d:\d{3}$/);
    const codes = [''];
    let rest = start!;
    for (let i = 0; i < rest.length; i++) {
      const sign = rest[i]!;
      if (sign === '\\' && i + 1 === rest.length) {
        codes[codes.length - 1] += '\n';
        rest += lines.shift()!;
      } else if (sign === '\\') codes[codes.length - 1] += rest[++i]!;
      else if (sign === ',') codes.push('');
      else codes[codes.length - 1] += sign;
    }
    codes[0] = codes[0]!.slice(1);
    codes[codes.length - 1] = codes.at(-1)!.slice(0, -1);
    cells.push(codes.map((code) => code.trim()));
  }
  return { columns, cells };
}

describe("other tools' files", () => {
  test('annotations without times and dependent tiers are reported', () => {
    const eaf = `<?xml version="1.0"?><ANNOTATION_DOCUMENT><HEADER/><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="1000"/><TIME_SLOT TIME_SLOT_ID="t2"/></TIME_ORDER>
      <TIER TIER_ID="speech"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2"><ANNOTATION_VALUE>hm</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
      <TIER TIER_ID="gloss" PARENT_REF="speech"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a2" ANNOTATION_REF="a1"><ANNOTATION_VALUE>x</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>`;
    expect(problemsIn(readerOf('eaf').read(eaf, 'x.eaf'))).toEqual([
      { id: 'eaf/no-time', parameters: { tier: 'speech', label: 'hm' } },
      { id: 'eaf/references', parameters: { tier: 'gloss', count: 1 } },
    ]);
  });

  test.each([
    ['eaf', '<html></html>', /^data-set-invalid\/not-eaf$/],
    ['eaf', 'not xml <', /^data-set-invalid\/not-(xml|eaf)$/],
    ['textgrid', 'something else', /^data-set-invalid\/not-textgrid$/],
    ['textgrid', '"ooTextFile" "TextGrid" 0 1 <exists> 2 "IntervalTier" "a" 0 1 3 0', /^data-set-invalid\/textgrid-cut-off$/],
    ['label-studio', '{"tasks": 3}', /^data-set-invalid\/not-label-studio$/],
    ['label-studio', '[]', /^data-set-invalid\/not-label-studio$/],
    ['events', 'a\tb\n1\t2\n', /^data-set-invalid\/not-labels$/],
    ['labels', 'label,start\nx,1\n', /^data-set-invalid\/not-labels$/],
  ] as const)('%s: another file is rejected', (format, text, id) => {
    expect(() => readerOf(format).read(text, 'a file')).toThrow(expect.objectContaining({ id: expect.stringMatching(id) as string }));
  });

  test('the short form of Praat is read', () => {
    const short = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2\n<exists>\n1\n"IntervalTier"\n"Ann"\n0\n2\n2\n0\n1.5\n""\n1.5\n2\n"joy"\n';
    expect(readerOf('textgrid').read(short, 'x').recordings).toEqual([
      {
        name: '',
        media: [],
        layers: [
          { name: 'Ann', tiers: ['Ann'], segments: [{ face: 1, label: 'joy', startS: 1.5, endS: 2, confidence: null }], peaks: [], problems: [], notes: [] },
        ],
      },
    ]);
  });
});
