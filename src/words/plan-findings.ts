/** Findings on a plan and the changes of it that are offered: sentences for both. */
import type { PlanFix, PlanFixId, PlanRuleId } from '../core/assess/plan/plan-finding.js';
import type { Finding } from '../core/model/finding.js';
import type { ConflictPolicy } from '../core/model/plan.js';
import { droppedOptionSentence, notMigratedSentence } from './fates.js';
import { findingSentence, remedySentence } from './findings.js';
import {
  bytesOf,
  countOf,
  durationOf,
  lookUp,
  numberOf,
  ruPerSecondOf,
  textOf,
  unknownId,
  type Params,
} from './params.js';
import { formatCountOf } from './sizes.js';

const SENTENCES: Readonly<Record<PlanRuleId, (params: Params) => string>> = {
  'plan-not-migrated': (p) => notMigratedSentence({ why: textOf(p, 'why') }),
  'plan-system-left-out': (p) => notMigratedSentence({ why: textOf(p, 'why') }),
  'plan-option-dropped': (p) => droppedOptionSentence({ option: textOf(p, 'option'), why: textOf(p, 'why') }),
  'plan-shard-key-unfit': (p) => `${textOf(p, 'path')} does not do as its shard key: the assessment says why.`,
  'plan-shard-key-advised': () => 'It has no shard key, and the assessment advises one.',
  'plan-throughput-refused': (p) =>
    `${ruPerSecondOf(p, 'ruPerSecond')} cannot be set: the least is ${countOf(p, 'least')}, in steps of ${countOf(p, 'step')}.`,
  'plan-throughput-over-partition': (p) =>
    `${ruPerSecondOf(p, 'ruPerSecond')} without a shard key: one partition gives up to ${countOf(p, 'limit')}.`,
  'plan-throughput-unsaid': (p) =>
    `No throughput is said for ${formatCountOf(numberOf(p, 'collections'), 'collection')}: a new one gets what the account gives by itself, often 400 RU/s.`,
  'plan-copy-takes-long': (p) =>
    `With ${ruPerSecondOf(p, 'ruPerSecond')} its documents take about ${durationOf(p, 'ms')} to be written, by the charge that the plan was made with.`,
  'plan-raises-throughput': (p) =>
    `${textOf(p, 'budget')} is raised to ${ruPerSecondOf(p, 'ruPerSecond')} while it is copied: partitions and a higher least throughput stay for good.`,
  'plan-overwrites': () => 'Documents of the target that have the same _id and other content are replaced.',
  'plan-upserts': () => 'Documents of the target that have the same _id are replaced.',
  'plan-copies-over-documents': () =>
    'It is copied over documents that are on the target already: what the service makes of those with the same _id only the comparison afterwards tells.',
  'plan-counts-only': () => 'Only the numbers of documents are compared: a document that arrived damaged is not found.',
  'plan-transforms': () =>
    'The mode transform changes types, replaces documents of the target that have the same _id, and only counts afterwards, whatever the plan says of conflicts and verification.',
  'plan-csv': () => 'CSV has no types and no nested fields: what comes back is not what was there.',
  'plan-tuning-out-of-bounds': (p) =>
    `${textOf(p, 'field')} ${countOf(p, 'value')} is more than helps: ${countOf(p, 'most')} is the most that counts.`,
};

const REMEDIES: Readonly<Record<string, string>> = {
  'migrate-otherwise': 'Move it by hand, or leave it behind knowingly.',
  'set-by-hand': 'Set it by hand after the migration, where the target takes it.',
  'set-valid-throughput': 'Give it a throughput that can be set.',
  'lower-throughput': 'Lower it, or choose a shard key.',
  'say-throughput': 'Say how much, or that the account is serverless.',
  'raise-throughput': 'Raise the throughput, for the time of the copy at least.',
  'know-what-stays': 'Nothing to do, if that is wanted.',
  'keep-target-documents': 'Choose to stop, to keep the documents of the target, or to put those of the source aside.',
  'stop-over-documents': 'Choose to stop where a collection of the target holds documents.',
  'verify-fully': 'Have every document compared.',
  'copy-raw': 'Take the mode raw, which copies and compares every byte, unless the job is to change documents.',
  'use-json': 'Use Extended JSON, or another method.',
  'use-bounds': 'Use the bound.',
};

const POLICIES: Readonly<Record<ConflictPolicy, string>> = {
  fail: 'Stop the run at such a document',
  skip: "Keep the target's document",
  overwrite: "Take the source's document",
  'dead-letter': "Put the source's document aside",
};

const FIXES: Readonly<Record<PlanFixId, (params: Params) => string>> = {
  'choose-shard-key': (p) => `Shard by ${textOf(p, 'path')} (${countOf(p, 'score')} of 100 points)`,
  'leave-index-out': (p) => `Leave index ${textOf(p, 'index')} out`,
  'keep-large-documents-aside': (p) => `Keep documents over ${bytesOf(p, 'bytes')} aside without sending them`,
  'set-manual-throughput': (p) => `Set ${ruPerSecondOf(p, 'ruPerSecond')}, manual`,
  'set-autoscale': (p) => `Set autoscale up to ${ruPerSecondOf(p, 'ruPerSecond')}`,
  'set-serverless': () => 'Say that the account is serverless',
  'verify-fully': () => 'Compare every document',
  'copy-raw': () => 'Copy byte for byte (mode raw)',
  'set-conflict-policy': (p) => lookUp(POLICIES, textOf(p, 'policy')) ?? textOf(p, 'policy'),
  'set-tuning': (p) => `Set ${textOf(p, 'field')} to ${countOf(p, 'value')}`,
};

/** What was found in a plan, without the namespace's name. */
export function planFindingSentence(finding: Finding): string {
  const { rule, params } = finding;
  return lookUp(SENTENCES, rule)?.(params) ?? findingSentence(finding);
}

/** What to do about it. */
export function planRemedySentence(finding: Finding): string {
  return lookUp(REMEDIES, finding.remedy) ?? remedySentence(finding);
}

/** What a fix does, as a command; no full stop. */
export function planFixLabel({ id, params }: Pick<PlanFix, 'id' | 'params'>): string {
  return lookUp(FIXES, id)?.(params) ?? unknownId(id, params);
}
