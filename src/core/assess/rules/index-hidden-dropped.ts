import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** A hidden unique index still guards: it is created visible. */
export const indexHiddenDropped = indexRule('hidden-dropped', 'info', 'check-queries', SOURCES.vcoreEngine, {
  targets: ON_EVERY,
  targetVersions: { mongodb: { before: '4.4' } },
});
