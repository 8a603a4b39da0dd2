import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** Every target takes two databases whose names differ in case only for one, and a plan with both is refused. */
export const databaseNamesCollide: Rule = {
  id: 'database-names-collide',
  severity: 'blocker',
  remedy: 'rename-database',
  source: SOURCES.mongodbLimits,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: ({ collections }) => {
    const spellings = new Map<string, Set<string>>();
    for (const { name } of collections) {
      const folded = name.db.toLowerCase();
      spellings.set(folded, (spellings.get(folded) ?? new Set()).add(name.db));
    }
    return [...spellings.values()].flatMap((names) =>
      names.size > 1 ? [{ params: { databases: [...names].sort().join(', ') } }] : [],
    );
  },
};
