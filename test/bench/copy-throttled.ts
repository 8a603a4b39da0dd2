import { serialize } from 'bson';
import { Refusals } from '../../src/core/conflict/refusals.js';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { RawCopySource } from '../../src/adapters/mongo/raw-copy-source.js';
import { RawCopyTarget } from '../../src/adapters/mongo/raw-copy-target.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { findElement } from '../../src/core/bson/raw-document.js';
import type { CopyCounts } from '../../src/engine/copy/counters.js';
import { CollectionsCopy } from '../../src/engine/copy/copy-collections.js';
import { WriterPool } from '../../src/engine/copy/writer-pool.js';
import { copyPacers } from '../../src/engine/pace/pacers.js';
import { signalForMany } from '../../src/engine/signal-for-many.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { startMongod } from '../support/mongod.js';
import { createRuCollection, fillCollection } from '../support/restore-through-relay.js';
import { hashValue } from '../support/ru-stand-in/raw-path.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { planOf, plannedCollection } from '../unit/engine-builders.js';
import { bytes } from '../../src/core/model/units.js';
import { median, report } from './figures.js';

const DB = 'bench';
const NS = { db: DB, coll: 'docs' };
/** Seconds that the budget allows at best: long against the second by which it is counted. */
const SECONDS = 20;
/** Of a document of 0.5 KB without secondary indexes, by Microsoft's table. */
const RU_PER_DOCUMENT = 4.95;

/** The engine's copy, with its own pacer, from one connection string to another. Resolves with what was counted. */
async function copyOnce(sourceUri: string, targetUri: string, documents: number): Promise<CopyCounts | undefined> {
  await using source = await connect({ connectionString: parseConnectionString(sourceUri), clock: systemClock });
  await using target = await connect({ connectionString: parseConnectionString(targetUri), clock: systemClock });
  const halt = new AbortController();
  // As in a run: every insert on its way listens.
  const signal = signalForMany(halt.signal);
  const planned = plannedCollection(NS, NS, { documents, logicalBytes: bytes(documents * 512) });
  const pacers = copyPacers({ clock: systemClock, ru: target.ru, roundTripMs: target.facts.latencyMs, signal });
  const copyTarget = new RawCopyTarget(target);
  const writers = new WriterPool(copyTarget, signal);
  const copy = new CollectionsCopy(
    [{ planned, goesOn: false }],
    {
      plan: planOf([planned], { targetKind: 'cosmos-ru' }),
      session: source.session,
      source: new RawCopySource(source.session),
      target: copyTarget,
      pacers,
      writers,
      journal: memoryJournal({ runId: 'r', planId: 'p', planHash: 'h' }),
      deadLetters: {
        add: () => Promise.reject(new Error('a dead letter')),
        flush: () => Promise.resolve(),
        count: () => 0,
      },
      refusals: new Refusals(0, () => undefined),
      readers: () => 2,
      clock: systemClock,
      random: Math.random,
      signal,
    },
    halt,
  );
  await copy.run();
  const counts = copy.counts()[0];
  await writers.close();
  return counts;
}

/** Share of the documents that the fullest partition gets, by the model's own hash. */
function fullest(documents: number, partitions: number): number {
  const counts = Array.from({ length: partitions }, () => 0);
  for (let id = 0; id < documents; id += 1) {
    const document = Buffer.from(serialize({ _id: id }));
    const element = findElement(document, '_id');
    const partition = element && partitions > 1 ? hashValue(document, element) % partitions : 0;
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  return Math.max(...counts) / documents;
}

/**
 * Wall time of the engine's copy into the RU stand-in (a model) as a share of the ideal: what the partition with the most to take needs.
 * Which partition a document goes to is the target's secret, as in the service.
 */
export async function benchCopyThrottled(runs: number): Promise<boolean> {
  let kept = true;
  for (const [ruPerSecond, partitions] of [
    [2_000, 1],
    [20_000, 1],
    [2_000, 5],
    [20_000, 5],
  ] as const) {
    const count = Math.floor((ruPerSecond * SECONDS) / RU_PER_DOCUMENT);
    await using source = await startMongod();
    await fillCollection(source.uri, DB, NS.coll, count, 512);
    const walls: number[] = [];
    const rejected: number[] = [];
    const lost: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      await using backend = await startMongod();
      await using standIn = await startRuStandIn({ backendPort: backend.port });
      // So many partitions come with 6,000 RU/s each; then the rate is set to what is measured.
      await createRuCollection(standIn.uri, DB, NS.coll, partitions === 1 ? 10_000 : partitions * 6_000);
      standIn.setRuPerSecond(`${DB}.${NS.coll}`, ruPerSecond);
      const started = performance.now();
      const counts = await copyOnce(source.uri, standIn.uri, count);
      const seconds = (performance.now() - started) / 1000;
      const charged = standIn.stats()[`${DB}.${NS.coll}`]?.ruCharged ?? Number.NaN;
      walls.push(seconds / ((charged * fullest(count, partitions)) / (ruPerSecond / partitions)));
      rejected.push(((counts?.throttledOperations ?? Number.NaN) / (counts?.sentOperations ?? Number.NaN)) * 100);
      lost.push(count - (counts?.acknowledged ?? 0));
    }
    const detail = `${ruPerSecond} RU/s of the model, ${partitions} partition(s), ${count} documents of 0.5 KB, ${runs} runs: ${walls.map((w) => w.toFixed(3)).join(' ')}`;
    const wall = { name: 'direct copy: wall time / (RU / RU/s)', value: median(walls), bar: 1.03, unit: '', detail };
    kept = report(wall) && kept;
    const refused = { name: 'direct copy: rejected', value: median(rejected), bar: 1, unit: ' %', detail: 'same runs' };
    kept = report(refused) && kept;
    kept =
      report({ name: 'direct copy: lost', value: Math.max(...lost), bar: 0, unit: '', detail: 'same runs' }) && kept;
  }
  return kept;
}
