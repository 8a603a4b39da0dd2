/** What `plan` decides by: the decisions of core for what was surveyed. */
import { decide, type Decisions } from '../core/decide/decide.js';
import type { Survey, SurveyOptions } from './survey.js';
import { adviceWishes, type WishOptions } from './wish-options.js';

export interface AdviceOptions extends SurveyOptions, WishOptions {}

/** The decisions of core, for what was surveyed. */
export function adviceFor(surveyed: Survey, options: AdviceOptions): Decisions {
  const { inventory, target, selection, wishes, targetCluster, measured, trial } = surveyed;
  return decide({
    inventory,
    target,
    selection,
    ...wishes,
    wishes: adviceWishes(options),
    ...(targetCluster ? { targetCluster: targetCluster.facts } : {}),
    ...(measured === undefined ? {} : { insert: measured }),
    ...(trial === undefined ? {} : { trial }),
  });
}
