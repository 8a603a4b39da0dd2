import type { IndexTranslation } from '../model/assessment.js';
import { formatNamespace } from '../model/namespace.js';
import { planOptions, planShardKey } from '../plan/options.js';
import { assessContext, type AssessInput } from './assess.js';

/** Every index of what is selected with its form on the target, by collection: as a plan would make them. */
export function indexTranslations(input: AssessInput): readonly IndexTranslation[] {
  const { target, shardKeys } = input;
  return assessContext(input).collections.flatMap(({ facts, name, indexes }) => {
    if (facts.type !== 'collection') return [];
    const { shardKey } = planShardKey(facts, target, shardKeys?.[formatNamespace(facts.ns)]);
    const collated = planOptions(facts.options, target).options.collation !== undefined;
    return [
      {
        ns: facts.ns,
        target: name,
        indexes,
        ...(shardKey ? { shardKey } : {}),
        ...(collated ? { collated } : {}),
      },
    ];
  });
}
