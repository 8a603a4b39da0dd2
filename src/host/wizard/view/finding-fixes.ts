import { largeDocumentLimit } from '../../../core/assess/large-documents.js';
import type { ShardKeyAdvice, ShardKeyCandidate } from '../../../core/model/assessment.js';
import type { Finding } from '../../../core/model/finding.js';
import { formatNamespace } from '../../../core/model/namespace.js';
import type { FindingFix } from '../../../protocol/wizard.js';
import type { StepInput } from './wizard-model.js';

/** More of one finding are settled in the plan file, or collection by collection. */
const MOST_FIXES = 20;
/** Candidates for one collection: the best. */
const MOST_CANDIDATES = 4;
/** So many partitions a bar can show apart. */
const MOST_SHARES = 40;

/** What the plan can do about findings of the chosen target that are told of together. */
export function findingFixes(findings: readonly Finding[], input: StepInput): readonly FindingFix[] {
  return findings.flatMap((finding) => fixesOf(finding, input)).slice(0, MOST_FIXES);
}

function fixesOf(finding: Finding, input: StepInput): readonly FindingFix[] {
  const { state, derived, t } = input;
  const { rule, ns: namespace, params, remedy } = finding;
  if (!namespace) return [];
  const ns = formatNamespace(namespace);
  const index = params['index'];
  if (rule.startsWith('index-') && typeof index === 'string') {
    const applied = state.leftOutIndexes?.[ns]?.includes(index) ?? false;
    return [{ kind: 'leave-out', ns, name: index, label: t('Leave out {0} of {1}', index, ns), applied }];
  }
  const method = derived.plan?.method ?? state.method;
  if (largeDocumentLimit(finding) !== undefined && method === 'direct-copy') {
    const applied = Object.hasOwn(state.keptAside ?? {}, ns);
    const label = t('Keep large documents of {0} aside, unsent', ns);
    return [{ kind: 'keep-aside', ns, name: '', label, applied }];
  }
  if (remedy !== 'choose-shard-key' || derived.target?.kind !== 'cosmos-ru') return [];
  const candidates = adviceFor(ns, input)?.candidates ?? [];
  return candidates
    .filter(({ possible }) => possible)
    .slice(0, MOST_CANDIDATES)
    .map((candidate) => shardKeyFix(ns, candidate, input));
}

function adviceFor(ns: string, { assessment }: StepInput): ShardKeyAdvice | undefined {
  const assessed = assessment?.targets.find(({ target }) => target.kind === 'cosmos-ru');
  return assessed?.shardKeys.find((advice) => formatNamespace(advice.ns) === ns);
}

function shardKeyFix(
  ns: string,
  { path, score, distribution }: ShardKeyCandidate,
  { state, t }: StepInput,
): FindingFix {
  const shares = distribution.slice(0, MOST_SHARES).map((share) => Math.min(1, Math.max(0, share)));
  const percent = Math.round((shares[0] ?? 0) * 100);
  return {
    kind: 'shard-key',
    ns,
    name: path,
    label: t('Shard {0} by {1} ({2} of 100 points)', ns, path, Math.round(score)),
    applied: state.shardKeys[ns] === path,
    ...(shares.length > 1
      ? { shares, sharesText: t('{0} partitions, {1} % of the data on the fullest', shares.length, percent) }
      : {}),
  };
}
