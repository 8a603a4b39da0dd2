/** What commands of an assessment are for, in a few words, and why one gave nothing. */
import type { PlannedRead, ReadingGap } from '../core/model/reading.js';
import { lookUp } from './params.js';

const PURPOSES: Readonly<Record<string, string>> = {
  'server-identity': 'kind and version of the server',
  'list-databases': 'databases',
  'list-collections': 'collections and their options',
  'shard-keys': 'shard keys',
  'own-privileges': 'rights of the user',
  'collection-statistics': 'counts, sizes, use of indexes',
  'collection-indexes': 'indexes',
  'ru-throughput': 'throughput of RU collections',
  'data-sample': 'a sample of the documents',
  'data-scan': 'all documents',
  'next-batch': 'the rest of a long answer',
  'server-load': 'how busy the server is',
  'server-counters': 'counters of operations and features',
  'namespace-rates': 'operations of each collection',
  machine: 'cores and memory',
  members: 'members of the replica set',
  shards: 'shards',
  'oplog-window': 'span of the oplog',
  'oplog-updates': 'fields that updates change',
  clients: 'drivers and applications',
  users: 'users, by number',
  profiler: 'profiled operations',
  'log-files': 'log files',
};

export function purposeName(purpose: string): string {
  return lookUp(PURPOSES, purpose) ?? purpose.replaceAll('-', ' ');
}

/** How often a command is sent. */
export const READ_TIMES: Readonly<Record<PlannedRead['times'], string>> = {
  once: 'once',
  'each-database': 'for each database',
  'each-collection': 'for each collection',
  'each-batch': 'for each batch',
  'again-and-again': 'again and again',
};

const REASONS: Readonly<Record<ReadingGap['reason'], string>> = {
  'missing-privilege': 'The user may not read it.',
  'not-supported': 'The server does not have it.',
  'time-limit': 'It took longer than the limit.',
  'not-enabled': 'It is switched off on the server.',
  failed: 'It failed.',
  'not-asked': 'It was not asked for.',
};

export function gapSentence({ reason, message }: ReadingGap): string {
  return message === undefined ? REASONS[reason] : `${REASONS[reason]} ${message}`;
}
