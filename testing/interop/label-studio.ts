import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, readerOf } from '../../src/main/formats/annotations/annotation-formats.ts';
import type { AnnotationDocument, AnnotationLayer, ReadLayer } from '../../src/shared/annotation/annotation-document.ts';
import { randomDocument } from '../annotation-documents.ts';
import type { InteropCheck, InteropRow } from './interop-check.ts';
import { compared } from './interop-check.ts';
import type { Line } from './lines.ts';
import { lineDifferences } from './lines.ts';
import { runScript } from './other-programs.ts';

const DOCUMENTS = 40;
const OF_PERSON = 'person';

interface Answer<T> {
  readonly status: number;
  readonly json: T;
}
/** What label-studio-server.py writes of a project. */
interface Found {
  readonly project: Answer<unknown>;
  readonly imported?: Answer<{ readonly task_count: number; readonly annotation_count: number; readonly prediction_count: number }>;
  readonly labelled?: number;
  readonly exported?: number;
}
interface Case {
  readonly name: string;
  readonly document: AnnotationDocument;
  readonly found: Found;
}

/** Labels that a person makes in Label Studio: frames from 1, both ends included, at 25 frames a second. */
const LABELS = [
  { id: 'one', from_name: 'videoLabels', to_name: 'video', type: 'timelinelabels', value: { ranges: [{ start: 26, end: 50 }], timelinelabels: ['happiness'] } },
  { id: 'two', from_name: 'videoLabels', to_name: 'video', type: 'timelinelabels', value: { ranges: [{ start: 1, end: 1 }], timelinelabels: ['<&>'] } },
];
const LABEL_LINES: Line[] = [
  ['happiness', 1, 2],
  ['<&>', 0, 0.04],
];

/** Tasks and labelling configurations of random documents in Label Studio itself: its own code imports and exports them, without a server. */
export const LABEL_STUDIO: InteropCheck = {
  python: ['label-studio==1.23.2'],
  programs: [],
  async *rows(folder, python) {
    const documents = Array.from({ length: DOCUMENTS }, (_, i) => ({ name: `d${i}`, document: randomDocument(i + 1) }));
    const person = { name: OF_PERSON, document: { ...randomDocument(1), layers: [], video: { ...randomDocument(1).video, fps: 25 } } };
    for (const { name, document } of [...documents, person])
      for (const { ending, contents } of (await filesOf('label-studio', document)).files)
        writeFileSync(join(folder, `${name}${ending.endsWith('.xml') ? '.xml' : '.json'}`), contents);
    writeFileSync(join(folder, `${OF_PERSON}.labels`), JSON.stringify(LABELS));
    const reader = runScript(python, 'label-studio-server.py', folder).trim().split('\n').at(-1) ?? '';
    const cases = [...documents, person].map((each): Case => ({ ...each, found: foundIn(folder, each.name) }));
    yield configurations(cases, reader);
    yield imports(cases, reader);
    yield exports(folder, cases, reader);
    yield frames(folder, cases, reader);
    yield ofPerson(folder, cases, reader);
  },
};

const foundIn = (folder: string, name: string): Found => JSON.parse(readFileSync(join(folder, `${name}.found.json`), 'utf8')) as Found;

function configurations(cases: readonly Case[], reader: string): InteropRow {
  const differences = cases.flatMap(({ name, found: { project } }) =>
    project.status === 201 ? [] : [`${name}: ${JSON.stringify(project.json).slice(0, 300)}`],
  );
  return compared({ format: 'labelling configuration', reader }, cases.length, 'projects made with it', differences);
}

/** The layer of the model is a prediction, all others are annotations. */
function imports(cases: readonly Case[], reader: string): InteropRow {
  const differences = cases.flatMap(({ name, document, found: { imported } }) => {
    const predictions = document.layers.filter((layer) => layer.name === 'model').length;
    const expected = [201, 1, document.layers.length - predictions, predictions];
    const { task_count, annotation_count, prediction_count } = imported?.json ?? {};
    const read = [imported?.status, task_count, annotation_count, prediction_count];
    return String(read) === String(expected) ? [] : [`${name}: ${JSON.stringify(imported).slice(0, 300)}`];
  });
  return compared({ format: '.label-studio.json', reader: `${reader}, import` }, cases.length, 'tasks with their annotations and predictions', differences);
}

