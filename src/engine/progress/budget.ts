import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan } from '../../core/model/plan.js';
import { figureOf } from '../../core/plan/throughput-raise.js';

/** RU/s provisioned for these namespaces; `provisioned` as for {@link budgetNameOf}. */
export function budgetOf(active: ReadonlySet<string>, provisioned: ReadonlyMap<string, number>): number {
  const names = new Set([...active].map((ns) => budgetNameOf(ns, provisioned)));
  return [...names].reduce((sum, name) => sum + (provisioned.get(name) ?? 0), 0);
}

/** The budget that a namespace is written from. `provisioned`: RU/s by budget, which is a namespace or, shared, a database with a dot behind it. */
export function budgetNameOf(ns: string, provisioned: ReadonlyMap<string, number>): string {
  return provisioned.has(ns) ? ns : `${ns.slice(0, ns.indexOf('.'))}.`;
}

/** RU/s by budget, as the plan has it while the copy runs; what it says nothing of is left out. */
export function plannedBudgets({ collections, throughputRaises = [] }: Plan): ReadonlyMap<string, number> {
  const own = collections.flatMap(({ target, throughput }) =>
    throughput?.kind === 'manual' || throughput?.kind === 'autoscale'
      ? [[formatNamespace(target), figureOf(throughput)] as const]
      : [],
  );
  return new Map([...own, ...throughputRaises.map(({ budget, raiseTo }) => [budget, figureOf(raiseTo)] as const)]);
}
