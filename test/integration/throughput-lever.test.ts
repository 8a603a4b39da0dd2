import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { OfferedThroughput, Plan } from '../../src/core/model/plan.js';
import { GIB, ruPerSecond } from '../../src/core/model/units.js';
import { planThroughputRaise } from '../../src/core/plan/throughput-raise.js';
import type { JournalRecord, Verdict } from '../../src/engine/journal/record.js';
import { prepareTarget } from '../../src/engine/prepare/prepare-target.js';
import { ThroughputLever, withRaisedThroughput, type LeverParts } from '../../src/engine/prepare/throughput-lever.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';
import { planOf, plannedCollection } from '../unit/engine-builders.js';

const never = new AbortController().signal;
/** Of every test: what is copied is raised. */
const copied = new Set(
  ['whole', 'failed', 'before-raising', 'after-raising', 'stuck', 'alone', 'split'].map((coll) => `lever.${coll}`),
).add('together.any');
const DONE: Verdict = { state: 'completed', reasons: [] };
const manual = (figure: number): OfferedThroughput => ({ kind: 'manual', ruPerSecond: ruPerSecond(figure) });

let backend: RunningMongod;
let target: RuStandIn;
let cluster: ConnectedCluster;

beforeAll(async () => {
  backend = await startMongod();
  target = await startRuStandIn({ backendUri: backend.uri });
  cluster = await connect({ connectionString: parseConnectionString(target.uri), clock: systemClock });
});
afterAll(async () => {
  await cluster?.close();
  await target?.close();
  await backend?.stop();
});

function ruOf(): NonNullable<ConnectedCluster['ru']> {
  if (!cluster.ru) throw new Error('no RU session');
  return cluster.ru;
}

/** A plan for one sharded collection that keeps 1,000 RU/s and is raised to 50,000. */
function planFor(coll: string): Plan {
  const ns = { db: 'lever', coll };
  const raise = planThroughputRaise({
    budget: `lever.${coll}`,
    kept: manual(1_000),
    wantedRuPerSecond: 50_000,
    bytes: 10 * GIB,
    canSplit: true,
  });
  if (!raise) throw new Error('nothing to raise');
  const collection = plannedCollection(ns, ns, { shardKey: [['k', 'hashed']], throughput: manual(1_000) });
  return planOf([collection], { targetKind: 'cosmos-ru', throughputRaises: [raise.raise] });
}

function partsFor(coll: string, records: JournalRecord[] = []) {
  const journal = memoryJournal({ runId: 'r', planId: 'p', planHash: 'h' }, records);
  const parts: LeverParts = { plan: planFor(coll), ru: ruOf(), journal, clock: systemClock };
  const prepare = (lever: ThroughputLever) =>
    prepareTarget(lever.plan, cluster.session, ruOf(), journal, { clock: systemClock });
  const throughput = async () => (await ruOf().getCollection({ db: 'lever', coll }))?.throughput;
  const phases = () => journal.records.flatMap((r) => (r.type === 'throughput' ? [r.phase] : []));
  return { journal, parts, prepare, throughput, phases };
}

