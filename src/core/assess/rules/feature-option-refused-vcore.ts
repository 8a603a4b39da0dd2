import { optionUseRule } from '../option-use-rule.js';
import { SOURCES } from '../sources.js';

export const featureOptionRefusedVcore = optionUseRule({
  id: 'feature-option-refused-vcore',
  severity: 'warning',
  remedy: 'do-without-option',
  target: 'cosmos-vcore',
  options: ['returnKey', 'showRecordId'],
  source: SOURCES.vcoreEngine,
});
