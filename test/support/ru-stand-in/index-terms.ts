import { BSON_TYPE, elementAt } from '../../../src/core/bson/raw-document.js';
import { namedElement, rawPath, type RawPath } from './raw-path.js';

export interface IndexDefinition {
  readonly name: string;
  readonly key: Readonly<Record<string, unknown>>;
  readonly unique: boolean;
}

/** Counts the index entries, other than of `_id`, that the document at `start` makes. */
export type TermCounter = (buffer: Buffer, start: number) => number;

interface CompiledIndex {
  readonly paths: readonly RawPath[];
  /** For a wildcard index: the path under which every leaf is a term; empty for the whole document. */
  readonly wildcard: RawPath | undefined;
}

function compile(index: IndexDefinition): CompiledIndex {
  const fields = Object.keys(index.key);
  const first = fields[0] ?? '';
  if (first === '$**') return { paths: [], wildcard: [] };
  if (first.endsWith('.$**')) return { paths: [], wildcard: rawPath(first.slice(0, -4)) };
  return { paths: fields.map(rawPath), wildcard: undefined };
}

function arrayLength(buffer: Buffer, start: number): number {
  const limit = start + buffer.readInt32LE(start);
  let position = start + 4;
  let count = 0;
  for (let element = elementAt(buffer, position, limit); element; element = elementAt(buffer, position, limit)) {
    count += 1;
    position = element.valueEnd;
  }
  return count;
}

/** Entries that one path makes: one for a value or for its absence, one per element of an array. */
function pathTerms(buffer: Buffer, start: number, path: RawPath, depth: number): number {
  const name = path[depth];
  if (!name) return 1;
  const element = namedElement(buffer, start, name);
  if (!element) return 1;
  if (depth === path.length - 1) {
    return element.type === BSON_TYPE.array ? Math.max(1, arrayLength(buffer, element.valueStart)) : 1;
  }
  if (element.type === BSON_TYPE.document) return pathTerms(buffer, element.valueStart, path, depth + 1);
  if (element.type !== BSON_TYPE.array) return 1;
  const limit = element.valueEnd;
  let position = element.valueStart + 4;
  let terms = 0;
  for (let item = elementAt(buffer, position, limit); item; item = elementAt(buffer, position, limit)) {
    if (item.type === BSON_TYPE.document) terms += pathTerms(buffer, item.valueStart, path, depth + 1);
    position = item.valueEnd;
  }
  return Math.max(1, terms);
}

function leaves(buffer: Buffer, start: number, top: boolean): number {
  const limit = start + buffer.readInt32LE(start);
  let position = start + 4;
  let count = 0;
  for (let element = elementAt(buffer, position, limit); element; element = elementAt(buffer, position, limit)) {
    const isId = top && buffer.toString('latin1', element.nameStart, element.nameEnd) === '_id';
    if (element.type === BSON_TYPE.document || element.type === BSON_TYPE.array) {
      count += isId ? 0 : Math.max(1, leaves(buffer, element.valueStart, false));
    } else if (!isId) {
      count += 1;
    }
    position = element.valueEnd;
  }
  return count;
}

function wildcardTerms(buffer: Buffer, start: number, path: RawPath): number {
  let at = start;
  for (const name of path) {
    const element = namedElement(buffer, at, name);
    if (!element) return 0;
    if (element.type !== BSON_TYPE.document && element.type !== BSON_TYPE.array) return 1;
    at = element.valueStart;
  }
  return leaves(buffer, at, path.length === 0);
}

export function termCounter(indexes: readonly IndexDefinition[]): TermCounter {
  const compiled = indexes.filter((index) => !isIdIndex(index)).map(compile);
  if (compiled.length === 0) return () => 0;
  return (buffer, start) => {
    let terms = 0;
    for (const index of compiled) {
      if (index.wildcard) {
        terms += wildcardTerms(buffer, start, index.wildcard);
        continue;
      }
      let entries = 1;
      for (const path of index.paths) entries *= pathTerms(buffer, start, path, 0);
      terms += entries;
    }
    return terms;
  };
}

export function isIdIndex(index: IndexDefinition): boolean {
  const fields = Object.keys(index.key);
  return fields.length === 1 && fields[0] === '_id';
}
