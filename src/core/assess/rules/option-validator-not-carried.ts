import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';
import { ON_VCORE } from '../targets.js';

/** A cluster takes validators only where they are switched on, and a validator would refuse old documents. */
export const optionValidatorNotCarried = optionRule(
  'validator-not-carried',
  'warning',
  'add-validator-later',
  SOURCES.vcoreEngine,
  { targets: ON_VCORE },
);
