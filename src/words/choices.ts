/** What the user decides, in words. */
import type { ConflictPolicy, Plan, TextTravel, VerificationPlan } from '../core/model/plan.js';
import { asCarriedOut, isOverEmptyOnly, type CarriedBy } from '../core/plan/carried-out.js';

const POLICIES: Readonly<Record<ConflictPolicy, string>> = {
  fail: 'the run stops at a document of the target that has the same _id and other content',
  skip: "the target's document stays where one has the same _id and other content",
  overwrite: "the source's document replaces one with the same _id and other content",
  'dead-letter': "the source's document is set aside where the target has the same _id with other content",
};

/** What becomes of a document of the target that has the `_id` of another one of the source's; without a full stop. */
function conflictPolicySentence(policy: ConflictPolicy): string {
  return POLICIES[policy];
}

/** The same of a plan, by who carries it out; without a full stop. */
export function planConflictsSentence(plan: CarriedBy & Pick<Plan, 'conflictPolicy' | 'verification'>): string {
  const { conflictPolicy } = asCarriedOut(plan);
  if (!isOverEmptyOnly(plan.method)) return conflictPolicySentence(conflictPolicy);
  if (conflictPolicy !== 'overwrite')
    return 'a collection of the target that holds documents ends the run before anything is copied';
  return plan.method === 'dms'
    ? 'it is copied over documents that are there: what the service makes of those with the same _id only the comparison afterwards tells'
    : conflictPolicySentence(conflictPolicy);
}

export function verificationName(depth: VerificationPlan['depth']): string {
  return depth === 'full' ? 'every byte of every document' : 'counts only';
}

/** What documents travel as, and where the files are; without a full stop. */
export function travelSentence({ format, files }: TextTravel): string {
  const kind = format === 'csv' ? 'CSV' : 'canonical Extended JSON';
  const where = files?.folder ?? "the run's own folder";
  switch (files?.use) {
    case undefined:
      return `${kind}, from tool to tool`;
    case 'export':
      return `${kind}, into files in ${where}, and no further`;
    case 'import':
      return `${kind}, out of files in ${where}`;
    case 'both':
      return `${kind}, through files in ${where}, which are kept`;
  }
}

/** What is lost as CSV, and what canonical Extended JSON changes. Found out with mongoexport and mongoimport 100.9.5 (docs/export-import.md). */
export function travelLosses({ format, files }: TextTravel): readonly string[] {
  if (format === 'csv') {
    return [
      'CSV has no types: numbers come back as the smallest type that fits, dates, ObjectIds and all else as text, unless the header of a file says otherwise (name.date_go(...)).',
      'Nested documents and arrays become text in one cell, and stay text.',
      'A field that is not there, null and an empty text are the same empty cell; an import leaves such fields out.',
      'Only the named fields go along, in the order of the list; fields that are there twice, and their order, are lost.',
      'So only the numbers of documents are compared, and the run ends with a finding at best.',
    ];
  }
  const import_ = files?.use === 'export' ? 'read back' : 'imported';
  return [
    `Some rare values are others when they are ${import_}: NaN with other bytes than the one that the tools write, text that is no UTF-8, documents such as { $oid: "..." } that look like a type, options of a regular expression that are not in order. The check finds each such document.`,
    'A document that looks like a type and is none, such as { $oid: "x" }, cannot be exported: mongoexport stops there.',
  ];
}
