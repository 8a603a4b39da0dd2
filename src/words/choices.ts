/** What the user decides, in words. */
import type { ConflictPolicy, VerificationPlan } from '../core/model/plan.js';

const POLICIES: Readonly<Record<ConflictPolicy, string>> = {
  fail: 'the run stops at a document of the target that has the same _id and other content',
  skip: "the target's document stays where one has the same _id and other content",
  overwrite: "the source's document replaces one with the same _id and other content",
  'dead-letter': "the source's document is set aside where the target has the same _id with other content",
};

/** What becomes of a document of the target that has the `_id` of another one of the source's; without a full stop. */
export function conflictPolicySentence(policy: ConflictPolicy): string {
  return POLICIES[policy];
}

export function verificationName(depth: VerificationPlan['depth']): string {
  return depth === 'full' ? 'every byte of every document' : 'counts only';
}
