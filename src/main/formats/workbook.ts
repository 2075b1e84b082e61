import { strToU8, Zip, ZipDeflate } from 'fflate';
import type { Notice } from '../../shared/app/facts.ts';
import { notice } from '../../shared/app/notices.ts';
import { clean, escapeXml } from '../../shared/basics/xml-text.ts';
import type { Cell, ExportTable } from './tables.ts';

/** Limits of Excel. */
const MOST_ROWS = 1_048_576;
const MOST_CHARACTERS = 32_767;
const MOST_IN_NAME = 31;

/** Characters of XML that are compressed at once. */
const CHUNK_CHARACTERS = 65_536;
const COMPRESSION_LEVEL = 4;

/** Numbers of the cell formats in STYLES: of the header, and of texts that look like formulas. */
const HEADER_STYLE = 1;
const TEXT_STYLE = 2;

/**
 * Writes tables as a workbook (.xlsx, Office Open XML), a sheet for each. Rows are read and compressed one chunk after the other, so
 * that memory use does not depend on their number.
 */
export class Workbook {
  readonly #rowsPerSheet: number;
  readonly #sheets: string[] = [];
  readonly #losses: Notice[] = [];
  /** Bytes of the archive that were not taken yet. */
  #ready: Uint8Array[] = [];
  readonly #zip = new Zip((error, data) => {
    if (error !== null) throw error;
    this.#ready.push(data);
  });

  /** @param rowsPerSheet rows of a sheet with its header */
  constructor(rowsPerSheet = MOST_ROWS) {
    this.#rowsPerSheet = rowsPerSheet;
  }

  /** What the workbook could not hold as it was; complete when `pieces` has ended. */
  get losses(): readonly Notice[] {
    return this.#losses;
  }

  /** The bytes of the file. Can be called once. */
  async *pieces(tables: readonly ExportTable[]): AsyncGenerator<Uint8Array> {
    for (const table of tables) yield* this.#sheetsOf(table);
    for (const [name, text] of this.#otherParts()) this.#part(name).push(strToU8(text), true);
    this.#zip.end();
    yield* this.#ready;
  }

  async *#sheetsOf({ file, columns, rows }: ExportTable): AsyncGenerator<Uint8Array> {
    const name = file.replace(/\.csv$/, '');
    const first = this.#sheets.length;
    const texts = new CellTexts();
    let sheet = this.#begin(name, columns, texts);
    let chunk = '';
    let row = 1;
    for await (const cells of rows()) {
      if (row === this.#rowsPerSheet) {
        sheet.push(strToU8(chunk + SHEET_END), true);
        sheet = this.#begin(name, columns, texts);
        [chunk, row] = ['', 1];
      }
      row += 1;
      chunk += texts.row(cells, row);
      if (chunk.length < CHUNK_CHARACTERS) continue;
      sheet.push(strToU8(chunk));
      chunk = '';
      yield* this.#ready.splice(0);
    }
    sheet.push(strToU8(chunk + SHEET_END), true);
    yield* this.#ready.splice(0);
    const count = this.#sheets.length - first;
    if (count > 1) this.#losses.push(notice('export/sheet-split', { table: name, count }));
    if (texts.cut > 0) this.#losses.push(notice('export/cells-cut', { table: name, count: texts.cut }));
  }

  /** Begins a sheet with its header. */
  #begin(table: string, columns: readonly string[], texts: CellTexts): ZipDeflate {
    const isFirst = this.#sheets.length === 0;
    this.#sheets.push(sheetName(table, this.#sheets));
    const sheet = this.#part(`xl/worksheets/sheet${this.#sheets.length}.xml`);
    sheet.push(strToU8(sheetStart(columns, isFirst) + texts.row(columns, 1, HEADER_STYLE)));
    return sheet;
  }

  #part(name: string): ZipDeflate {
    const part = new ZipDeflate(name, { level: COMPRESSION_LEVEL });
    this.#zip.add(part);
    return part;
  }

  #otherParts(): [name: string, text: string][] {
    const numbers = this.#sheets.map((_, i) => i + 1);
    const styles = numbers.length + 1;
    return [
      [
        '[Content_Types].xml',
        `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SPREADSHEET}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${SPREADSHEET}.styles+xml"/>${numbers
          .map((i) => `<Override PartName="/xl/worksheets/sheet${i}.xml" ContentType="${SPREADSHEET}.worksheet+xml"/>`)
          .join('')}</Types>`,
      ],
      [
        '_rels/.rels',
        `${XML}<Relationships xmlns="${RELATIONSHIPS}"><Relationship Id="rId1" Type="${DOCUMENT}/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      ],
      [
        'xl/workbook.xml',
        `${XML}<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}/relationships"><sheets>${this.#sheets
          .map((name, i) => `<sheet name="${escapeXml(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
          .join('')}</sheets></workbook>`,
      ],
      [
        'xl/_rels/workbook.xml.rels',
        `${XML}<Relationships xmlns="${RELATIONSHIPS}">${numbers
          .map((i) => `<Relationship Id="rId${i}" Type="${DOCUMENT}/relationships/worksheet" Target="worksheets/sheet${i}.xml"/>`)
          .join('')}<Relationship Id="rId${styles}" Type="${DOCUMENT}/relationships/styles" Target="styles.xml"/></Relationships>`,
      ],
      ['xl/styles.xml', STYLES],
    ];
  }
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const SHEET_END = '</sheetData></worksheet>';
const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs></styleSheet>`;

/** The head of a sheet, with a frozen first row. */
function sheetStart(columns: readonly string[], isFirst: boolean): string {
  const widths = columns.map((column, i) => `<col min="${i + 1}" max="${i + 1}" width="${Math.min(40, Math.max(10, column.length + 2))}" customWidth="1"/>`);
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView${isFirst ? ' tabSelected="1"' : ''} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>`;
}

