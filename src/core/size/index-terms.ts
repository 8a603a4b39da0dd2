/** How many entries the indexes of a collection make for each document on an RU target. */
import type { IndexTranslation } from '../model/assessment.js';
import { findByNamespace } from '../model/by-namespace.js';
import type { CollectionFacts, IndexFacts } from '../model/facts.js';
import { type Namespace } from '../model/namespace.js';
import type { PlannedIndex } from '../model/plan.js';
import type { CollectionScan } from '../model/scan.js';
import { isWhole } from '../scan/is-whole.js';
import { add, exactly, NONE, type Band } from './bands.js';
import { isIdIndex } from './collection-shape.js';

export interface IndexTerms {
  /** Of indexes that are there before the data: charged with each insert. */
  readonly before: Band;
  /** Of those that are made afterwards. */
  readonly after: Band;
  /** Indexes that are made afterwards. */
  readonly builtAfter: number;
  /** Indexes besides `_id` that live on. */
  readonly indexes: number;
  readonly known: 'scanned' | 'sampled' | 'guessed';
}

/** An array of an index that nobody has looked into: as many elements as a list of tags has, at most. Judged. */
const ELEMENTS_AT_MOST = 5;
/** Fields of a document that a wildcard index covers, where nobody has looked. Judged. */
const WILDCARD_FIELDS: Band = { low: 5, expected: 20, high: 100 };
/** A document setting of the service, not an index with entries. Source: learn.microsoft.com/azure/cosmos-db/mongodb/time-to-live. */
const TIMESTAMP_FIELD = '_ts';

/** The indexes of a source collection on the target; without a translation each besides `_id` is taken as it is, made after the data. */
export function plannedIndexes(
  collection: CollectionFacts,
  translations: readonly IndexTranslation[],
): readonly PlannedIndex[] {
  const found = findByNamespace(translations, collection.ns);
  if (found) return found.indexes;
  const fate = { kind: 'create', when: 'after-data' } as const;
  return collection.indexes.filter((index) => !isIdIndex(index)).map((index) => ({ index, fate }));
}

export function scanOf(ns: Namespace, scans: readonly CollectionScan[] | undefined): CollectionScan | undefined {
  const scan = scans && findByNamespace(scans, ns);
  return scan && scan.documents > 0 ? scan : undefined;
}

/** Entries per document, by the scan's counts where it has them: an array makes one for each element, which no metadata tell. */
export function indexTerms(indexes: readonly PlannedIndex[], scan?: CollectionScan): IndexTerms {
  let [before, after] = [NONE, NONE];
  let builtAfter = 0;
  let living = 0;
  let guessed = scan === undefined;
  for (const { index, fate } of indexes) {
    if (fate.kind === 'skip') continue;
    living += 1;
    const onTarget = fate.kind === 'rewrite' ? fate.to : index;
    const counted = scan?.termsPerDocument[index.name];
    if (counted === undefined) guessed = true;
    const terms = counted === undefined ? guessedTerms(onTarget) : exactly(countedTerms(counted, index, onTarget));
    if (fate.when === 'before-data') before = add(before, terms);
    else {
      after = add(after, terms);
      builtAfter += 1;
    }
  }
  const known = guessed ? 'guessed' : scan && isWhole(scan) ? 'scanned' : 'sampled';
  return { before, after, builtAfter, indexes: living, known };
}

/** A sparse or partial index of the source leaves documents out; where the target's does not, each has an entry. */
function countedTerms(counted: number, source: IndexFacts, onTarget: IndexFacts): number {
  if (isTimestamp(onTarget)) return 0;
  const narrowed = source.sparse || source.partialFilterExpression !== undefined;
  const stillNarrow = onTarget.sparse || onTarget.partialFilterExpression !== undefined;
  return narrowed && !stillNarrow ? Math.max(1, counted) : counted;
}

function guessedTerms(index: IndexFacts): Band {
  if (isTimestamp(index)) return NONE;
  if (index.key.some(([path]) => path === '$**' || path.endsWith('.$**'))) return WILDCARD_FIELDS;
  const single = index.unique || index.expireAfterSeconds !== undefined || index.key.some(([path]) => path === '_id');
  return { low: 1, expected: 1, high: single ? 1 : ELEMENTS_AT_MOST };
}

function isTimestamp(index: IndexFacts): boolean {
  return index.key.length === 1 && index.key[0]?.[0] === TIMESTAMP_FIELD;
}
