import { idTypesSeen } from '../../size/totals.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';

/** Tools that cut a collection into ranges by comparison lose the `_id` types on the other side of a bound; ours do not. */
export const mixedIdTypes: Rule = {
  id: 'mixed-id-types',
  severity: 'info',
  remedy: 'nothing-to-do',
  source: SOURCES.partitioners,
  check: (context) =>
    hitsWhere(
      context,
      ({ facts }) => idTypesSeen(facts).length > 1,
      ({ facts }) => ({ types: idTypesSeen(facts).join(', ') }),
    ),
};
