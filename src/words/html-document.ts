/** A report as one HTML file: no script, nothing loaded from anywhere, light and dark by the reader's setting, light on paper. */
import { blockHtml, listHtml } from './html-blocks.js';
import { anchorOf, escapeHtml } from './html-text.js';
import type { ReportContent, Section } from './report-parts.js';

const LIGHT = `--text: #1b1b1b; --quiet: #5c5c5c; --back: #fff; --line: #d9d9d9; --stripe: #f6f6f6; --link: #0b5cad;
  --good: #17692b; --look: #7a4d00; --bad: #a1161d; --bar: #3b78b8; --bar2: #86b1dd; --rest: #d5dde5;`;

const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --quiet: #a8a8a8; --back: #1c1c1c; --line: #444; --stripe: #252525; --link: #7fb8f5;
  --good: #7bd491; --look: #f0bf69; --bad: #ff9a9a; --bar: #5b9bd8; --bar2: #39658f; --rest: #3a4046; } }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1.5rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
h1 { font-size: 1.5rem; margin-bottom: .3rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.3rem 0 .3rem; }
a { color: var(--link); } sup { font-size: .7em; line-height: 0; margin-left: .15em; } sup a { text-decoration: none; }
.verdict { border-left: .35rem solid; padding: .2rem 0 .2rem 1rem; } .verdict strong { font-size: 1.1rem; }
.verdict.good { border-color: var(--good); } .good strong, span.good { color: var(--good); } .verdict.look { border-color: var(--look); } .look strong, span.look { color: var(--look); }
.verdict.bad { border-color: var(--bad); } .bad strong, span.bad { color: var(--bad); }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: .5rem 0; font-size: .93em; }
th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:first-child { min-width: 8.5rem; } th { color: var(--quiet); font-weight: 600; } .right { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tbody tr:nth-child(even) { background: var(--stripe); }
code { font: .92em ui-monospace, monospace; overflow-wrap: break-word; } .long { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: .15rem 1.2rem; } dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
nav ol { columns: 3 14rem; padding-left: 1.4rem; margin: .3rem 0; } nav { font-size: .93em; }
ul.checklist { list-style: "☐  "; padding-left: 1.4rem; }
figure { margin: .8rem 0; } figcaption { color: var(--quiet); font-size: .93em; } svg { max-width: 100%; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: var(--text); } .label { text-anchor: end; } .middle { text-anchor: middle; } .end { text-anchor: end; }
.bar, .share0 { fill: var(--bar); } .share1 { fill: var(--bar2); } .rest { fill: var(--rest); } .range { stroke: var(--text); fill: none; }
.line { stroke: var(--bar); stroke-width: 2; fill: none; } .area { fill: var(--bar); opacity: .15; } .grid { stroke: var(--line); fill: none; }
.notes { font-size: .9em; }
@media screen and (max-width: 40rem) { body { padding: 0 .9rem; } table { font-size: .87em; } td:first-child { min-width: 5.5rem; } figure { overflow-x: auto; } svg { max-width: none; } }
@media print { :root { color-scheme: light; ${LIGHT} } body { margin: 0; padding: 0; max-width: none; font-size: 10.5pt; } table { font-size: .85em; } th, td { padding-right: .4rem; } nav { display: none; }
  h2, h3 { break-after: avoid; } figure, tr, li { break-inside: avoid; } .wide { overflow: visible; } a { color: inherit; text-decoration: none; }
  .bar, .share0, .share1, .rest, .verdict, tbody tr { print-color-adjust: exact; } }
`;

function sectionHtml({ title, blocks }: Section): string {
  return `<section><h2 id="${anchorOf(title)}">${escapeHtml(title)}</h2>\n${blocks.map(blockHtml).join('\n')}</section>`;
}

/** Sections from which on a reader wants to see what there is. */
const MANY_SECTIONS = 12;

function navigation(sections: readonly Section[]): string {
  if (sections.length < MANY_SECTIONS) return '';
  const links = sections.map(({ title }) => `<a href="#${anchorOf(title)}">${escapeHtml(title)}</a>`);
  return `<nav aria-label="Contents">${listHtml(links, 'ol')}</nav>\n`;
}

/** A whole document. Every value is escaped; the policy forbids anything that is not in the file. */
export function documentHtml(content: ReportContent): string {
  const escaped = (items: readonly string[]): string[] => items.map(escapeHtml);
  const next = content.nextSteps.length === 0 ? '' : `<h2>Next</h2>\n${listHtml(escaped(content.nextSteps), 'ol')}\n`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(content.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(content.title)}</h1>
<div class="verdict ${content.tone}">
<p><strong>${escapeHtml(content.headline)}</strong></p>
${listHtml(escaped(content.reasons), 'ul')}
</div>
${next}${navigation(content.sections)}${content.sections.map(sectionHtml).join('\n')}
</main>
</body>
</html>
`;
}
