import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_VCORE } from '../targets.js';

/** The vCore engine refuses 2dsphere together with other fields (115). */
export const indexCompoundTwoDsphereUnsupported = indexRule(
  'compound-2dsphere-unsupported',
  'warning',
  'split-index',
  SOURCES.vcoreEngine,
  { targets: ON_VCORE },
);
