/** What an assessment comes to for a caller that goes by the status of a process: CI. */
import type { Assessment, TargetAssessment } from '../core/model/assessment.js';
import { shortTargetName } from '../words/assessment-targets.js';
import { findingCounts } from '../words/finding-groups.js';
import type { AssessOptions } from './assess-options.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { Output } from './output.js';

/**
 * Status 6 where a target has something that is as bad as `--fail-on` says, and says why. As bad as a blocker are a rule that failed, as then nobody knows, and
 * that no method gets to the target.
 */
export function exitCodeOf({ targets }: Assessment, { failOn = 'never' }: AssessOptions, output: Output): ExitCode {
  if (failOn === 'never') return EXIT.success;
  const bad = targets.filter((target) => isAsBad(target, failOn));
  for (const target of bad)
    output.note(`--fail-on ${failOn}: ${shortTargetName(target.target.kind)}: ${whatOf(target)}`);
  return bad.length > 0 ? EXIT.blockers : EXIT.success;
}

function isAsBad(target: TargetAssessment, failOn: 'blocker' | 'warning'): boolean {
  const { findings, failedRules } = target;
  if (failedRules.length > 0 || !canBeDone(target)) return true;
  return findings.some(({ severity }) => severity === 'blocker' || severity === failOn);
}

function canBeDone({ recommendation }: TargetAssessment): boolean {
  return recommendation.ranked.some(({ possible }) => possible);
}

function whatOf(target: TargetAssessment): string {
  const { findings, failedRules } = target;
  return [
    findingCounts(findings),
    ...(failedRules.length > 0 ? [`rules that failed: ${failedRules.map(({ rule }) => rule).join(', ')}`] : []),
    ...(canBeDone(target) ? [] : ['no method can do it']),
  ].join('; ');
}
