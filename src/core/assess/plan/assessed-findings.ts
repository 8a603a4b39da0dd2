import type { TargetAssessment } from '../../model/assessment.js';
import type { Finding } from '../../model/finding.js';
import { formatNamespace } from '../../model/namespace.js';
import type { Plan, PlannedCollection } from '../../model/plan.js';
import { INDEX_WHYS, OPTION_WHYS } from '../../plan/whys.js';
import { bytes } from '../../model/units.js';
import { carriedOutBy } from '../as-planned.js';
import { largeDocumentLimit } from '../large-documents.js';
import type { JsonPath, PlanFinding, PlanFix } from './plan-finding.js';

/** What the plan itself says better than an assessment that was made before it: what becomes of each index and option, and of each namespace. */
const TOLD_BY_THE_PLAN: ReadonlySet<string> = new Set([
  ...INDEX_WHYS.map((why) => `index-${why}`),
  ...OPTION_WHYS.map((why) => `option-${why}`),
  ...['view-unsupported', 'view-recreated', 'timeseries-unsupported', 'timeseries-not-carried', 'name-refused'],
  ...['namespace-unreadable', 'unsharded-over-20gb', 'too-many-namespaces-ru', 'too-many-collections-vcore'],
]);

/** What an assessment has found out about what the plan moves, where the plan has not seen to it. */
export function assessedFindings(plan: Plan, assessed: TargetAssessment): readonly PlanFinding[] {
  const places = new Map(
    plan.collections.map((collection, i) => [
      formatNamespace(collection.source),
      { collection, at: ['collections', i] as JsonPath },
    ]),
  );
  return assessed.findings.flatMap((found): readonly PlanFinding[] => {
    const finding = carriedOutBy(found, plan);
    if (TOLD_BY_THE_PLAN.has(finding.rule)) return [];
    if (!finding.ns) return [{ finding, at: ['source', 'name'], fixes: [] }];
    const place = places.get(formatNamespace(finding.ns));
    if (!place || isSeenTo(place.collection, finding)) return [];
    const fix = keepAside(plan, finding, place.at);
    return [{ finding, at: [...place.at, 'source', 'coll'], fixes: fix ? [fix] : [] }];
  });
}

function isSeenTo({ deadLetterOver }: PlannedCollection, finding: Finding): boolean {
  const limit = largeDocumentLimit(finding);
  return limit !== undefined && deadLetterOver !== undefined && deadLetterOver <= limit;
}

function keepAside({ method }: Plan, finding: Finding, at: JsonPath): PlanFix | undefined {
  const limit = largeDocumentLimit(finding);
  if (limit === undefined || method !== 'direct-copy') return undefined;
  return {
    id: 'keep-large-documents-aside',
    params: { bytes: limit },
    edits: [{ at: [...at, 'deadLetterOver'], value: bytes(limit) }],
  };
}
