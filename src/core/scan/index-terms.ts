import { BSON_TYPE } from '../bson/raw-document.js';
import type { IndexFacts } from '../model/facts.js';
import { ElementWalk, encodePath, type EncodedPath } from './path-walk.js';
import { MOST_LEVELS } from './nesting.js';

/** What counts an index's entries is nothing else of it. */
export type IndexKey = Pick<IndexFacts, 'name' | 'key'>;

const WILDCARD = '$**';

/**
 * Counts the entries that each index has of one document: one for a value or for its absence, one for each element of an array; those of several fields
 * multiply; a wildcard index has one for each leaf, `_id` left out. That of `_id` is not among them. An RU account charges each.
 * Source: learn.microsoft.com/azure/cosmos-db/mongodb/indexing.
 */
export class IndexTerms {
  readonly names: readonly string[];
  /** Entries of all documents so far, in the order of {@link names}. */
  readonly totals: Float64Array;
  readonly #paths: readonly (readonly EncodedPath[])[];
  /** Path under which every leaf is an entry: empty for the whole document, undefined for no wildcard index. */
  readonly #wildcards: readonly (EncodedPath | undefined)[];

  constructor(indexes: readonly IndexKey[]) {
    const counted = indexes.filter(({ key }) => key.length !== 1 || key[0]?.[0] !== '_id');
    this.names = counted.map(({ name }) => name);
    this.totals = new Float64Array(counted.length);
    this.#wildcards = counted.map(({ key }) => wildcardPath(key[0]?.[0] ?? ''));
    this.#paths = counted.map(({ key }, i) => (this.#wildcards[i] ? [] : key.map(([path]) => encodePath(path))));
  }

  /** The document at `start`, which is known to be BSON. */
  add(buffer: Buffer, start: number): void {
    for (let i = 0; i < this.totals.length; i += 1) (this.totals[i] as number) += this.#entries(buffer, start, i);
  }

  #entries(buffer: Buffer, start: number, index: number): number {
    const wildcard = this.#wildcards[index];
    if (wildcard) return wildcardEntries(buffer, start, wildcard);
    let entries = 1;
    for (const path of this.#paths[index] ?? []) entries *= pathEntries(buffer, start, path, 0);
    return entries;
  }
}

function wildcardPath(field: string): EncodedPath | undefined {
  if (field === WILDCARD) return [];
  return field.endsWith(`.${WILDCARD}`) ? encodePath(field.slice(0, -WILDCARD.length - 1)) : undefined;
}

function pathEntries(buffer: Buffer, start: number, path: EncodedPath, depth: number): number {
  const walk = new ElementWalk();
  walk.enter(buffer, start);
  if (!walk.find(buffer, path[depth] as Buffer)) return 1;
  const last = depth === path.length - 1;
  const { type } = walk;
  if (type === BSON_TYPE.document) return last ? 1 : pathEntries(buffer, walk.valueStart, path, depth + 1);
  if (type !== BSON_TYPE.array) return 1;
  let entries = 0;
  walk.enter(buffer, walk.valueStart);
  while (walk.next(buffer)) {
    if (last) entries += 1;
    else if (walk.type === BSON_TYPE.document) entries += pathEntries(buffer, walk.valueStart, path, depth + 1);
  }
  return Math.max(1, entries);
}

function wildcardEntries(buffer: Buffer, start: number, path: EncodedPath): number {
  const walk = new ElementWalk();
  walk.enter(buffer, start);
  for (const name of path) {
    if (!walk.find(buffer, name)) return 0;
    if (!isContainer(walk.type)) return 1;
    walk.enter(buffer, walk.valueStart);
  }
  return leaves(walk, buffer, path.length === 0, 1);
}

/** Leaves from where `walk` stands before the first element; an empty document or array is one. */
function leaves(walk: ElementWalk, buffer: Buffer, top: boolean, level: number): number {
  let count = 0;
  while (walk.next(buffer)) {
    if (top && walk.isNamed(buffer, ID)) continue;
    if (isContainer(walk.type) && level < MOST_LEVELS) {
      const inner = new ElementWalk();
      inner.enter(buffer, walk.valueStart);
      count += Math.max(1, leaves(inner, buffer, false, level + 1));
    } else count += 1;
  }
  return count;
}

const ID = Buffer.from('_id');

function isContainer(type: number): boolean {
  return type === BSON_TYPE.document || type === BSON_TYPE.array;
}