/** A name of at most 31 characters that no other sheet has, whatever the case; Excel forbids some characters. */
function sheetName(table: string, others: readonly string[]): string {
  const plain = table.replaceAll(/[[\]:*?/\\]/g, '_').replaceAll(/^'|'$/g, '_');
  const used = new Set(others.map((name) => name.toLowerCase()));
  for (let i = 1; ; i++) {
    const ending = i === 1 ? '' : ` (${i})`;
    const name = `${plain.slice(0, MOST_IN_NAME - ending.length)}${ending}`;
    if (!used.has(name.toLowerCase())) return name;
  }
}

/** The name of a column in Excel: A for 0, AA for 26. */
function columnName(index: number): string {
  const rest = Math.floor(index / 26);
  return `${rest === 0 ? '' : columnName(rest - 1)}${String.fromCharCode(65 + (index % 26))}`;
}

/** Cells as XML, and how many texts had to be cut. */
class CellTexts {
  cut = 0;
  readonly #names: string[] = [];

  row(cells: readonly Cell[], row: number, style = 0): string {
    let text = `<row r="${row}">`;
    for (const [i, cell] of cells.entries()) if (cell !== null && cell !== '') text += this.#cell(cell, `${this.#nameOf(i)}${row}`, style);
    return `${text}</row>`;
  }

  #nameOf(index: number): string {
    return (this.#names[index] ??= columnName(index));
  }

  #cell(value: string | number | boolean, at: string, style: number): string {
    if (typeof value === 'boolean') return `<c r="${at}" t="b"><v>${value ? 1 : 0}</v></c>`;
    if (typeof value === 'number' && Number.isFinite(value)) return `<c r="${at}"><v>${value}</v></c>`;
    const text = String(value);
    const own = style === 0 && FORMULA_START.test(text) ? TEXT_STYLE : style;
    return `<c r="${at}" t="inlineStr"${own === 0 ? '' : ` s="${own}"`}><is><t xml:space="preserve">${escapeXml(this.#fitting(text))}</t></is></c>`;
  }

  /** The text as a cell can hold it: not too long, line breaks of Excel, without characters that XML forbids. */
  #fitting(text: string): string {
    let plain = clean(text).replaceAll(/\r\n?/g, '\n');
    if (plain.length > MOST_CHARACTERS) {
      this.cut += 1;
      plain = `${plain.slice(0, MOST_CHARACTERS - 1).replace(HALF_CHARACTER, '')}…`;
    }
    return plain.replaceAll(ESCAPED_BY_EXCEL, '_x005F$&');
  }
}

/** Texts that become a formula when a person edits the cell. In these cells Excel shows and keeps them as texts. */
const FORMULA_START = /^[=+\-@\t]/;
/** The first half of a character beyond 16 bits, at the end of a text. */
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;
/** Excel reads '_x0041_' as 'A'. */
const ESCAPED_BY_EXCEL = /_(?=x[0-9A-Fa-f]{4}_)/g;