function labelLines(layers: readonly (AnnotationLayer | ReadLayer)[]): Line[] {
  return layers.flatMap(({ name, segments, peaks }): Line[] => [
    ...segments.map(({ face, label, startS, endS, confidence, comment, modifiers }) => [
      ...[name, `face ${face}`, label, startS, endS],
      ...[confidence, comment ?? '', modifiers ?? ''],
    ]),
    ...peaks.map((peak) => [peak.label, `${name} face ${peak.face}`, peak.onsetS, peak.apexS, peak.offsetS, peak.comment ?? '', peak.modifiers ?? '']),
  ]);
}

function layersIn(path: string): ReadLayer[] {
  return readerOf('label-studio')
    .read(readFileSync(path, 'utf8'), path)
    .recordings.flatMap(({ layers }) => layers);
}

function exports(folder: string, cases: readonly Case[], version: string): InteropRow {
  let count = 0;
  const differences = cases.flatMap(({ name, document, found: { exported } }) => {
    if (exported !== 200) return [`${name}: status ${String(exported)}`];
    if (name === OF_PERSON) return [];
    const expected = labelLines(document.layers);
    count += expected.length;
    const coders = labelLines(document.layers.filter((layer) => layer.name !== 'model'));
    return [
      ...lineDifferences(name, expected, labelLines(layersIn(join(folder, `${name}.whole.json`)))),
      ...lineDifferences(`${name}, annotations`, coders, labelLines(layersIn(join(folder, `${name}.exported.json`)))),
    ];
  });
  return compared({ format: `export of ${version}`, reader: 'adatosk' }, count, 'labels and peaks, times to 1 ms', differences);
}

interface Region {
  readonly from_name: string;
  readonly value: { readonly ranges: readonly { readonly start: number; readonly end: number }[]; readonly timelinelabels: readonly string[] };
}

/** The frames that Label Studio shows, from 1 with both ends included: at the mean rate of the video, else at 24 frames a second. */
function frames(folder: string, cases: readonly Case[], version: string): InteropRow {
  let count = 0;
  const differences = cases.flatMap(({ name, document }) => {
    if (name === OF_PERSON) return [];
    const fps = document.video.fps ?? 24;
    const lines = document.layers.flatMap(({ segments }) =>
      segments.map(({ label, startS, endS }): Line => {
        const before = Math.round(startS * fps);
        return [label, before + 1, Math.max(before + 1, Math.round(endS * fps))];
      }),
    );
    count += lines.length;
    const tasks = JSON.parse(readFileSync(join(folder, `${name}.whole.json`), 'utf8')) as Record<'annotations' | 'predictions', { result: Region[] }[]>[];
    const regions = tasks.flatMap((task) => [...task.annotations, ...task.predictions].flatMap(({ result }) => result));
    const found = regions
      .filter(({ from_name }) => from_name === 'videoLabels')
      .flatMap(({ value }) => value.ranges.map(({ start, end }): Line => [value.timelinelabels[0] ?? '', start, end]));
    return lineDifferences(name, lines, found, 0);
  });
  return compared({ format: 'frames of .label-studio.json', reader: version, expected: 'equal but: frames at the mean rate' }, count, 'labels', differences);
}

function ofPerson(folder: string, cases: readonly Case[], version: string): InteropRow {
  const { labelled } = cases.find(({ name }) => name === OF_PERSON)!.found;
  const lines = layersIn(join(folder, `${OF_PERSON}.exported.json`)).flatMap(({ segments }) =>
    segments.map(({ label, startS, endS }): Line => [label, startS, endS]),
  );
  return compared({ format: `labels made in ${version}`, reader: 'adatosk' }, lines.length, 'labels, frames as seconds', [
    ...(labelled === 201 ? [] : [`status ${String(labelled)}`]),
    ...lineDifferences(OF_PERSON, LABEL_LINES, lines),
  ]);
}