describe('the throughput lever', () => {
  it('makes a collection with enough partitions, raises it while it is copied and puts it back', async () => {
    const { parts, prepare, throughput, phases, journal } = partsFor('whole');
    const verdict = await withRaisedThroughput(parts, async (lever) => {
      await prepare(lever);
      expect(await throughput()).toEqual(manual(30_000));
      await lever.raise(never, copied);
      expect(await throughput()).toEqual(manual(50_000));
      expect(await ruOf().physicalPartitions({ db: 'lever', coll: 'whole' })).toBe(5);
      expect(journal.status().raised).toEqual({ 'lever.whole': manual(1_000) });
      return DONE;
    });
    expect(verdict).toEqual(DONE);
    expect(await throughput()).toEqual(manual(1_000));
    expect(journal.status().raised).toEqual({});
    expect(phases()).toEqual(['intent', 'raised', 'restored']);
  });

  it('makes a collection high for its partitions, lowers it for the copy, and goes on so after a failure in between', async () => {
    const decided = planThroughputRaise({
      ...{ budget: 'lever.split', kept: manual(1_000), wantedRuPerSecond: 20_000, bytes: 400 * GIB, canSplit: true },
      preSplit: true,
    });
    if (!decided) throw new Error('nothing to raise');
    const of = (records: JournalRecord[] = []) => {
      const { parts, ...rest } = partsFor('split', records);
      return { ...rest, parts: { ...parts, plan: { ...parts.plan, throughputRaises: [decided.raise] } } };
    };
    const partitions = () => ruOf().physicalPartitions({ db: 'lever', coll: 'split' });
    const first = of();
    const failed = withRaisedThroughput(first.parts, async (lever) => {
      await first.prepare(lever);
      expect(await first.throughput()).toEqual(manual(60_000));
      throw new MigrationError('connection-lost');
    });
    await expect(failed).rejects.toThrow('connection-lost');
    expect(await first.throughput()).toEqual(manual(1_000));
    // Killed while it is copied, at what the copy is to have.
    const second = of([...first.journal.records]);
    const killed = new ThroughputLever(second.parts);
    await killed.announce();
    await second.prepare(killed);
    await killed.raise(never, copied);
    expect(await second.throughput()).toEqual(manual(20_000));
    const third = of([...second.journal.records]);
    await withRaisedThroughput(third.parts, async (lever) => {
      await third.prepare(lever);
      await lever.raise(never, copied);
      expect(await third.throughput()).toEqual(manual(20_000));
      return DONE;
    });
    expect(await third.throughput()).toEqual(manual(1_000));
    expect(await partitions()).toBe(10);
    expect(third.journal.status().raised).toEqual({});
  });

  it('puts it back after a failure', async () => {
    const { parts, prepare, throughput } = partsFor('failed');
    const attempt = withRaisedThroughput(parts, async (lever) => {
      await prepare(lever);
      await lever.raise(never, copied);
      throw new MigrationError('connection-lost');
    });
    await expect(attempt).rejects.toThrow('connection-lost');
    expect(await throughput()).toEqual(manual(1_000));
  });

  it.each(['before raising', 'after raising'])('puts it back on the next start after a crash %s', async (when) => {
    const coll = when.replace(' ', '-');
    const first = partsFor(coll);
    const killed = new ThroughputLever(first.parts);
    await killed.announce();
    await first.prepare(killed);
    if (when === 'after raising') await killed.raise(never, copied);
    // A later process reads the journal again, and this time the run is over quickly.
    const second = partsFor(coll, [...first.journal.records]);
    expect(second.journal.status().raised).toEqual({ [`lever.${coll}`]: manual(1_000) });
    await withRaisedThroughput(second.parts, () => Promise.resolve(DONE));
    expect(await second.throughput()).toEqual(manual(1_000));
  });

  it('has nothing to put back where the collection was never made', async () => {
    const { parts, phases } = partsFor('never');
    expect(await withRaisedThroughput(parts, () => Promise.resolve(DONE))).toEqual(DONE);
    expect(phases()).toEqual(['intent', 'restored']);
  });

  it('tells what could not be put back, and keeps it in mind', async () => {
    const { parts, prepare, phases, journal } = partsFor('stuck');
    let isStuck = false;
    const ru: LeverParts['ru'] = {
      getCollection: (ns) => ruOf().getCollection(ns),
      setThroughput: (to, throughput) =>
        isStuck ? Promise.reject(new MigrationError('connection-lost')) : ruOf().setThroughput(to, throughput),
    };
    const verdict = await withRaisedThroughput({ ...parts, ru }, async (lever) => {
      await prepare(lever);
      await lever.raise(never, copied);
      isStuck = true;
      return DONE;
    });
    expect(verdict).toEqual({
      state: 'completed-with-findings',
      reasons: [{ id: 'throughput-not-restored', params: { budget: 'lever.stuck', message: 'connection-lost' } }],
    });
    expect(phases().at(-1)).toBe('restore-failed');
    expect(journal.status().raised).toHaveProperty(['lever.stuck']);
    isStuck = false;
    expect(await new ThroughputLever({ ...parts, ru }).restore()).toEqual([]);
    expect(journal.status().raised).toEqual({});
  });

  it('goes on where the target refuses to raise, and raises shared throughput of a database', async () => {
    await cluster.session.command('together', {
      customAction: 'CreateDatabase',
      offerThroughput: 1_000,
    });
    const { parts, phases } = partsFor('refused');
    const raises = [
      { budget: 'together.', raiseTo: manual(10_000), restoreTo: manual(1_000) },
      // No step of 100: refused.
      { budget: 'together.', raiseTo: manual(10_050), restoreTo: manual(1_000) },
    ];
    const plan = { ...parts.plan, throughputRaises: raises };
    await withRaisedThroughput({ ...parts, plan }, async (lever) => {
      await lever.raise(never, copied);
      expect(await ruOf().getDatabaseThroughput('together')).toEqual(manual(10_000));
      return DONE;
    });
    expect(phases()).toEqual(['intent', 'intent', 'raised', 'raise-failed', 'restored']);
    expect(await ruOf().getDatabaseThroughput('together')).toEqual(manual(1_000));
  });

  it('leaves a plan without it, and a target without request units, alone', async () => {
    const { parts, phases } = partsFor('alone');
    const { throughputRaises, ...plan } = parts.plan;
    expect(throughputRaises).toHaveLength(1);
    await withRaisedThroughput({ ...parts, plan }, () => Promise.resolve(DONE));
    await withRaisedThroughput({ ...parts, ru: undefined }, () => Promise.resolve(DONE));
    expect(phases()).toEqual([]);
  });
});
