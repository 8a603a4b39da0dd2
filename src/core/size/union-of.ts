import type { Assumption } from '../model/estimate.js';

/** Numbers that say how much was looked at: of several collections they add up. */
const COUNTED: ReadonlySet<string> = new Set(['documents', 'of', 'indexes']);
const COUNTING: ReadonlySet<string> = new Set([
  ...['sizes-scanned', 'sizes-sampled', 'terms-scanned', 'terms-sampled', 'terms-guessed'],
]);

/** What a sum rests on: what is said of one collection is said once for all of them, with their numbers added up. */
export function unionOf(assumptions: readonly (readonly Assumption[])[]): readonly Assumption[] {
  const byId = new Map<string, Assumption>();
  for (const assumption of assumptions.flat()) {
    const known = byId.get(assumption.id);
    if (!known) byId.set(assumption.id, assumption);
    else if (COUNTING.has(assumption.id)) byId.set(assumption.id, { ...known, params: added(known, assumption) });
  }
  return [...byId.values()];
}

function added({ params }: Assumption, other: Assumption): Assumption['params'] {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      COUNTED.has(name) ? Number(value) + Number(other.params[name] ?? 0) : value,
    ]),
  );
}
