import { XMLParser } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { xml, xmlElement } from './xml.ts';

const TEXT = ' a "b" & <c>\'\tline\nbreak\r\nend ]]> &amp; 😀\u0001 ';

test('line breaks, tabs and signs of XML come back from attributes and texts', () => {
  const written = xml({ name: 'a', attributes: { v: TEXT, missing: undefined }, children: [{ name: 'b', text: TEXT }] });
  const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false, parseAttributeValue: false, trimValues: false, htmlEntities: true });
  const { a } = parser.parse(written) as { a: Record<string, string> };
  const expected = TEXT.replace('\u0001', '\uFFFD');
  expect([a['@_v'], a['b']]).toEqual([expected, expected]);
  expect(Object.keys(a)).not.toContain('@_missing');
  // A reader that follows the rules changes those in an attribute to blanks unless they are references.
  expect(written).toContain('v=" a &quot;b&quot; &amp; &lt;c&gt;&apos;&#9;line&#10;break&#13;&#10;end');
});

test('an element alone has no declaration of its encoding', () => {
  expect(xmlElement({ name: 'a' })).toBe('<a/>\n');
  expect(xml({ name: 'a' })).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<a/>\n');
});
