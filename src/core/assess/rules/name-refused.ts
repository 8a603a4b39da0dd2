import { refusedName } from '../../plan/names.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** Too long a name, or characters that the target refuses. */
export const nameRefused: Rule = {
  id: 'name-refused',
  severity: 'blocker',
  remedy: 'rename-collection',
  source: SOURCES.ruLimits,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: (context) =>
    hitsWhere(
      context,
      ({ name }) => refusedName(name, context.target.kind) !== undefined,
      ({ name }) => ({ why: refusedName(name, context.target.kind) ?? '' }),
    ),
};
