import { optionUseRule } from '../option-use-rule.js';
import { SOURCES } from '../sources.js';

/** Taken, and without effect: a query with bounds returns everything. */
export const featureOptionIgnoredVcore = optionUseRule({
  id: 'feature-option-ignored-vcore',
  severity: 'warning',
  remedy: 'do-without-option',
  target: 'cosmos-vcore',
  options: ['min', 'max', 'noCursorTimeout', 'tailable', 'readConcern.snapshot', 'readConcern.linearizable'],
  source: SOURCES.vcoreEngine,
});
