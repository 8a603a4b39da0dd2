import { optionUseRule } from '../option-use-rule.js';

/** "Write concerns": any that a client asks for is ignored. */
export const featureWriteConcernIgnoredRu = optionUseRule({
  id: 'feature-write-concern-ignored-ru',
  severity: 'info',
  remedy: 'know-write-concern',
  target: 'cosmos-ru',
  options: ['writeConcern'],
});
