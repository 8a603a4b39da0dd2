import type { Severity } from '../model/finding.js';
import type { OptionWhy } from '../plan/whys.js';
import { hitsWhere, type Rule } from './rule.js';

/** A rule on collection options that fires where the plan drops one for this reason. */
export function optionRule(
  why: OptionWhy,
  severity: Severity,
  remedy: string,
  source: string,
  scope: Pick<Rule, 'targets' | 'targetVersions'>,
): Rule {
  return {
    id: `option-${why}`,
    severity,
    remedy,
    source,
    looksAt: 'metadata',
    ...scope,
    check: (context) => hitsWhere(context, (c) => c.droppedOptions.some((d) => d.why === why)),
  };
}
