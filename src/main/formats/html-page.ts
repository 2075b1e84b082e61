/** Self-contained HTML pages: no scripts, no addresses, readable in print. */

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6b7b; --line: #d5dde5; --accent: #2b6cb0; --paper: #ffffff; --card: #f5f7fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --soft: #9fb0c0; --line: #37424e; --accent: #6cb0f0; --paper: #161b21; --card: #1e252d; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
h1 { margin: 0 0 .5rem; } h2 { margin: 2.5rem 0 .25rem; font-size: 1.2rem; } p { color: var(--soft); margin: .25rem 0 1rem; }
.warning { color: #8a4b00; background: #fff4e0; border-left: 4px solid #e09b3d; padding: .5rem .75rem; }
@media (prefers-color-scheme: dark) { .warning { color: #ffd9a0; background: #3a2c14; } }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; }
.figure { background: var(--card); border-radius: 10px; padding: .75rem 1.25rem; min-width: 9rem; }
.figure b { display: block; font-size: 1.7rem; font-variant-numeric: tabular-nums; } .figure span { color: var(--soft); font-size: .85rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: .35rem .6rem; text-align: right; border-bottom: 1px solid var(--line); } th { font-weight: 500; color: var(--soft); } th:first-child, td.text { text-align: left; }
svg { max-width: 100%; height: auto; } svg text { fill: var(--soft); font: 12px system-ui, sans-serif; } @media print { main { max-width: none; padding: 0; } section { break-inside: avoid; } } footer { margin-top: 3rem; color: var(--soft); font-size: .8rem; overflow-wrap: anywhere; }
`;

/** @param body HTML @param title text */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/** Text as HTML, also within an attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** A number with a fixed number of digits; a dash for null. */
export function shown(value: number | null, digits = 3): string {
  return value === null ? '–' : value.toFixed(digits);
}
