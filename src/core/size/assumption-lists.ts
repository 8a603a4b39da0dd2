import type { Assumption, Estimate, EstimateUnit } from '../model/estimate.js';

/**
 * Lists of assumptions, each kept once: most figures of ten thousand collections rest on the same, and lists of their own would take several times the room of the
 * figures. An assumption stands once in a list, in the order in which they came.
 */
export class AssumptionLists {
  readonly #lists = new Map<string, readonly Assumption[]>();

  estimate(
    unit: EstimateUnit,
    of: Pick<Estimate, 'low' | 'expected' | 'high'>,
    assumptions: readonly Assumption[],
  ): Estimate {
    return { unit, low: of.low, expected: of.expected, high: of.high, assumptions: this.#once(assumptions) };
  }

  #once(assumptions: readonly Assumption[]): readonly Assumption[] {
    const byKey = new Map<string, Assumption>();
    for (const assumption of assumptions) {
      const key = JSON.stringify([assumption.id, assumption.params]);
      if (!byKey.has(key)) byKey.set(key, assumption);
    }
    const name = [...byKey.keys()].join('\n');
    const known = this.#lists.get(name);
    if (known) return known;
    const list = [...byKey.values()];
    this.#lists.set(name, list);
    return list;
  }
}
