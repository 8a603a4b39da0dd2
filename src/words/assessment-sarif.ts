/**
 * Findings as SARIF 2.1.0, for code scanning and other tools that read it: one run for each target. Locations are logical (database, collection, index), as there is
 * no file. Source: docs.oasis-open.org/sarif/sarif/v2.1.0/
 */
import { findingIdentity } from '../core/assess/compare-assessments.js';
import type { Assessment, TargetAssessment } from '../core/model/assessment.js';
import type { Finding, Severity } from '../core/model/finding.js';
import { formatNamespace } from '../core/model/namespace.js';
import { shortTargetName } from './assessment-targets.js';
import { findingSentence, remedySentence } from './findings.js';
import { ruleTitle } from './rule-titles.js';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  blocker: 'error',
  warning: 'warning',
  info: 'note',
};

/** `version`: of this program. Plain data, ready to be written as JSON. */
export function assessmentSarif(assessment: Assessment, version: string): unknown {
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: assessment.targets.map((target) => run(assessment, target, version)),
  };
}

function run({ madeAt, source, rules: looked = [] }: Assessment, target: TargetAssessment, version: string): unknown {
  const first = new Map<string, Finding>();
  for (const finding of target.findings) if (!first.has(finding.rule)) first.set(finding.rule, finding);
  const ids = [...new Set([...first.keys(), ...target.failedRules.map(({ rule }) => rule), ...looked])];
  const ruleIndex = new Map(ids.map((id, i) => [id, i]));
  return {
    tool: {
      driver: {
        name: 'mongo-cosmos-migration',
        version,
        informationUri: 'https://learn.microsoft.com/azure/cosmos-db/mongodb/pre-migration-steps',
        rules: ids.map((id) => ruleDescriptor(id, first.get(id))),
      },
    },
    automationDetails: { id: `assessment/${target.target.kind}` },
    invocations: [
      {
        executionSuccessful: target.failedRules.length === 0,
        endTimeUtc: madeAt,
        toolExecutionNotifications: target.failedRules.map(({ rule, message }) => ({
          level: 'error',
          message: { text: `The rule ${rule} failed: ${message}` },
          associatedRule: { id: rule, index: ruleIndex.get(rule) ?? -1 },
        })),
      },
    ],
    properties: { source: source.name, target: target.target.kind, targetVersion: target.target.version },
    results: target.findings.map((finding) => result(finding, target, ruleIndex)),
  };
}

function ruleDescriptor(id: string, example: Finding | undefined): unknown {
  const name = id
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  const described = { id, name, shortDescription: { text: ruleTitle(id) } };
  if (!example) return described;
  const remedy = remedySentence(example);
  return {
    ...described,
    help: { text: remedy, markdown: remedy },
    ...(example.source.startsWith('https://') ? { helpUri: example.source } : {}),
    defaultConfiguration: { level: LEVELS[example.severity] },
  };
}

function result(finding: Finding, { target }: TargetAssessment, ruleIndex: ReadonlyMap<string, number>): unknown {
  const sentence = findingSentence(finding);
  const where = finding.ns ? `${formatNamespace(finding.ns)}: ` : '';
  return {
    ruleId: finding.rule,
    ruleIndex: ruleIndex.get(finding.rule) ?? -1,
    level: LEVELS[finding.severity],
    message: { text: `${where}${sentence} ${remedySentence(finding)} (${shortTargetName(target.kind)})` },
    locations: [{ logicalLocations: [logicalLocation(finding)] }],
    partialFingerprints: { 'finding/v1': `${target.kind}|${findingIdentity(finding)}` },
  };
}

/** The most exact place that is known. */
function logicalLocation({ ns, params }: Finding): unknown {
  if (!ns) return { fullyQualifiedName: 'cluster', kind: 'resource' };
  const namespace = formatNamespace(ns);
  const { index } = params;
  if (typeof index !== 'string') return { name: ns.coll, fullyQualifiedName: namespace, kind: 'object' };
  return { name: index, fullyQualifiedName: `${namespace}/${index}`, kind: 'member' };
}
