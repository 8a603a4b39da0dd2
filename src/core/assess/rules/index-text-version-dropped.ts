import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_VCORE } from '../targets.js';

/** The vCore engine takes version 2 only; left out, it chooses itself. */
export const indexTextVersionDropped = indexRule('text-version-dropped', 'info', 'nothing-to-do', SOURCES.vcoreEngine, {
  targets: ON_VCORE,
});
