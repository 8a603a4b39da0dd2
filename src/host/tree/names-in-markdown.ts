const ACTIVE = /[\\`*_{}[\]()#+\-.!|~$:]/g;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A name as plain text inside Markdown: nothing in it formats, links, or makes an icon, and it stays on its line. */
export function plain(text: string): string {
  return text
    .replace(ACTIVE, '\\$&')
    .replace(/[&<>]/g, (character) => ENTITIES[character] ?? character)
    .replace(/[\r\n\u2028\u2029]+/g, ' ');
}

/** A value such as a key pattern, in a fixed-width font. Any run of backticks in it is shorter than the fence. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const line = text.replace(/[\r\n\u2028\u2029]+/g, ' ');
  const pad = longest > 0 || line.startsWith(' ') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}
