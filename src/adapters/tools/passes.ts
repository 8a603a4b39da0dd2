/** Cuts a selection of collections into runs of `mongodump | mongorestore`, since mongodump takes one database or one collection at a time. */
import type { CollectionType } from '../../core/model/facts.js';
import type { Namespace } from '../../core/model/namespace.js';
import { exactPattern, needsOwnPass, renamePattern } from './namespace-patterns.js';

export interface SelectedCollection {
  readonly source: Namespace;
  readonly target: Namespace;
  readonly type: CollectionType;
}

export type Pass =
  /** Several collections of one database; every other name in it is excluded. */
  | {
      readonly kind: 'database';
      readonly db: string;
      readonly collections: readonly SelectedCollection[];
      readonly excluded: readonly string[];
    }
  /** One collection alone. */
  | { readonly kind: 'collection'; readonly collection: SelectedCollection };

type PassRefusal = {
  readonly collection: SelectedCollection;
  /** `view`: a view has no documents. `dollar-in-new-name`: the tool cannot write that name. */
  readonly why: 'view' | 'dollar-in-new-name';
};

interface PassPlan {
  readonly passes: readonly Pass[];
  readonly refused: readonly PassRefusal[];
}

/** Windows takes 32,767 characters for a whole command line; elsewhere 128 KiB for one argument and megabytes in all are usual. */
const MAX_NAME_CHARACTERS = process.platform === 'win32' ? 24_000 : 100_000;

/** Stored functions: mongodump would take them along with a database. */
const ALWAYS_EXCLUDED = ['system.js'];

function argumentCharacters(collection: SelectedCollection): number {
  const rename = renamePattern(collection.source, collection.target);
  const renamed = rename.kind === 'pattern' ? rename.from.length + rename.to.length + 18 : 0;
  return exactPattern(collection.source).length + 13 + renamed;
}

/**
 * @param selected what is to be copied
 * @param present every collection and view that was seen on the source, by database; what is not selected is excluded by name
 */
export function planPasses(
  selected: readonly SelectedCollection[],
  present: ReadonlyMap<string, readonly string[]>,
  maxNameCharacters: number = MAX_NAME_CHARACTERS,
): PassPlan {
  const refused: PassRefusal[] = [];
  const alone: SelectedCollection[] = [];
  const together = new Map<string, SelectedCollection[]>();
  for (const collection of selected) {
    if (collection.type === 'view') refused.push({ collection, why: 'view' });
    else if (renamePattern(collection.source, collection.target).kind === 'impossible') {
      refused.push({ collection, why: 'dollar-in-new-name' });
    } else if (needsOwnPass(collection.source) || collection.type === 'timeseries' || renamesByVariable(collection)) {
      alone.push(collection);
    } else {
      together.set(collection.source.db, [...(together.get(collection.source.db) ?? []), collection]);
    }
  }
  const passes: Pass[] = [];
  for (const [db, collections] of together)
    passes.push(...databasePasses(db, collections, present.get(db) ?? [], maxNameCharacters));
  passes.push(...alone.map((collection) => ({ kind: 'collection', collection }) as const));
  return { passes, refused };
}

function renamesByVariable({ source, target }: SelectedCollection): boolean {
  const rename = renamePattern(source, target);
  return rename.kind === 'pattern' && rename.from.includes('$');
}

function databasePasses(
  db: string,
  collections: readonly SelectedCollection[],
  present: readonly string[],
  limit: number,
): Pass[] {
  if (collections.length === 1 && collections[0]) return [{ kind: 'collection', collection: collections[0] }];
  const taken = new Set(collections.map((collection) => collection.source.coll));
  // mongodump leaves out names with a dollar by itself.
  const excluded = [...new Set([...present, ...ALWAYS_EXCLUDED])].filter(
    (name) => !taken.has(name) && !name.includes('$'),
  );
  const excludeCharacters = excluded.reduce((sum, name) => sum + name.length + 20, 0);
  const includeCharacters = collections.reduce((sum, collection) => sum + argumentCharacters(collection), 0);
  if (excludeCharacters > limit || includeCharacters > limit) {
    return collections.map((collection) => ({ kind: 'collection', collection }));
  }
  return [{ kind: 'database', db, collections, excluded }];
}
