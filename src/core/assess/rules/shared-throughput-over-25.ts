import { MAX_SHARED_COLLECTIONS } from '../limits.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Databases that are told by name. */
const NAMED = 4;

/** A database can share its throughput among 25 collections; each further one needs its own, of 400 RU/s or more. */
export const sharedThroughputOver25: Rule = {
  id: 'shared-throughput-over-25',
  severity: 'info',
  remedy: 'give-own-throughput',
  source: SOURCES.ruLimits,
  targets: ON_RU,
  looksAt: 'metadata',
  check: ({ collections }) => {
    const counts = new Map<string, number>();
    for (const { facts, name } of collections) {
      if (facts.type === 'collection') counts.set(name.db, (counts.get(name.db) ?? 0) + 1);
    }
    const beyond = [...counts].filter(([, count]) => count > MAX_SHARED_COLLECTIONS);
    if (beyond.length === 0) return [];
    const databases = beyond.slice(0, NAMED).map(([database]) => database);
    const most = beyond.reduce((top, [, count]) => Math.max(top, count), 0);
    const params = { count: beyond.length, databases: databases.join(', '), most, limit: MAX_SHARED_COLLECTIONS };
    return [{ params }];
  },
};
