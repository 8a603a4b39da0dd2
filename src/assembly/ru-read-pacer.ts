/** Holds verification's reads of an RU target within what its collections have been given. */
import type { Plan, PlannedCollection } from '../core/model/plan.js';
import type { Clock } from '../engine/ports.js';
import { queryCharge, readPacer, type Pacer } from '../engine/verify/pacer.js';
import type { MongoCosmosRu } from '../adapters/mongo/cosmos-ru.js';
import { rateOf } from '../core/size/usable-rate.js';

export type RuFacts = Pick<MongoCosmosRu, 'getCollection' | 'getDatabaseThroughput'>;

/** Asking costs a round trip and a request unit; beyond this many collections the rest does not change the average. */
const ASKED = 20;
/** Where nothing says more. Source: learn.microsoft.com/azure/cosmos-db/mongodb/custom-commands. */
const DEFAULT_RU_PER_SECOND = 400;

/**
 * RU/s at which the plan's collections can be read one after another: each at its own throughput, weighted by what reading it costs.
 * Single ones may be read a little too fast for their own throughput; a throttled read is repeated.
 */
export async function readableRate(plan: Plan, ru: RuFacts): Promise<number> {
  const costs = plan.collections
    .filter((c) => !c.options.view)
    .map((planned) => ({ planned, cost: queryCharge(planned.logicalBytes, planned.documents) }))
    .sort((a, b) => b.cost - a.cost)
    .slice(0, ASKED)
    .filter(({ cost }, i) => cost > 0 || i === 0);
  let total = 0;
  let seconds = 0;
  for (const { planned, cost } of costs) {
    const weight = Math.max(1, cost);
    total += weight;
    seconds += weight / (await collectionRate(planned, ru));
  }
  return seconds > 0 ? total / seconds : DEFAULT_RU_PER_SECOND;
}

async function collectionRate(planned: PlannedCollection, ru: RuFacts): Promise<number> {
  const found = await ru.getCollection(planned.target);
  const own = rateOf(found?.throughput) ?? rateOf(planned.throughput);
  if (own !== undefined) return own;
  return rateOf(await ru.getDatabaseThroughput(planned.target.db)) ?? DEFAULT_RU_PER_SECOND;
}

/** Asks for the throughput when the first document has been read: before that, collections may not be there. */
export function ruReadPacer(plan: Plan, ru: RuFacts, options: { clock: Clock; signal?: AbortSignal }): Pacer {
  let pacer: Promise<Pacer> | undefined;
  return {
    async admit(bytes, documents) {
      pacer ??= readableRate(plan, ru).then((ruPerSecond) => readPacer({ ...options, ruPerSecond }));
      await (await pacer).admit(bytes, documents);
    },
  };
}
