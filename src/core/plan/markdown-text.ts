/** Text as it stands in Markdown (GitHub's flavour), readable as plain text too. */

/** Names are the user's: a line end in one must not begin a new line of the report. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Text as prose: nothing in it is taken for markup. */
export function escapeProse(text: string): string {
  const shown = oneLine(text).replace(/[\\`*<>[\]|]/g, '\\$&');
  // One underscore at a word's edge is only itself; two begin and end emphasis.
  const edges = shown.match(/(^|\W)_|_(?=\W|$)/g) ?? [];
  return edges.length > 1 ? shown.replace(/_/g, '\\_') : shown;
}

/** A code span, in a table as well, that may hold backticks: its fence is longer than any run of them inside. */
export function codeSpan(text: string): string {
  const line = oneLine(text);
  // In a table's code span no way of writing a backslash before a bar keeps both: there it takes HTML.
  if (line.includes('\\|')) return `<code>${line.replace(/[^\w ]/gu, (c) => `&#${c.codePointAt(0)};`)}</code>`;
  const shown = line.replace(/\|/g, '\\|');
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 || shown.startsWith(' ') || shown.endsWith(' ') ? ' ' : '';
  return shown === '' ? '' : `${fence}${space}${shown}${space}${fence}`;
}
