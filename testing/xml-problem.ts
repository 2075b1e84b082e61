/** Parts of an XML document. A '<' that begins none of them is matched alone. */
const PART =
  /<\?[^]*?\?>|<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<!DOCTYPE[^>]*>|<(?<end>\/?)(?<name>[A-Za-z_:][\w:.-]*)(?<attributes>(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>\/?)>|(?<text>[^<]+)|</g;
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\dA-Fa-f]+);)/;
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** Why a text is not well-formed XML; undefined if it is. For tests: it does not know entities of a document's own. */
export function xmlProblem(xml: string): string | undefined {
  if (FORBIDDEN.test(xml)) return 'a character that XML forbids';
  const open: string[] = [];
  let roots = 0;
  for (const { 0: part, groups = {} } of xml.matchAll(PART)) {
    const { end, name, attributes = '', empty, text } = groups;
    if (text !== undefined) {
      if (BARE_AMPERSAND.test(text) || text.includes(']]>')) return `not escaped: ${text.slice(0, 60)}`;
      if (open.length === 0 && text.trim() !== '') return `text outside of the document: ${text.slice(0, 60)}`;
    } else if (name !== undefined) {
      if (BARE_AMPERSAND.test(attributes)) return `not escaped: ${attributes.slice(0, 60)}`;
      if (end !== '') {
        if (open.pop() !== name) return `</${name}> ends another element`;
      } else if (empty === '') {
        if (open.length === 0) roots += 1;
        open.push(name);
      } else if (open.length === 0) roots += 1;
    } else if (part === '<') return "a '<' that is not escaped";
  }
  return open.length > 0 ? `<${open.at(-1)}> has no end` : roots === 1 ? undefined : `${roots} root elements`;
}
