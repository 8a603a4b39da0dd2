import type { READ_PURPOSES } from '../core/scan/planned-reads.js';
import { lookUp, unknownId } from './params.js';

const PURPOSES: Readonly<Record<(typeof READ_PURPOSES)[number], string>> = {
  'server-identity': 'What kind of server it is, its version and how far away it is.',
  'list-databases': 'Which databases there are.',
  'list-collections': 'Which collections there are, with their options.',
  'shard-keys': 'Which shard keys collections have.',
  'own-privileges': 'What the user that is logged in may see.',
  'collection-statistics':
    'Counts and sizes of a collection, the use of its indexes, and sizes and types of _id of a hundred documents.',
  'collection-indexes': 'Which indexes a collection has.',
  'ru-throughput': 'Throughput and shard key of a collection of an RU account.',
  'data-sample': 'A sample of the documents of a collection; sizes, counts and hashes are kept of them, and no value.',
  'data-scan': 'All documents of a collection; sizes, counts and hashes are kept of them, and no value.',
  'next-batch': 'The rest of an answer that did not fit into one, or the end of it.',
};

/** What a command of an assessment is for. Never fails: a purpose of others is shown as it is. */
export function readPurposeSentence(purpose: string): string {
  return lookUp(PURPOSES, purpose) ?? unknownId(purpose, {});
}
