/** A copy into a modelled budget: real pacer, modelled writers, the stand-in's budget by the second and partition. */
import { insertCharge } from '../../src/core/size/charges.js';
import { retryDelayMs } from '../../src/core/throttle/server-error.js';
import type { CopyLoad, CopyPacer } from '../../src/engine/pace/pacer.js';
import type { EventClock } from './event-clock.js';
import type { ThroughputPool } from './ru-stand-in/budget.js';

/** What a refused operation costs the budget; the stand-in's figure. */
const REFUSED_RU = 0.38;

export interface ModelledCopy {
  readonly clock: EventClock;
  readonly pacer: CopyPacer;
  readonly pool: ThroughputPool;
  /** Sizes of the documents, in bytes. */
  readonly documents: readonly number[];
  readonly random: () => number;
  readonly latencyMs: number;
  /** Index terms of each document. */
  readonly terms?: number;
  /** Relative noise of a charge. */
  readonly noise?: number;
  /** The sender knows which partition a document goes to. */
  readonly routed: boolean;
  readonly writers?: number;
}

export interface ModelledOutcome {
  readonly seconds: number;
  /** What the partition with the most to take needs at least. */
  readonly idealSeconds: number;
  readonly sent: number;
  readonly refused: number;
  readonly arrived: number;
}

interface Item {
  readonly bytes: number;
  readonly ru: number;
  readonly partition: number;
  notBefore: number;
  attempts: number;
}

export async function modelledCopy(model: ModelledCopy): Promise<ModelledOutcome> {
  const { clock, pacer, pool, random, routed } = model;
  const partitions = pool.partitions;
  const items = model.documents.map((bytes) => ({
    bytes,
    ru: insertCharge(bytes, model.terms ?? 0) * (1 + (model.noise ?? 0) * (random() * 2 - 1)),
    partition: Math.floor(random() * partitions),
    notBefore: 0,
    attempts: 0,
  }));
  const queues: Item[][] = routed ? Array.from({ length: partitions }, () => []) : [[]];
  for (const item of items) queues[routed ? item.partition : 0]?.push(item);
  const again: Item[][] = queues.map(() => []);
  const never = new AbortController().signal;
  const started = clock.now();
  let sent = 0;
  let refused = 0;
  let arrived = 0;
  const inFlight = queues.map(() => 0);
  const count = (lane: number, by: number): number => (inFlight[lane] = (inFlight[lane] ?? 0) + by);

  function nextLoad(lane: number): Item[] {
    const limit = pacer.insertLimit(routed ? lane : undefined);
    const back = again[lane] ?? [];
    const fresh = queues[lane] ?? [];
    const now = clock.now();
    const load: Item[] = [];
    let bytes = 0;
    const ready = back.filter((item) => item.notBefore <= now);
    for (const from of [ready, fresh]) {
      while (from.length > 0 && load.length < limit.documents && bytes < limit.bytes) {
        const item = from === fresh ? from.pop() : from.shift();
        if (!item) break;
        if (from === ready) back.splice(back.indexOf(item), 1);
        bytes += item.bytes;
        load.push(item);
      }
    }
    return load;
  }

  async function writer(lane: number): Promise<void> {
    for (;;) {
      while (count(lane, 0) >= pacer.concurrency()) await clock.sleep(1);
      const load = nextLoad(lane);
      const first = load[0];
      if (!first) {
        const waiting = (again[lane] ?? []).map((item) => item.notBefore);
        if (waiting.length === 0) return;
        await clock.sleep(Math.max(1, Math.min(...waiting) - clock.now()));
        continue;
      }
      const told: CopyLoad = {
        documents: load.length,
        bytes: load.reduce((sum, item) => sum + item.bytes, 0),
        ...(routed ? { partition: first.partition } : {}),
      };
      count(lane, 1);
      await pacer.admit(told, never);
      const wants = pacer.wantsCharge();
      const sentAt = clock.now();
      await clock.sleep(model.latencyMs / 2);
      const now = clock.now();
      let charged = 0;
      let advised: number | undefined;
      const failed: Item[] = [];
      for (const item of load) {
        if (pool.admit(item.partition, item.ru, now)) {
          arrived += 1;
          charged += item.ru;
        } else {
          pool.spend(item.partition, REFUSED_RU, now);
          charged += REFUSED_RU;
          advised = Math.max(advised ?? 0, pool.retryAfterMs(item.partition, now));
          failed.push(item);
        }
      }
      await clock.sleep(model.latencyMs / 2);
      count(lane, -1);
      sent += load.length;
      refused += failed.length;
      pacer.settle(told, wants ? charged : undefined, failed.length);
      let delayMs = 0;
      for (const item of failed) {
        item.attempts += 1;
        delayMs = retryDelayMs(1, advised, random);
        item.notBefore = clock.now() + delayMs;
        again[lane]?.push(item);
      }
      pacer.observe({
        sent: load.length,
        throttled: failed.length,
        latencyMs: clock.now() - sentAt,
        ...(failed.length > 0 ? { retryAfterMs: delayMs } : {}),
        ...(routed ? { partition: first.partition } : {}),
      });
    }
  }

  const writers = queues.flatMap((_, lane) => Array.from({ length: model.writers ?? 8 }, () => writer(lane)));
  await clock.run(Promise.all(writers));
  const perPartition = Array.from({ length: partitions }, (_, p) =>
    items.reduce((sum, item) => sum + (item.partition === p ? item.ru : 0), 0),
  );
  return {
    seconds: (clock.now() - started) / 1000,
    idealSeconds: Math.max(...perPartition) / (pool.offer.ruPerSecond / partitions),
    sent,
    refused,
    arrived,
  };
}
