import type { Carrier } from '../core/plan/carried-out.js';

/** About documents that the target refuses: `aside` tells of those that stay as they are. */
export interface RefusedRemedy {
  readonly todo: string;
  readonly aside: string;
}

const ELSE_ASIDE = 'else they are kept aside as dead letters';

/** What becomes of such documents where they are not kept aside as dead letters. */
export const REFUSED_BY: Readonly<Partial<Record<Carrier, string>>> = {
  dataframes: 'the job fails at one that the target refuses',
  dms: 'the service keeps none that the target refuses, and without them the run does not complete',
};

/** What to do about a finding, by the id of the remedy. */
export const REMEDIES: Readonly<Record<string, string | RefusedRemedy>> = {
  'nothing-to-do': 'Nothing to do.',
  'use-search-elsewhere': 'Move text search out of the database (Azure AI Search), or choose a vCore target.',
  'use-2dsphere': 'Store points as GeoJSON and use a 2dsphere index.',
  'drop-index-kind': 'Replace the index with a kind that the target has.',
  'check-queries': 'Look at the queries that use it; they run, at another cost.',
  'enforce-unique-in-application': 'Make the application keep it unique, or store a value in every document.',
  'check-collation': 'Look at queries that ignore case or accents: store a lower-case copy of the field for them.',
  'upgrade-target': 'Upgrade the target, or leave the index out.',
  'choose-fields': 'Name the fields that queries use, in indexes of their own.',
  'shorten-index': 'Make an index of fewer or less deeply nested fields.',
  'split-index': 'Make two indexes of it.',
  'enable-nested-capability': 'Switch EnableUniqueCompoundNestedDocs on for the account and say so when planning.',
  'enable-ttl-capability':
    'Switch EnableTtlOnCustomPath on for the account and say so when planning, or delete old documents yourself.',
  'keep-one-expiry': 'Choose one field to expire by; delete by the others yourself.',
  'stop-expiry-on-source':
    'Stop expiry on the source for the time of the migration (setParameter ttlMonitorEnabled: false, or a longer expireAfterSeconds by collMod).',
  'set-expiry-again': 'Set the expiry again after the migration.',
  'drop-unused-indexes': 'Drop indexes that nobody uses on the source first.',
  'reduce-indexes': 'Drop indexes that nobody uses on the source first. A vCore cluster can be set to take up to 300.',
  'prune-by-ttl': 'Give the target a TTL index, or delete old documents yourself.',
  'validate-in-application': 'Check documents in the application.',
  'add-validator-later': 'Add it with collMod after the migration, where the cluster takes it.',
  'check-change-streams': 'Look at readers of change streams that use images of before.',
  'add-ttl-index': 'Give the target a TTL index after the migration.',
  'choose-shard-key': 'Choose a shard key of one field when planning. It cannot be changed later.',
  'enable-16mb': {
    todo: 'Switch EnableMongo16MBDocumentSupport on for the account and say so when planning, or make such documents smaller',
    aside: ELSE_ASIDE,
  },
  'split-documents': {
    todo: 'Make such documents smaller',
    aside: ELSE_ASIDE,
  },
  'query-instead-of-view': 'Run its pipeline as a query of the application, or choose a vCore target.',
  'copy-timeseries-as-documents': 'Copy it into an ordinary collection on the source ($out) and migrate that.',
  'restore-timeseries-by-hand':
    'Move it with mongodump and mongorestore by hand, or copy it into an ordinary collection ($out) and migrate that.',
  'rename-collection': 'Give it another name on the target with a rename.',
  'spread-over-accounts': 'Leave some out, or spread them over several accounts.',
  'spread-over-clusters': 'Leave some out, or spread them over several clusters.',
  'upgrade-source': 'Upgrade the source to 3.6 or newer first.',
  'choose-other-method': 'Choose another method.',
  'read-from-dump':
    'Dump the source into a blob container and let the service read that (plan --from-dump), or choose another method.',
  'grant-read': 'Let the user read it (role readAnyDatabase), or leave it out.',
  'mind-16mb':
    'Make the collections after the capability is on, turn server-side retry on, and use no wildcard index on them. The capability stays for good, and an account with a customer-managed key cannot have it.',
  'watch-document-size': {
    todo: 'Have the documents scanned in full, and let the application keep them well below 2 MB',
    aside: 'what is refused is kept aside as dead letters',
  },
  'repair-source':
    'Have the server check the collection (validate), and restore what is damaged from a backup before the migration.',
  'flatten-documents': {
    todo: 'Store the inner levels in documents of their own',
    aside: 'else such documents are kept aside as dead letters',
  },
  'rename-ttl-field': 'Give the field another name on the way (--rename-field), or leave the index on _ts out.',
  'shorten-ids': {
    todo: 'Give such documents a shorter _id',
    aside: 'those that the target refuses are kept aside as dead letters',
  },
  'change-ids': {
    todo: 'Give such documents an _id of another type',
    aside: ELSE_ASIDE,
  },
  'make-ids-unique': 'Find the documents that share an _id on the source, and give each its own before the migration.',
  'scan-in-full': 'Have the collection scanned in full before the migration.',
  'mind-gridfs': 'Move both collections of the bucket. Compare a few files by their checksums afterwards.',
  'rechunk-files':
    'Write the files again with a chunk size below 2 MB (the default is 255 KB), or switch EnableMongo16MBDocumentSupport on for the account and say so when planning.',
  'choose-other-shard-key':
    'Choose another shard key, or store a field that joins this one with another. It cannot be changed later.',
  'fill-shard-key':
    'Set the field in these documents before the migration or on the way (--fill-field), or choose another shard key.',
  'scan-shard-key': 'Scan the collection again with this shard key chosen.',
  'try-shard-key': 'Try it with a small collection of the account first.',
  'split-compound-index': 'Make an index of each field instead of one of several, and look at the sorts that use it.',
  'keep-target-empty': 'Let the migration make the collection; where it is there already, empty it first.',
  'ask-support': 'Ask Azure support before you count on all of them.',
  'set-dates-for-expiry': 'Store dates in the field before the index is made on the target.',
  'rename-database': 'Give one of them another name on the target with a rename.',
  'give-own-throughput': 'Give the others throughput of their own, or spread the collections over several databases.',
  'make-replica-set':
    'Make the server a replica set of one member (replSetInitiate), or stop the writes for the time of the copy.',
  'enlarge-oplog': 'Enlarge the oplog on every member first (replSetResizeOplog), or make the copy faster.',
  'mark-deleted': 'Mark documents as deleted instead of deleting them during the move, or stop the deletes.',
  'choose-offline': 'Stop the writes for the time of the copy, or ask Azure support for a larger log.',
};
