/** How far the published table of charges is taken to be off on an account. */
import type { Assumption } from '../model/estimate.js';
import { MigrationError } from '../model/error.js';
import type { CollectionFacts } from '../model/facts.js';
import type { CollectionScan } from '../model/scan.js';
import { assume } from './assumption-ids.js';
import type { Band } from './bands.js';
import { insertCharge } from './charges.js';
import { dataCollections } from './collection-shape.js';
import { averageCharge, documentSizes } from './document-sizes.js';
import { scanOf } from './index-terms.js';
import { SIZE_SOURCES } from './sources.js';

/** What the target charged for documents without indexes, on average over the collections by their numbers of documents. */
export interface MeasuredInsert {
  readonly ruPerDocument: number;
  /** What the table says of the very same documents; without it the table is asked for the average of all. */
  readonly tableRuPerDocument?: number;
}

/** How far the published table may be off on the account: 1 is the table. */
export interface TableFactor {
  readonly write: Band;
  readonly read: Band;
  /** Of the size that the table is asked with. */
  readonly lowScale: number;
  readonly assumptions: readonly Assumption[];
}

/** Older pages of Microsoft's say up to 10 RU for a document of 1 KB, where the table of 2026 says 4.95. */
const OLDER_FIGURE_RU = 10;
/** Strong consistency and bounded staleness read twice. Source: learn.microsoft.com/azure/cosmos-db/consistency-levels. */
const STRONG_READ = 2;
/** The service measures JSON text, which is shorter than BSON where a document is made of small strings and longer where it is made of numbers. Judged. */
const JSON_SCALE = 0.8;
/** One insert says what that document costs; others of its size differ by their fields. Judged. */
const CALIBRATED_SPREAD = 0.1;

/** Without a measurement: the table, and what else Microsoft has published. */
function publishedFactor(): TableFactor {
  return {
    write: { low: 1, expected: 1, high: OLDER_FIGURE_RU / insertCharge(0) },
    read: { low: 1, expected: 1, high: STRONG_READ },
    lowScale: JSON_SCALE,
    assumptions: [
      assume('charge-table', 'published', {}, SIZE_SOURCES.chargeTable),
      assume('older-charges', 'published', { ru: OLDER_FIGURE_RU }, SIZE_SOURCES.olderCharges),
      assume('bson-for-json', 'judged', { share: JSON_SCALE }),
      assume('session-consistency', 'published', {}, SIZE_SOURCES.consistency),
    ],
  };
}

/** @param factor measured charge ÷ that of the table for the same documents */
function calibratedFactor(factor: number, ruPerDocument: number): TableFactor {
  const write = { low: factor * (1 - CALIBRATED_SPREAD), expected: factor, high: factor * (1 + CALIBRATED_SPREAD) };
  return {
    write,
    read: write,
    lowScale: 1,
    assumptions: [
      assume('charge-table', 'published', {}, SIZE_SOURCES.chargeTable),
      assume('charge-calibrated', 'measured', { ruPerDocument, factor }, 'getLastRequestStatistics'),
    ],
  };
}

/**
 * The factor that a measured charge shows, else that of the published table.
 * @throws MigrationError `bad-number` for a charge that is not above 0.
 */
export function tableFactor({
  collections,
  scans,
  measured,
}: {
  readonly collections: readonly CollectionFacts[];
  readonly scans?: readonly CollectionScan[];
  readonly measured?: MeasuredInsert;
}): TableFactor {
  if (!measured) return publishedFactor();
  const { ruPerDocument, tableRuPerDocument } = measured;
  for (const [name, value] of Object.entries({ ruPerDocument, tableRuPerDocument })) {
    if (value !== undefined && !(value > 0 && Number.isFinite(value)))
      throw new MigrationError('bad-number', { name, value: String(value) });
  }
  if (tableRuPerDocument !== undefined) return calibratedFactor(ruPerDocument / tableRuPerDocument, ruPerDocument);
  let documents = 0;
  let ru = 0;
  for (const collection of dataCollections(collections)) {
    documents += collection.documents;
    const sizes = documentSizes(collection, scanOf(collection.ns, scans));
    ru += collection.documents * averageCharge(sizes, insertCharge).expected;
  }
  return documents === 0 ? publishedFactor() : calibratedFactor(ruPerDocument / (ru / documents), ruPerDocument);
}
