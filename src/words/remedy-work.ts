/** When a remedy is due, and whose work it is. */
import { lookUp } from './params.js';

export type Phase = 'before' | 'during' | 'after';
export type Whose = 'application' | 'source' | 'target' | 'migration';

export interface Work {
  readonly when: Phase;
  readonly whose: Whose;
}

const WORK: Readonly<Record<string, Work>> = {
  'use-search-elsewhere': { when: 'before', whose: 'application' },
  'use-2dsphere': { when: 'before', whose: 'application' },
  'drop-index-kind': { when: 'before', whose: 'source' },
  'check-queries': { when: 'before', whose: 'application' },
  'enforce-unique-in-application': { when: 'before', whose: 'application' },
  'check-collation': { when: 'before', whose: 'application' },
  'upgrade-target': { when: 'before', whose: 'target' },
  'choose-fields': { when: 'before', whose: 'application' },
  'shorten-index': { when: 'before', whose: 'source' },
  'split-index': { when: 'before', whose: 'source' },
  'enable-nested-capability': { when: 'before', whose: 'target' },
  'enable-ttl-capability': { when: 'before', whose: 'target' },
  'keep-one-expiry': { when: 'before', whose: 'application' },
  'stop-expiry-on-source': { when: 'during', whose: 'source' },
  'set-expiry-again': { when: 'after', whose: 'target' },
  'drop-unused-indexes': { when: 'before', whose: 'source' },
  'prune-by-ttl': { when: 'after', whose: 'target' },
  'validate-in-application': { when: 'before', whose: 'application' },
  'add-validator-later': { when: 'after', whose: 'target' },
  'check-change-streams': { when: 'before', whose: 'application' },
  'add-ttl-index': { when: 'after', whose: 'target' },
  'choose-shard-key': { when: 'before', whose: 'migration' },
  'enable-16mb': { when: 'before', whose: 'target' },
  'split-documents': { when: 'before', whose: 'application' },
  'query-instead-of-view': { when: 'before', whose: 'application' },
  'copy-timeseries-as-documents': { when: 'before', whose: 'source' },
  'restore-timeseries-by-hand': { when: 'during', whose: 'migration' },
  'rename-collection': { when: 'before', whose: 'migration' },
  'spread-over-accounts': { when: 'before', whose: 'target' },
  'spread-over-clusters': { when: 'before', whose: 'target' },
  'upgrade-source': { when: 'before', whose: 'source' },
  'choose-other-method': { when: 'before', whose: 'migration' },
  'read-from-dump': { when: 'before', whose: 'migration' },
  'mind-16mb': { when: 'before', whose: 'target' },
  'watch-document-size': { when: 'before', whose: 'application' },
  'flatten-documents': { when: 'before', whose: 'application' },
  'rename-ttl-field': { when: 'before', whose: 'migration' },
  'shorten-ids': { when: 'before', whose: 'application' },
  'change-ids': { when: 'before', whose: 'application' },
  'make-ids-unique': { when: 'before', whose: 'source' },
  'scan-in-full': { when: 'before', whose: 'migration' },
  'mind-gridfs': { when: 'during', whose: 'migration' },
  'rechunk-files': { when: 'before', whose: 'application' },
  'choose-other-shard-key': { when: 'before', whose: 'migration' },
  'fill-shard-key': { when: 'before', whose: 'application' },
  'try-shard-key': { when: 'before', whose: 'migration' },
  'split-compound-index': { when: 'before', whose: 'application' },
  'keep-target-empty': { when: 'before', whose: 'target' },
  'ask-support': { when: 'before', whose: 'target' },
  'set-dates-for-expiry': { when: 'before', whose: 'application' },
  'add-compound-index': { when: 'after', whose: 'target' },
  'add-index': { when: 'after', whose: 'target' },
  'rename-database': { when: 'before', whose: 'migration' },
  'give-own-throughput': { when: 'before', whose: 'target' },
  'make-replica-set': { when: 'before', whose: 'source' },
  'enlarge-oplog': { when: 'before', whose: 'source' },
  'mark-deleted': { when: 'during', whose: 'application' },
  'choose-offline': { when: 'during', whose: 'application' },
  'rewrite-pipeline': { when: 'before', whose: 'application' },
  'rewrite-query': { when: 'before', whose: 'application' },
  'replace-command': { when: 'before', whose: 'application' },
  'rewrite-javascript': { when: 'before', whose: 'application' },
  'check-applications': { when: 'before', whose: 'application' },
  'try-on-target': { when: 'before', whose: 'application' },
  'rewrite-lookup': { when: 'before', whose: 'application' },
  'check-lookups': { when: 'before', whose: 'application' },
  'sort-by-one-field': { when: 'before', whose: 'application' },
  'store-lower-case': { when: 'before', whose: 'application' },
  'do-without-option': { when: 'before', whose: 'application' },
  'rewrite-transactions': { when: 'before', whose: 'application' },
  'shorten-transactions': { when: 'before', whose: 'application' },
  'keep-unsharded': { when: 'before', whose: 'migration' },
  'rewrite-change-streams': { when: 'before', whose: 'application' },
  'make-index-for-sort': { when: 'after', whose: 'target' },
  'switch-retry-writes-off': { when: 'during', whose: 'application' },
  'order-bulk-writes': { when: 'before', whose: 'application' },
  // Who changes it while data moves reads from a target where half of it has arrived.
  'change-connection-string': { when: 'after', whose: 'application' },
  'upgrade-driver': { when: 'before', whose: 'application' },
  'make-users-by-hand': { when: 'before', whose: 'target' },
  'read-use-too': { when: 'before', whose: 'source' },
  'reduce-indexes': { when: 'before', whose: 'source' },
  'repair-source': { when: 'before', whose: 'source' },
  'scan-shard-key': { when: 'before', whose: 'migration' },
  'grant-read': { when: 'before', whose: 'source' },
};

export const WHOSE: Readonly<Record<Whose, string>> = {
  application: 'developers of the application',
  source: 'administrator of the source',
  target: 'owner of the Azure account',
  migration: 'whoever plans the migration',
};

const NOTHING: ReadonlySet<string> = new Set(['nothing-to-do', 'know-write-concern']);

/** Nothing where there is nothing to do. What is not known is due before, by whoever plans: better early than never. */
export function remedyWork(remedy: string): (Work & { readonly isKnown: boolean }) | undefined {
  if (NOTHING.has(remedy)) return undefined;
  const known = lookUp(WORK, remedy);
  return { ...(known ?? { when: 'before', whose: 'migration' }), isKnown: known !== undefined };
}
