/** What is found of documents, their `_id`s, and files stored as documents. */
import type { Carrier } from '../core/plan/carried-out.js';
import { bytesOf, carrierIn, countOf, numberOf, textOf, type Params } from './params.js';
import { documentsIn, lookedPhrase } from './looked.js';

const LARGEST = (p: Params): string => `the largest seen has ${bytesOf(p, 'bytes')}`;

const NOT_DOCUMENTED = '. Whether all of them are brought is not documented: the comparison afterwards tells';
const MIXED_IDS: Readonly<Record<Carrier | 'ours', string>> = {
  ours: '. All of them are copied and checked',
  dataframes: ': DataFrames make one type of them, and the collection is read in one partition',
  dms: NOT_DOCUMENTED,
  'studio-3t': NOT_DOCUMENTED,
};

/** `3 documents over 2 MB`; without a count, which only a scan has, `Documents over 2 MB`. */
function over(p: Params, limit: string, what: string): string {
  return p['count'] === undefined ? `${what} over ${limit}` : `${documentsIn(p, what.toLowerCase())} over ${limit}`;
}

export const DOCUMENT_FINDINGS: Readonly<Record<string, (params: Params) => string>> = {
  'document-over-2mb': (p) =>
    `${over(p, '2 MB', 'Documents')} ${lookedPhrase(p)}, ${LARGEST(p)}: the account takes up to 2 MB.`,
  'document-over-16mb': (p) =>
    `${over(p, '16 MB', 'Documents')} ${lookedPhrase(p)}, ${LARGEST(p)}: the target takes up to 16 MB.`,
  'document-needs-16mb': (p) =>
    `${over(p, '2 MB', 'Documents')} ${lookedPhrase(p)}, ${LARGEST(p)}: they arrive only in collections that were made after EnableMongo16MBDocumentSupport was switched on.`,
  'document-near-2mb': (p) =>
    `A document has ${bytesOf(p, 'bytes')} (${lookedPhrase(p)}). The account takes 2 MB, measured as JSON, which can be longer than what is stored here.`,
  'document-malformed': (p) =>
    `${documentsIn(p)} of the source ${numberOf(p, 'count') === 1 ? 'is' : 'are'} damaged: the bytes are no BSON.`,
  'document-too-deep': (p) =>
    `A document is nested ${countOf(p, 'levels')} levels deep (${lookedPhrase(p)}): the account takes ${countOf(p, 'limit')}.`,
  'document-ttl-field': (p) =>
    `${documentsIn(p)} have a number in the field ttl (${lookedPhrase(p)}): with a TTL index on _ts the account deletes each so many seconds after its last change.`,
  'id-over-1023-bytes': (p) =>
    `An _id has ${bytesOf(p, 'bytes')} (${lookedPhrase(p)}): the account takes ${countOf(p, 'limit')} bytes.`,
  'id-over-2kb': (p) =>
    `An _id has ${bytesOf(p, 'bytes')} (${lookedPhrase(p)}): Azure documents ${bytesOf(p, 'limitBytes')} for vCore. Its engine was seen to take more, so it is tried.`,
  'id-type-refused': (p) => `Some _id are of a type that no target takes (${textOf(p, 'types')}).`,
  'mixed-id-types': (p) => `Its _id has several types (${textOf(p, 'types')})${MIXED_IDS[carrierIn(p) ?? 'ours']}.`,
  'duplicate-ids': (p) =>
    `${countOf(p, 'count')} _id occur more than once, on different shards: the target takes one document of each.`,
  'duplicate-ids-kept': (p) =>
    `${countOf(p, 'count')} _id occur more than once: the account takes documents with one _id where their shard key (${textOf(p, 'path')}) differs, and ${carrierIn(p) === 'dataframes' ? 'has the last one written of the others' : 'refuses the others'}.`,
  'ids-may-repeat': () =>
    'It is sharded by another field than _id on the source, so an _id may occur more than once, and the target would take one document of each.',
  'gridfs-found': (p) =>
    `The chunks of the GridFS bucket ${textOf(p, 'bucket')}: files move as the documents that they are made of.`,
  'gridfs-chunks-over-2mb': (p) =>
    `${over(p, '2 MB', 'Chunks')} of the GridFS bucket ${textOf(p, 'bucket')} ${lookedPhrase(p)}, ${LARGEST(p)}: the account refuses them, and a file that lacks a chunk cannot be read.`,
  'too-many-namespaces-ru': (p) =>
    `${countOf(p, 'count')} databases and collections: an RU account takes ${countOf(p, 'limit')} altogether.`,
  'too-many-collections-vcore': (p) =>
    `${countOf(p, 'count')} collections: a vCore cluster takes ${countOf(p, 'limit')} altogether.`,
  'shared-throughput-over-25': (p) =>
    numberOf(p, 'count') === 1
      ? `Database ${textOf(p, 'databases')} has ${countOf(p, 'most')} collections: ${countOf(p, 'limit')} can share the throughput of a database.`
      : `${countOf(p, 'count')} databases have more than ${countOf(p, 'limit')} collections (${textOf(p, 'databases')} among them, up to ${countOf(p, 'most')}): ${countOf(p, 'limit')} can share the throughput of a database.`,
};
