import { isRiskyName, refusedName } from '../../plan/names.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** RU documentation asks for names without special characters and spaces; such names are passed on as they are. */
export const nameRisky: Rule = {
  id: 'name-risky',
  severity: 'info',
  remedy: 'rename-collection',
  source: SOURCES.customCommands,
  targets: ON_RU,
  looksAt: 'metadata',
  check: (context) =>
    hitsWhere(context, ({ name }) => isRiskyName(name) && refusedName(name, 'cosmos-ru') === undefined),
};
