import Builder from 'fast-xml-builder';
import { clean } from '../xml-text.ts';

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
const builder = new Builder({ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: ATTRIBUTE, format: false, suppressEmptyNode: true });

/** Writes an element as an XML document. */
export function xml(root: Element): string {
  const node = ({ name, attributes = {}, children = [], text }: Element): object => {
    const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
    return {
      [name]: text === undefined ? children.map(node) : [{ [TEXT]: clean(text) }],
      ':@': Object.fromEntries(given.map(([key, value]) => [`${ATTRIBUTE}${key}`, clean(String(value))])),
    };
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${String(builder.build([node(root)]))}\n`;
}
