/** How many entries a document makes in an index, counted without the scanner. */
import type { Document } from 'bson';
import type { IndexFacts } from '../../src/core/model/facts.js';

/** Entries that a path makes: one for a value or for its absence, one for each element of an array. */
function entries(value: unknown, path: readonly string[]): number {
  const [first, ...rest] = path;
  if (first === undefined) return Array.isArray(value) ? Math.max(1, value.length) : 1;
  if (Array.isArray(value)) {
    const documents = value.filter((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
    return Math.max(
      1,
      documents.reduce((sum: number, item) => sum + entries(item, path), 0),
    );
  }
  if (typeof value !== 'object' || value === null || !(first in value)) return 1;
  return entries((value as Document)[first], rest);
}

export function termsOf(document: Document, { key }: IndexFacts): number {
  return key.reduce((product, [path]) => product * entries(document, path.split('.')), 1);
}
