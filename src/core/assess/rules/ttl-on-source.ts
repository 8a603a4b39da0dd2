import type { CollectionFacts } from '../../model/facts.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** What the source expires by. Servers expire by one field; they ignore the setting in indexes of several. */
function expiresBy({ indexes, options }: CollectionFacts): string[] {
  const byIndex = indexes.filter((i) => i.key.length === 1 && (i.expireAfterSeconds ?? -1) >= 0).map((i) => i.name);
  return [...byIndex, ...(options.expireAfterSeconds === undefined ? [] : ['expireAfterSeconds'])];
}

/** A document that the source deletes while it is read may have been copied already: the check then finds it on the target alone. */
export const ttlOnSource: Rule = {
  id: 'ttl-on-source',
  severity: 'warning',
  remedy: 'stop-expiry-on-source',
  source: SOURCES.mongodbTtl,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: (context) =>
    hitsWhere(
      context,
      ({ facts }) => facts.documents > 0 && expiresBy(facts).length > 0,
      ({ facts }) => ({ by: expiresBy(facts).join(', ') }),
    ),
};
