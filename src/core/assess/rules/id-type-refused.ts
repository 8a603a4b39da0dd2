import { idTypes } from '../looked-at.js';
import { hitsWhere, type AssessedCollection, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** By `$type` alias. */
const REFUSED: ReadonlySet<string> = new Set(['array', 'regex', 'undefined']);

function refused(collection: AssessedCollection): readonly string[] {
  return idTypes(collection).filter((type) => REFUSED.has(type));
}

/** No server takes an array, a regular expression or undefined as `_id` any more; data that was written before 2.6 may hold them. */
export const idTypeRefused: Rule = {
  id: 'id-type-refused',
  severity: 'warning',
  remedy: 'change-ids',
  source: SOURCES.mongodbLimits,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: (context) =>
    hitsWhere(
      context,
      (c) => refused(c).length > 0,
      (c) => ({ types: refused(c).join(', ') }),
    ),
};
