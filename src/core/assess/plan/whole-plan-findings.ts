import type { ConflictPolicy, Plan, Tuning } from '../../model/plan.js';
import { copyNumbers, isOverEmptyOnly, isSparkTransform, type CopyNumber } from '../../plan/carried-out.js';
import { MOST_INSERTION_WORKERS, MOST_PARALLEL_COLLECTIONS, TOOL_BATCH_DOCUMENTS } from '../../tune/limits.js';
import { figureOf } from '../../plan/throughput-raise.js';
import { planFinding, type PlanFinding, type PlanFix, type PlanRuleId } from './plan-finding.js';

const SAFE_POLICIES: readonly ConflictPolicy[] = ['fail', 'dead-letter', 'skip'];

/** What the plan says of the run as a whole. */
export function wholePlanFindings(plan: Plan): readonly PlanFinding[] {
  const [how, raises] = [isSparkTransform(plan.handoff) ? transformFindings() : ownFindings(plan), raiseFindings(plan)];
  return [...how, ...raises];
}

/** By what the plan says itself. */
function ownFindings(plan: Plan): readonly PlanFinding[] {
  return [...conflictFindings(plan), ...verificationFindings(plan), ...tuningFindings(plan)];
}

/** What the plan says of conflicts, verification and batches does not count then. */
function transformFindings(): readonly PlanFinding[] {
  const at = ['handoff', 'mode'];
  const fix: PlanFix = { id: 'copy-raw', params: {}, edits: [{ at, value: 'raw' }] };
  return [{ finding: planFinding('plan-transforms', {}), at, fixes: [fix] }];
}

function conflictFindings({ conflictPolicy, method }: Plan): readonly PlanFinding[] {
  if (conflictPolicy !== 'overwrite') return [];
  const fixes = SAFE_POLICIES.filter((policy) => policy === 'fail' || !isOverEmptyOnly(method)).map(
    (policy): PlanFix => ({
      id: 'set-conflict-policy',
      params: { policy },
      edits: [{ at: ['conflictPolicy'], value: policy }],
    }),
  );
  return [{ finding: planFinding(overwriteRule(method), {}), at: ['conflictPolicy'], fixes }];
}

/** What overwriting comes to: a service is only kept from collections that hold documents, and of DMS nobody documents what it does with them. */
function overwriteRule(method: Plan['method']): PlanRuleId {
  switch (method) {
    case 'data-factory':
      return 'plan-upserts';
    case 'dms':
      return 'plan-copies-over-documents';
    default:
      return 'plan-overwrites';
  }
}

function verificationFindings({ text, verification }: Plan): readonly PlanFinding[] {
  // What CSV gives back is never what was there, so that nothing but numbers can be compared.
  if (text?.format === 'csv') return [{ finding: planFinding('plan-csv', {}), at: ['text', 'format'], fixes: [] }];
  if (verification.depth === 'full') return [];
  const fix: PlanFix = {
    id: 'verify-fully',
    params: {},
    edits: [{ at: ['verification', 'depth'], value: 'full' }],
  };
  return [{ finding: planFinding('plan-counts-only', {}), at: ['verification', 'depth'], fixes: [fix] }];
}

const MOST: Readonly<Record<CopyNumber, number>> = {
  batchSize: TOOL_BATCH_DOCUMENTS,
  insertionWorkers: MOST_INSERTION_WORKERS,
  parallelCollections: MOST_PARALLEL_COLLECTIONS,
};

function tuningFindings(plan: Plan): readonly PlanFinding[] {
  const { tuning } = plan;
  return copyNumbers(plan)
    .filter((field) => tuning[field] > MOST[field])
    .map((field) => outOfBounds(tuning, field, MOST[field]));
}

function outOfBounds(tuning: Tuning, field: CopyNumber, most: number): PlanFinding {
  const at = ['tuning', field];
  return {
    finding: planFinding('plan-tuning-out-of-bounds', { field, value: tuning[field], most }),
    at,
    fixes: [{ id: 'set-tuning', params: { field, value: most }, edits: [{ at, value: most }] }],
  };
}

function raiseFindings({ throughputRaises = [] }: Plan): readonly PlanFinding[] {
  return throughputRaises.map(({ budget, raiseTo }, i) => ({
    finding: planFinding('plan-raises-throughput', { budget, ruPerSecond: figureOf(raiseTo) }),
    at: ['throughputRaises', i, 'raiseTo'],
    fixes: [],
  }));
}
