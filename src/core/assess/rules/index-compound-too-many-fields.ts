import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** 8 fields on RU (error 67), 32 elsewhere. */
export const indexCompoundTooManyFields = indexRule(
  'compound-too-many-fields',
  'warning',
  'shorten-index',
  SOURCES.ruErrors,
  { targets: ON_COSMOS },
);
