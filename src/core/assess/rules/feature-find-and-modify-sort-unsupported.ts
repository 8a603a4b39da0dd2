import { isAtLeast } from '../../plan/target.js';
import { versionOf } from '../features/target-support.js';
import { optionUseRule } from '../option-use-rule.js';

/** "Sort operations": of several fields in 4.0 alone. */
export const featureFindAndModifySortUnsupported = optionUseRule({
  id: 'feature-find-and-modify-sort-unsupported',
  severity: 'warning',
  remedy: 'sort-by-one-field',
  target: 'cosmos-ru',
  options: ['findAndModify.sort'],
  applies: ({ target }) => !(isAtLeast(versionOf(target), [4, 0]) && !isAtLeast(versionOf(target), [4, 2])),
});
