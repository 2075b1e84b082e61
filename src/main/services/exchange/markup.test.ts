import { XMLParser } from 'fast-xml-parser';
import { strFromU8, unzipSync } from 'fflate';
import { globSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeProject, someSegment } from '../../../../testing/project.ts';
import { FILE, RECORD, someResult, timing } from '../../../../testing/results.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { xmlProblem } from '../../../../testing/xml-problem.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { ExportFormat } from '../../../shared/domain/export-formats.ts';
import { EXPORT_FORMATS, isProjectFormat, isVideoFormat } from '../../../shared/domain/export-formats.ts';
import type { ModelEvaluation } from '../../../shared/statistics/evaluation.ts';
import { evaluationPage } from '../../formats/evaluation-page.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { allVideos } from '../../project/library.ts';
import { beginRun, recordResult } from '../../project/recorded-results.ts';
import { addCoder } from '../../project/review.ts';
import { insertSignal } from '../../project/signals.ts';
import { SeriesPacker } from '../../project/store/packed-series.ts';
import { writeAnnotations } from './exchange-annotations.ts';
import { writeProject } from './export-project.ts';

/** Text that runs a script, or ends an element, where a writer does not escape it. The number says which name it is. */
const hostile = (name: string): string => `${name} <img src=x onerror=alert(1)></script><b a="1" b='2'>&amp;&lt;]]>--><!--`;
/** The same for names of files, which cannot have slashes. */
const FILE_NAME = `video <img src=x onerror=alert(1)><b a="1" b='2'>&amp;]]>--><!--.mp4`;
/** Elements that only the names above have. */
const ELEMENT = /<(?:img|\/script|script|b a=)/i;

const project = await makeProject();
const { db } = project;
db.run(db.sql.updateTable('project').set({ name: hostile('project') }));
const record = { ...RECORD, warnings: [hostile('warning')], model: { ...RECORD.model, id: hostile('model') } };
recordResult(db, beginRun(db, record), { ...FILE, path: `/videos/${FILE_NAME}`, name: FILE_NAME }, someResult(FILE_NAME), timing());
const [video] = allVideos(db);
const [ann, ben] = [addCoder(db, hostile('coder')), addCoder(db, hostile('other coder'))];
const layers = [newId(), newId()] as const;
const person = newId();
const layerOf = (id: string, coder: string) => ({
  ...{ id, video_id: video!.id, kind: 'coder' as const, coder_id: coder, run_id: null, scheme_id: 'seven-expressions', created_at: 'now' },
});
applyEdit(db, {
  coderId: ann.id,
  step: step('other', { text: 'test' }),
  rows: [
    {
      table: 'participant',
      kind: 'insert',
      row: {
        id: person,
        code: hostile('participant'),
        condition: hostile('condition'),
        note: hostile('note'),
        attributes: JSON.stringify({ [hostile('a')]: '1' }),
      },
    },
    { table: 'video', kind: 'update', id: video!.id, revision: video!.revision, set: { participant_id: person } },
    { table: 'face_participant', kind: 'insert', row: { id: newId(), video_id: video!.id, face_id: 1, participant_id: person, condition: hostile('cell') } },
    { table: 'layer', kind: 'insert', row: layerOf(layers[0], ann.id) },
    { table: 'segment', kind: 'insert', row: someSegment(layers[0], 1.5, { label: hostile('label'), end_s: 2.5 }) },
  ],
});
applyEdit(db, {
  coderId: ben.id,
  step: step('other', { text: 'test' }),
  rows: [
    { table: 'layer', kind: 'insert', row: layerOf(layers[1], ben.id) },
    { table: 'segment', kind: 'insert', row: someSegment(layers[1], 1.5, { label: hostile('label'), end_s: 2.5 }) },
  ],
});

const packer = new SeriesPacker(1);
for (let i = 0; i < 400; i++) packer.push(i / 100, [i]);
insertSignal(db, { videoId: video!.id, name: hostile('signal'), unit: hostile('unit'), source: hostile('source'), offsetS: 0.5 }, packer.finish()[0]!);

async function written(format: Exclude<ExportFormat, 'deidentified'>): Promise<readonly string[]> {
  const out = await temporaryFolder();
  const { files } = isProjectFormat(format) ? await writeProject(db, { format, run: null, layers: [] }, out) : await writeAnnotations(db, format, [], [], out);
  return files;
}

/** The text of every element and attribute of an XML document. */
function textsIn(xml: string): string {
  const parser = new XMLParser({ ignoreAttributes: false, processEntities: true, trimValues: false, parseTagValue: false, parseAttributeValue: false });
  return JSON.stringify(parser.parse(xml));
}
const asJson = (text: string): string => JSON.stringify(text).slice(1, -1);

function expectXml(xml: string, file: string): void {
  expect(xmlProblem(xml), file).toBeUndefined();
  expect(xml, file).not.toMatch(ELEMENT);
}

