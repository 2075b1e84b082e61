import Builder from 'fast-xml-builder';

export type Attributes = Record<string, string | number | undefined>;
/** An element with either text or children. */
export interface Element {
  readonly name: string;
  readonly attributes?: Attributes;
  readonly children?: readonly Element[];
  readonly text?: string;
}

/** Replaces the control characters that XML does not allow. */
export function clean(text: string): string {
  return text.replaceAll(
    /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
    '\uFFFD',
  );
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
