import Builder from 'fast-xml-builder';
import { clean, escapeXml } from '../../../shared/basics/xml-text.ts';

export type Attributes = Record<string, string | number | undefined>;
/** An element with either text or children. */
export interface Element {
  readonly name: string;
  readonly attributes?: Attributes;
  readonly children?: readonly Element[];
  readonly text?: string;
}

export const ATTRIBUTE = '@';
export const TEXT = '#text';
const builder = new Builder({
  ...{ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: ATTRIBUTE, format: false, suppressEmptyNode: true },
  // Texts are escaped here: the builder leaves line breaks and tabs as they are.
  processEntities: false,
});

/** Writes an element as an XML document. */
export const xml = (root: Element): string => `<?xml version="1.0" encoding="UTF-8"?>\n${xmlElement(root)}`;

/** Writes an element alone, for programs that expect a text without a declaration of its encoding. */
export function xmlElement(root: Element): string {
  const node = ({ name, attributes = {}, children = [], text }: Element): object => {
    const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
    return {
      [name]: text === undefined ? children.map(node) : [{ [TEXT]: escapedText(text) }],
      ':@': Object.fromEntries(given.map(([key, value]) => [`${ATTRIBUTE}${key}`, escapedAttribute(String(value))])),
    };
  };
  return `${String(builder.build([node(root)]))}\n`;
}

/** Readers of XML change a carriage return in a text to a line break, and each line break or tab in an attribute to a blank. */
const escapedText = (text: string): string => escapeXml(clean(text)).replaceAll('\r', '&#13;');
const escapedAttribute = (text: string): string => escapedText(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