describe('names of people, videos, labels and notes are text in every file with markup', () => {
  const formats = EXPORT_FORMATS.filter((format): format is Exclude<ExportFormat, 'deidentified'> => !isVideoFormat(format));
  const seen = new Set<string>();

  test.each(formats)('%s', async (format) => {
    let xml = '';
    for (const file of await written(format)) {
      const bytes = await readFile(file);
      const text = bytes.toString('utf8');
      const name = basename(file);
      if (name.endsWith('.xlsx')) {
        seen.add('xlsx');
        for (const [part, data] of Object.entries(unzipSync(bytes))) expectXml(strFromU8(data), part);
      } else if (name.endsWith('.html')) {
        seen.add('html');
        expect(text).not.toMatch(ELEMENT);
        for (const each of ['project', 'warning', 'participant', 'coder', 'other coder']) expect(text).toContain(`${each} &lt;img src=x onerror=alert(1)&gt;`);
        expect(text).toContain('video &lt;img');
        expect(text).toContain("content=\"default-src 'none'; style-src 'unsafe-inline';");
      } else if (text.startsWith('<')) {
        seen.add(format);
        expectXml(text, name);
        xml += textsIn(text);
      } else if (name.endsWith('.vtt')) {
        seen.add('vtt');
        // A note is not shown.
        expect(text.replaceAll(/^NOTE .*$/gm, '')).not.toMatch(/<[a-z/!]/i);
        expect(text).toContain('label &lt;img');
      }
    }
    if (xml !== '') expect(xml).toContain(asJson(hostile('label')));
  });

  test.each(['<a>&</a>', '<a>]]></a>', '<a b="&x">', '<a><b></a></b>', '<a>', '<a/><b/>', '<a>\u0001</a>', '<a>1 < 2</a>', '<a b="<"/>', 'x<a/>'])(
    'the check of XML finds what is wrong in %j',
    (xml) => expect(xmlProblem(xml)).toBeDefined(),
  );

  test('the formats with markup were among them', () => {
    expect([...seen].sort()).toEqual(['eaf', 'html', 'label-studio', 'nova', 'vtt', 'xlsx']);
  });

  test('the page of an evaluation', () => {
    const none = { value: 0.5, low: 0.4, high: 0.6 };
    const evaluation: ModelEvaluation = {
      ...{ clips: 2, uar: none, war: none, ece: none, auc: none, recall: Object.fromEntries(EXPRESSIONS.map((name) => [name, none])) },
      ...{ confusion: EXPRESSIONS.map(() => EXPRESSIONS.map(() => 1)), reliability: [], onset: null, apex: null, offset: null, peaksFound: null },
      ...{ masks: { classAgnostic: null, classSemantic: null }, budgets: [], baseline: null, trained: true },
      ...{ groups: [{ group: hostile('group'), clips: 1, uar: none, war: none }], warnings: [hostile('warning')] },
      ...{ model: hostile('model'), sha256: hostile('hash'), data: hostile('data'), split: hostile('split') },
    };
    const page = evaluationPage(evaluation);
    expect(page).not.toMatch(ELEMENT);
    for (const each of ['group', 'warning', 'model', 'hash', 'data', 'split']) expect(page).toContain(`${each} &lt;img src=x onerror=alert(1)&gt;`);
  });
});

describe('markup is written and shown in known places', () => {
  const ROOT = join(import.meta.dirname, '../../../..');
  const sources = globSync('{src,bench}/**/*.{ts,vue}', { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
  const matching = (pattern: RegExp, files = sources): string[] => files.filter((file) => pattern.test(readFileSync(join(ROOT, file), 'utf8'))).sort();

  test('these files alone make HTML, SVG or XML, and the tests above cover them', () => {
    const markup = /<(?:svg|html|table|section|div|tr|worksheet)[ >]|<text |<\?xml/;
    const makers = matching(
      markup,
      sources.filter((file) => file.endsWith('.ts')),
    );
    expect(makers).toEqual(
      [
        'src/main/formats/annotations/xml.ts',
        'src/main/formats/evaluation-page.ts',
        'src/main/formats/html-page.ts',
        'src/main/formats/workbook.ts',
        // A page without names (hosts/web/hardening.integration.test.ts).
        'src/main/hosts/web/server.ts',
        'src/main/services/exchange/export-report.ts',
      ].map(normalize),
    );
  });

  test('the window makes no element from text: Vue escapes all of them', () => {
    const fromText =
      /v-html|\.(?:inner|outer)HTML\b|:inner-?html|insertAdjacentHTML|document\.write|srcdoc|createContextualFragment|setHTMLUnsafe|parseFromString/i;
    expect(fromText.test('<p v-html="name"></p>')).toBe(true);
    expect(matching(fromText)).toEqual([]);
  });

  test('no text is run as code, and no address is opened outside of the program', () => {
    const runs = /\beval\(|new Function\(|shell\.open(?:External|Path)|openExternal|javascript:|executeJavaScript|window\.open\(/;
    expect(runs.test('shell.openExternal(url)')).toBe(true);
    expect(matching(runs)).toEqual([]);
  });
});
