/** The service's rules for throughput and partitions (facts sections 2.3, 8.2 and 8.8). */
import type { Document } from 'bson';
import type { Offer, ThroughputPool } from './budget.js';
import { badValue, CommandRefusal } from './refusal.js';

const PARTITION_MAX_RU = 10_000;
/** What one partition is given when a sharded collection is created with manual throughput. */
const CREATION_RU_PER_PARTITION = 6000;
const MANUAL_MINIMUM = 400;
const MANUAL_STEP = 100;
const AUTOSCALE_STEP = 1000;
const MAXIMUM = 1_000_000;
const UPDATES_PER_WINDOW = 25;
const UPDATE_WINDOW_MS = 5 * 60_000;

export function partitionsAtCreation(offer: Offer, sharded: boolean): number {
  if (!sharded) return 1;
  const perPartition = offer.kind === 'manual' ? CREATION_RU_PER_PARTITION : PARTITION_MAX_RU;
  return Math.max(1, Math.ceil(offer.ruPerSecond / perPartition));
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}

/** The offer in a custom action, or undefined where it names none. @throws CommandRefusal for one that the service would not take. */
export function offerOf(command: Document): Offer | undefined {
  const manual: unknown = command['offerThroughput'];
  const auto: unknown = command['autoScaleSettings'];
  if (manual !== undefined && auto !== undefined) {
    throw badValue('offerThroughput and autoScaleSettings cannot be given together');
  }
  if (manual !== undefined) {
    return checked('manual', wholeNumber(manual), MANUAL_MINIMUM, MANUAL_STEP);
  }
  if (auto !== undefined) {
    const maximum: unknown =
      typeof auto === 'object' && auto !== null ? (auto as Document)['maxThroughput'] : undefined;
    return checked('autoscale', wholeNumber(maximum), AUTOSCALE_STEP, AUTOSCALE_STEP);
  }
  return undefined;
}

function checked(kind: Offer['kind'], ruPerSecond: number | undefined, minimum: number, step: number): Offer {
  if (ruPerSecond === undefined || ruPerSecond < minimum || ruPerSecond > MAXIMUM || ruPerSecond % step !== 0) {
    throw badValue(
      `The offer should have valid throughput values between ${minimum} and ${MAXIMUM} inclusive in increments of ${step}.`,
    );
  }
  return { kind, ruPerSecond };
}

export function requireShardKey(offer: Offer, sharded: boolean): void {
  if (!sharded && offer.ruPerSecond > PARTITION_MAX_RU) {
    throw badValue('A shard key is required for collections with more than 10000 RU/s.');
  }
}

function floorOf(pool: ThroughputPool, kind: Offer['kind'], storedGigabytes: number): number {
  if (kind === 'manual') return Math.max(MANUAL_MINIMUM, Math.ceil(storedGigabytes), pool.highestEver / 100);
  const least = Math.max(AUTOSCALE_STEP, storedGigabytes * 10, pool.highestEver / 10);
  return Math.ceil(least / AUTOSCALE_STEP) * AUTOSCALE_STEP;
}

/** Scales a pool as the service does: within P x 10,000 RU/s at once, above it later and with more partitions. @throws CommandRefusal */
export function scalePool(
  pool: ThroughputPool,
  offer: Offer,
  sharded: boolean,
  storedGigabytes: number,
  now: number,
  delayMs: number,
): void {
  pool.settle(now);
  if (offer.kind !== pool.offer.kind) {
    throw badValue('Manual and autoscale throughput can only be exchanged in the portal.');
  }
  requireShardKey(offer, sharded);
  const floor = floorOf(pool, offer.kind, storedGigabytes);
  if (offer.ruPerSecond < floor) {
    throw badValue(`The offer should have valid throughput values not below ${floor} RU/s for this resource.`);
  }
  if (!pool.countUpdate(now, UPDATES_PER_WINDOW, UPDATE_WINDOW_MS)) {
    throw new CommandRefusal(16500, 'RequestRateTooLarge', 'Too many throughput updates: 25 are allowed in 5 minutes.');
  }
  const needed = Math.max(pool.partitions, Math.ceil(offer.ruPerSecond / PARTITION_MAX_RU));
  pool.scale(offer, needed, now, needed > pool.partitions ? delayMs : 0);
}

/** How replies show an offer; autoscale shows its floor of a tenth as provisioned. */
export function describeOffer(offer: Offer): Document {
  if (offer.kind === 'manual') return { provisionedThroughput: offer.ruPerSecond };
  return {
    provisionedThroughput: offer.ruPerSecond / 10,
    autoScaleSettings: { maxThroughput: offer.ruPerSecond },
  };
}
