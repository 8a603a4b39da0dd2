import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';

/** A hidden unique index still guards: it is created visible. */
export const indexHiddenDropped = indexRule('hidden-dropped', 'info', 'check-queries', SOURCES.vcoreEngine);
