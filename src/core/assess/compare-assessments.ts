import type { Assessment, AssessmentComparison, TargetAssessment } from '../model/assessment.js';
import type { Finding } from '../model/finding.js';
import { formatNamespace } from '../model/namespace.js';
import { isWhole } from '../scan/is-whole.js';
import type { Rule, RuleReading } from './rule.js';

/**
 * Parameters that say which thing a finding is about, as opposed to what was measured of it: a document that has grown, or a version that is another and still too old,
 * is the same finding.
 */
const IDENTIFYING: ReadonlySet<string> = new Set([
  'index',
  'option',
  'field',
  'fields',
  'path',
  'key',
  'feature',
  'name',
  'operator',
  'stage',
  'command',
  'by',
  'driver',
  'application',
  'database',
  'databases',
  'indexes',
  'sort',
  'bucket',
  'types',
]);

/** The same text for the same finding in every assessment of a source: rule, namespace, and what of it. Holds names only. */
export function findingIdentity(finding: Pick<Finding, 'rule' | 'ns' | 'params'>): string {
  const of = Object.entries(finding.params)
    .filter(([name]) => IDENTIFYING.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${String(value)}`);
  return [finding.rule, finding.ns ? formatNamespace(finding.ns) : '', ...of].join('|');
}

/**
 * What has changed since an earlier assessment, for the targets that both looked at. A finding is called fixed only where what it rests on was looked at again: not where its
 * rule failed, its namespace could not be read, documents were not scanned to the end, or the operations that showed it were not read.
 */
export function compareAssessments(
  earlier: Assessment,
  now: Omit<Assessment, 'comparison'>,
  rules: readonly Pick<Rule, 'id' | 'looksAt'>[],
): AssessmentComparison {
  const looksAt = new Map(rules.map((rule) => [rule.id, rule.looksAt ?? 'metadata']));
  const seen = seenAgain(earlier, now);
  return {
    earlierMadeAt: earlier.madeAt,
    targets: now.targets.flatMap((target) => {
      const before = earlier.targets.find(({ target: { kind } }) => kind === target.target.kind);
      if (before === undefined) return [];
      const failed = new Set(target.failedRules.map(({ rule }) => rule));
      const known = (finding: Finding): boolean =>
        !failed.has(finding.rule) && seen(finding, looksAt.get(finding.rule) ?? 'metadata');
      return [compareTargets(before, target, known)];
    }),
  };
}

/** Whether what a finding of then rests on was read now. */
function seenAgain(
  { usage: then }: Assessment,
  { usage, scans, inventory }: Omit<Assessment, 'comparison'>,
): (finding: Finding, reading: RuleReading) => boolean {
  // Another sample may have missed what the earlier one met.
  const scanned = new Set(scans.filter(isWhole).map(({ ns }) => formatNamespace(ns)));
  const unread = new Set(inventory.failed.map(({ ns }) => formatNamespace(ns)));
  const lessUsage =
    usage === undefined ||
    ((then?.looked.logged ?? 0) > 0 && usage.looked.logged === 0) ||
    ((then?.looked.profiled ?? 0) > 0 && usage.looked.profiled === 0);
  return ({ ns, params }, reading) => {
    const name = ns ? formatNamespace(ns) : undefined;
    if (ns && name !== undefined && (unread.has(name) || unread.has(`${ns.db}.*`))) return false;
    if (reading === 'usage') return !lessUsage;
    const isOfDocuments = reading === 'scan' || params['looked'] !== undefined;
    if (!isOfDocuments || name === undefined) return true;
    // What is gone has no documents to look at.
    const isThere = inventory.collections.some((collection) => formatNamespace(collection.ns) === name);
    return !isThere || scanned.has(name);
  };
}

function compareTargets(
  before: TargetAssessment,
  now: TargetAssessment,
  known: (finding: Finding) => boolean,
): AssessmentComparison['targets'][number] {
  const were = byIdentity(before.findings);
  const are = byIdentity(now.findings);
  const gone = [...were].flatMap(([id, finding]) => (are.has(id) ? [] : [finding]));
  return {
    kind: now.target.kind,
    fixed: gone.filter(known),
    appeared: [...are].flatMap(([id, finding]) => (were.has(id) ? [] : [finding])),
    stayed: [...are.keys()].filter((id) => were.has(id)).length,
    unknown: gone.filter((finding) => !known(finding)),
  };
}

function byIdentity(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  return new Map(findings.map((finding) => [findingIdentity(finding), finding]));
}
