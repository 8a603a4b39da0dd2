/** A run's report as one HTML file: no script, nothing loaded from anywhere, light and dark by the reader's setting. */
import { reportContent } from './report-content.js';
import type { ReportFacts } from './report-facts.js';
import type { Block, Cell } from './report-parts.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text
    .replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
}

function cell({ text, code }: Cell): string {
  return code && text !== '' ? `<code>${escape(text)}</code>` : escape(text);
}

function list(items: readonly string[], tag: 'ul' | 'ol'): string {
  return items.length === 0 ? '' : `<${tag}>${items.map((item) => `<li>${item}</li>`).join('')}</${tag}>`;
}

function table(block: Extract<Block, { kind: 'table' }>): string {
  const side = (i: number): string => (block.columns[i]?.right ? ' class="right"' : '');
  const head = block.columns.map((column, i) => `<th${side(i)} scope="col">${escape(column.title)}</th>`).join('');
  const rows = block.rows.map((row) => `<tr>${row.map((c, i) => `<td${side(i)}>${cell(c)}</td>`).join('')}</tr>`);
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${escape(block.text)}</p>`;
    case 'list':
      return list(
        block.items.map((cells) => cells.map(cell).join('')),
        'ul',
      );
    case 'pairs':
      return `<dl>${block.pairs.map(([label, value]) => `<dt>${escape(label)}</dt><dd>${cell(value)}</dd>`).join('')}</dl>`;
    case 'table':
      return table(block);
  }
}

const STYLE = `
:root { color-scheme: light dark; --text: #1b1b1b; --quiet: #5c5c5c; --back: #fff; --line: #d9d9d9; --stripe: #f6f6f6;
  --good: #17692b; --look: #7a4d00; --bad: #a1161d; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --quiet: #a8a8a8; --back: #1c1c1c; --line: #444; --stripe: #252525;
  --good: #7bd491; --look: #f0bf69; --bad: #ff9a9a; } }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1.5rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
h1 { font-size: 1.5rem; margin-bottom: .3rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.verdict { border-left: .35rem solid; padding: .2rem 0 .2rem 1rem; } .verdict strong { font-size: 1.1rem; }
.good { border-color: var(--good); } .good strong { color: var(--good); } .look { border-color: var(--look); } .look strong { color: var(--look); }
.bad { border-color: var(--bad); } .bad strong { color: var(--bad); }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: .5rem 0; font-size: .93em; }
th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--quiet); font-weight: 600; } .right { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tbody tr:nth-child(even) { background: var(--stripe); }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; } dt { color: var(--quiet); } dd { margin: 0; }
`;

/** A whole document. Every value of the report is escaped; the policy forbids anything that is not in the file. */
export function reportHtml(report: ReportFacts): string {
  const content = reportContent(report);
  const escaped = (items: readonly string[]): string[] => items.map(escape);
  const sections = content.sections.map(
    (section) => `<section><h2>${escape(section.title)}</h2>\n${section.blocks.map(blockHtml).join('\n')}</section>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(content.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escape(content.title)}</h1>
<div class="verdict ${content.tone}">
<p><strong>${escape(content.headline)}</strong></p>
${list(escaped(content.reasons), 'ul')}
</div>
<h2>Next</h2>
${list(escaped(content.nextSteps), 'ol')}
${sections.join('\n')}
</body>
</html>
`;
}
