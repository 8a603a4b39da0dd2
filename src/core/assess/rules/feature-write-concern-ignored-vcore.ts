import { optionUseRule } from '../option-use-rule.js';
import { SOURCES } from '../sources.js';

export const featureWriteConcernIgnoredVcore = optionUseRule({
  id: 'feature-write-concern-ignored-vcore',
  severity: 'info',
  remedy: 'know-write-concern',
  target: 'cosmos-vcore',
  options: ['writeConcern'],
  source: SOURCES.vcoreEngine,
});
