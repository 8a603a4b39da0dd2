import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** RU accounts have no validators and no `collMod`. */
export const optionValidatorUnsupported = optionRule(
  'validator-unsupported',
  'warning',
  'validate-in-application',
  SOURCES.ruFeatures,
  { targets: ON_RU },
);
