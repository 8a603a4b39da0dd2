import type { Severity } from '../model/finding.js';
import type { TargetKind } from '../plan/target.js';
import { hitOf, seenOptions } from './features/seen-uses.js';
import { featureSource } from './features/target-support.js';
import type { AssessContext, Rule } from './rule.js';
import { SOURCES } from './sources.js';

export interface OptionUse {
  readonly id: string;
  readonly severity: Severity;
  readonly remedy: string;
  readonly target: TargetKind;
  /** As they are called in the model of usage. */
  readonly options: readonly string[];
  /** Where the document on features does not say it. */
  readonly source?: string;
  readonly applies?: (context: AssessContext) => boolean;
}

/** A rule on options that operations were seen to use: counters do not know of them. */
export function optionUseRule({ id, severity, remedy, target, options, source, applies }: OptionUse): Rule {
  return {
    id,
    severity,
    remedy,
    source: source ?? SOURCES.ruFeatures,
    targets: [target],
    looksAt: 'usage',
    check: (context) =>
      (applies?.(context) ?? true)
        ? seenOptions(context, ...options).map((use) => hitOf(context, use, source ?? featureSource(context.target)))
        : [],
  };
}
