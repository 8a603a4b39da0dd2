/** What single operations on one collection cost on an RU account, as bands. */
import type { IndexTranslation, RuCollectionSizing } from '../model/assessment.js';
import type { Assumption } from '../model/estimate.js';
import type { CollectionFacts } from '../model/facts.js';
import type { CollectionScan } from '../model/scan.js';
import { assume } from './assumption-ids.js';
import type { AssumptionLists } from './assumption-lists.js';
import { add, band, exactly, times, type Band } from './bands.js';
import { insertCharge, queryCharge, readCharge, RU_PER_INDEX_TERM } from './charges.js';
import { averageCharge, documentSizes, type DocumentSizes } from './document-sizes.js';
import { indexTerms, plannedIndexes, type IndexTerms } from './index-terms.js';
import type { TableFactor } from './table-factor.js';

/** Documents that a query returns: one by a key, a few by an index, or a page of a list. Judged. */
const RETURNED = { low: 1, expected: 3, high: 20 } as const;
/** Index entries that a change takes away and puts in: none, those of one index, or those of each. Judged. */
const CHANGED_EXPECTED = 2;

export interface CollectionCharges extends Pick<
  RuCollectionSizing,
  'insert' | 'insertWithIndexes' | 'pointRead' | 'query' | 'replace' | 'remove'
> {
  /** Of building the indexes that are made after the data, RU per document. */
  readonly build: Band;
  readonly terms: IndexTerms;
  readonly sizes: DocumentSizes;
}

export interface ChargeInput {
  readonly collection: CollectionFacts;
  readonly translations: readonly IndexTranslation[];
  readonly scan?: CollectionScan;
  readonly factor: TableFactor;
  /** Physical partitions that a query without the shard key asks; 0 for a collection without one. */
  readonly partitions: number;
  /** Those of all collections that are sized together. */
  readonly lists: AssumptionLists;
}

/** Estimates in RU per operation; what each rests on is in its assumptions. @throws MigrationError `bad-number` for a size that is none. */
export function collectionCharges(input: ChargeInput): CollectionCharges {
  const { collection, translations, scan, factor, partitions, lists } = input;
  const sizes = documentSizes(collection, scan);
  const terms = indexTerms(plannedIndexes(collection, translations), scan);
  const spread = samplingError(sizes.looked, sizes.known === 'scanned');
  const bySize = (charge: (bytes: number) => number): Band => {
    const table = averageCharge(sizes, charge);
    const { low } = factor.lowScale === 1 ? table : averageCharge(sizes, charge, factor.lowScale);
    const { low: least, expected, high } = times(band(low, table.expected, table.high), spread);
    // Nothing is charged less than a document without a size.
    return band(Math.max(least, charge(0)), expected, high);
  };
  const write = times(bySize(insertCharge), factor.write);
  const read = times(bySize(readCharge), factor.read);
  const ofTerms = (count: Band): Band => times(times(times(count, spread), RU_PER_INDEX_TERM), factor.write);
  const all = add(terms.before, terms.after);
  const changed = band(0, Math.min(CHANGED_EXPECTED, 2 * all.expected), 2 * all.high);
  const about = [
    ...factor.assumptions,
    sizesAssumption(sizes, scan),
    ...(terms.indexes > 0 ? [termsAssumption(terms, scan)] : []),
  ];
  const ruEach = (of: Band, ...more: readonly Assumption[]) =>
    lists.estimate('ru-per-document', of, [...about, ...more]);
  const ruRead = (of: Band, ...more: readonly Assumption[]) =>
    lists.estimate('ru', of, [...factor.assumptions, sizesAssumption(sizes, scan), ...more]);
  const table = averageCharge(sizes, readCharge).expected;
  const query = band(
    read.low,
    queryCharge(RETURNED.expected * table) * factor.read.expected,
    queryCharge(RETURNED.high * table, partitions) * factor.read.high,
  );
  return {
    insert: ruEach(add(write, ofTerms(terms.before))),
    insertWithIndexes: ruEach(add(write, ofTerms(all))),
    pointRead: ruRead(read),
    query: ruRead(
      query,
      assume('documents-per-query', 'judged', { expected: RETURNED.expected, high: RETURNED.high, partitions }),
    ),
    replace: ruEach(
      add(times(write, 2), ofTerms(changed)),
      ...(terms.indexes > 0 ? [assume('changed-terms', 'judged', { expected: CHANGED_EXPECTED })] : []),
    ),
    remove: ruEach(add(write, ofTerms(all))),
    // Nobody has published what a build costs: nothing, the entries that it writes, or also a reading of the collection for each index.
    build: {
      low: 0,
      expected: ofTerms(terms.after).expected,
      high: ofTerms(terms.after).high + read.high * terms.builtAfter,
    },
    terms,
    sizes,
  };
}

/** Two standard errors of a share that was seen in so many documents, in parts of the whole. */
function samplingError(looked: number, exact: boolean): Band {
  if (exact || looked === 0) return exactly(1);
  const error = Math.min(0.5, 2 / Math.sqrt(looked));
  return { low: 1 - error, expected: 1, high: 1 + error };
}

function sizesAssumption({ known, looked }: DocumentSizes, scan: CollectionScan | undefined): Assumption {
  switch (known) {
    case 'scanned':
      return assume('sizes-scanned', 'measured', { documents: looked }, 'data scan');
    case 'sampled':
      return assume('sizes-sampled', 'measured', { documents: looked, of: scan?.of ?? 0 }, 'data scan');
    case 'averaged':
      return assume('sizes-averaged', 'measured', {}, '$collStats');
  }
}

function termsAssumption({ known, indexes }: IndexTerms, scan: CollectionScan | undefined): Assumption {
  const params = { indexes };
  switch (known) {
    case 'scanned':
      return assume('terms-scanned', 'measured', params, 'data scan');
    case 'sampled':
      return assume('terms-sampled', 'measured', { ...params, documents: scan?.documents ?? 0 }, 'data scan');
    case 'guessed':
      return assume('terms-guessed', 'judged', params);
  }
}
