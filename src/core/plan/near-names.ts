/** Offered at most: more are no help. */
const OFFERED = 3;

/** Letters to be changed, added or left out to come from one text to the other (Levenshtein's distance). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The names that somebody who typed `text` may have meant, the nearest first; upper and lower case count as alike. */
export function nearNames(text: string, names: Iterable<string>): string[] {
  const typed = text.toLowerCase();
  // A third of the letters wrong is another name.
  const furthest = Math.max(1, Math.floor(typed.length / 3));
  return [...new Set(names)]
    .filter((name) => Math.abs(name.length - typed.length) <= furthest)
    .map((name) => ({ name, far: distance(typed, name.toLowerCase()) }))
    .filter(({ far }) => far <= furthest)
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, OFFERED)
    .map(({ name }) => name);
}
