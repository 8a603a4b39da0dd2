import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** geoHaystack, columnstore and other kinds that no target of ours takes. */
export const indexKindUnsupported = indexRule('kind-unsupported', 'warning', 'drop-index-kind', SOURCES.ruFeatures, {
  targets: ON_EVERY,
});
