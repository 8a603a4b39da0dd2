/** Plain data as YAML in block style. Text stands as a JSON string, which YAML 1.2 reads as it is meant, whatever is in it. */

/** Objects, arrays, strings, numbers and booleans; what is undefined is left out. Keys are ours: letters, digits, `_`, `-` and dots. */
export function toYaml(value: object): string {
  return `${block(value, 0).replace(/^\n/, '')}\n`;
}

function block(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null) return ` ${JSON.stringify(value)}`;
  const indent = '  '.repeat(depth);
  if (Array.isArray(value)) {
    return value.length === 0 ? ' []' : value.map((item) => `\n${indent}-${besideDash(item, depth)}`).join('');
  }
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  if (entries.length === 0) return ' {}';
  return entries.map(([key, inner]) => `\n${indent}${key}:${block(inner, depth + 1)}`).join('');
}

/** The first key of a list's item stands beside its dash. */
function besideDash(item: unknown, depth: number): string {
  const text = block(item, depth + 1);
  return text.startsWith('\n') ? ` ${text.trimStart()}` : text;
}
