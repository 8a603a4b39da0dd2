/** Blocks of a report as HTML. */
import { barsSvg, lineSvg, sharesSvg } from './html-charts.js';
import { escapeHtml } from './html-text.js';
import { cellsOf, markRanges, type Block, type Cell, type Content } from './report-parts.js';

/** Marks of notes come from us, and name places within the page. */
function noteMarks(notes: readonly string[] = []): string {
  if (notes.length === 0) return '';
  const links = markRanges(notes).map(
    ({ text, first }) => `<a href="#note-${escapeHtml(first)}">${escapeHtml(text)}</a>`,
  );
  return `<sup>${links.join(' ')}</sup>`;
}

/** Characters of a name that a narrow column has to hold: longer ones break anywhere, and only these. */
const LONGEST_UNBROKEN = 24;

/** Names break after dots (and lists of a command after commas), so that columns keep the width of their parts. */
function codeHtml(text: string): string {
  const parts = text.split(/(?<=[.,])/).map((part) => {
    const shown = escapeHtml(part);
    const longest = Math.max(...part.split(/\s/).map((word) => [...word].length));
    return longest > LONGEST_UNBROKEN ? `<span class="long">${shown}</span>` : shown;
  });
  return `<code>${parts.join('<wbr>')}</code>`;
}

function cellHtml({ text, code, tone, notes, newLine }: Cell): string {
  const shown = code && text !== '' ? codeHtml(text) : escapeHtml(text);
  const felt = tone === undefined ? shown : `<span class="${tone}">${shown}</span>`;
  return `${newLine ? '<br>' : ''}${felt}${noteMarks(notes)}`;
}

function contentHtml(content: Content): string {
  return cellsOf(content).map(cellHtml).join('');
}

export function listHtml(items: readonly string[], tag: 'ul' | 'ol', className?: string): string {
  const of = className === undefined ? '' : ` class="${className}"`;
  return items.length === 0 ? '' : `<${tag}${of}>${items.map((item) => `<li>${item}</li>`).join('')}</${tag}>`;
}

function table(block: Extract<Block, { kind: 'table' }>): string {
  const side = (i: number): string => (block.columns[i]?.right ? ' class="right"' : '');
  const head = block.columns.map((column, i) => `<th${side(i)} scope="col">${escapeHtml(column.title)}</th>`).join('');
  const rows = block.rows.map(
    (row) => `<tr>${row.map((c, i) => `<td${side(i)}>${contentHtml(c)}</td>`).join('')}</tr>`,
  );
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
}

/** Only addresses of the web become links; everything else that is said of a source stays text. */
function sourceHtml(source: string | undefined): string {
  if (source === undefined) return '';
  const shown = escapeHtml(source);
  return /^https:\/\/[\w.-]+\//.test(source) ? ` <a href="${shown}" rel="noreferrer">${shown}</a>` : ` ${shown}`;
}

export function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${escapeHtml(block.text)}${noteMarks(block.notes)}</p>`;
    case 'heading':
      return `<h3>${cellHtml(block)}</h3>`;
    case 'list':
      return listHtml(block.items.map(contentHtml), 'ul');
    case 'checklist':
      return listHtml(block.items.map(contentHtml), 'ul', 'checklist');
    case 'pairs':
      return `<dl>${block.pairs.map(([label, value]) => `<dt>${escapeHtml(label)}</dt><dd>${contentHtml(value)}</dd>`).join('')}</dl>`;
    case 'table':
      return table(block);
    case 'bars':
      return barsSvg(block);
    case 'shares':
      return sharesSvg(block);
    case 'line':
      return lineSvg(block);
    case 'notes':
      return `<dl class="notes">${block.notes
        .map(
          ({ mark, text, source }) =>
            `<dt id="note-${escapeHtml(mark)}">${escapeHtml(mark)}</dt><dd>${escapeHtml(text)}${sourceHtml(source)}</dd>`,
        )
        .join('')}</dl>`;
  }
}
