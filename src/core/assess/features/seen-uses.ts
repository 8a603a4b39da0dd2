import { formatNamespace, type Namespace } from '../../model/namespace.js';
import type { FeatureEvidence, FeatureKind, FeatureUse } from '../../model/usage.js';
import type { AssessContext, RuleHit } from '../rule.js';
import { versionName } from './target-support.js';

/** One thing in use, in one collection where that is known; uses that were seen in several ways are one. */
export interface SeenUse {
  readonly kind: FeatureKind;
  readonly name: string;
  readonly ns?: Namespace;
  /** Of the evidence that saw it most often: a log and a profiler see the same operations. */
  readonly count: number;
  readonly evidence: FeatureEvidence;
}

/**
 * What is in use on the collections that are looked at. Operations come before counters: where an operation showed a use, the server's counter of the same
 * says no more.
 */
export function seenUses(context: AssessContext): readonly SeenUse[] {
  const selected = new Set(context.collections.map(({ facts }) => formatNamespace(facts.ns)));
  const uses = (context.usage?.features ?? []).filter(({ ns }) => !ns || selected.has(formatNamespace(ns)));
  const inOperations = new Set(uses.filter((use) => use.evidence !== 'server-counters').map(nameOf));
  const seen = new Map<string, SeenUse>();
  for (const use of uses) {
    if (use.evidence === 'server-counters' && inOperations.has(nameOf(use))) continue;
    const key = `${nameOf(use)}\0${use.ns ? formatNamespace(use.ns) : ''}`;
    const known = seen.get(key);
    if (!known || use.count > known.count) seen.set(key, use);
  }
  return [...seen.values()];
}

function nameOf({ kind, name }: Pick<FeatureUse, 'kind' | 'name'>): string {
  return `${kind}\0${name}`;
}

/** What was seen of one option in operations. */
export function seenOptions(context: AssessContext, ...names: readonly string[]): readonly SeenUse[] {
  return seenUses(context).filter(({ kind, name }) => kind === 'option' && names.includes(name));
}

/** A use as what a rule has found. `source`: in the place of the rule's own. */
export function hitOf(context: AssessContext, use: SeenUse, source?: string): RuleHit {
  const { kind, name, ns, count, evidence } = use;
  return {
    ...(ns ? { ns } : {}),
    params: { kind, name, count, evidence, version: versionName(context.target) },
    ...(source === undefined ? {} : { source }),
  };
}
