import { describe, expect, it } from 'vitest';
import {
  namespaceRates,
  operationRates,
  countedFeatures,
  dataBearingMembers,
} from '../../src/core/usage/server-counters.js';
import type { FeatureUse } from '../../src/core/model/usage.js';
import { withoutOwnReads } from '../../src/core/usage/own-reads.js';
import { readOplogEntry } from '../../src/core/usage/oplog-shape.js';
import { UsageTally } from '../../src/core/usage/usage-tally.js';

function updated(...entries: readonly unknown[]): { fields: string[]; options: string[] } {
  const tally = new UsageTally('oplog');
  for (const entry of entries) readOplogEntry(entry, tally);
  return {
    fields: tally.fields.map(({ path, updated: count }) => `${path} ${count}`).sort(),
    options: tally.features.map(({ name, count }) => `${name} ${count}`),
  };
}

const update = (o: object): object => ({ op: 'u', ns: 'shop.orders', o });

describe('entries of the oplog', () => {
  it('tell what was changed as 4.4 and as 5.0 write it, alike', () => {
    const old = update({ $v: 1, $set: { 'b.c': 2, 'items.0.n': 1, 'items.1.n': 1, x: 5 }, $unset: { gone: true } });
    const difference = {
      i: { x: 5 },
      d: { gone: false },
      sb: { u: { c: 2 } },
      sitems: { a: true, s0: { u: { n: 1 } }, u2: { n: 3 } },
    };
    expect(updated(old).fields).toEqual(['b.c 1', 'gone 1', 'items.n 1', 'x 1']);
    // Of an array that has changed, the difference names the array.
    expect(updated(update({ $v: 2, diff: difference })).fields).toEqual(['b.c 1', 'gone 1', 'items 1', 'x 1']);
  });

  it('say nothing of a replacement, and look into transactions', () => {
    expect(updated(update({ _id: 1, a: 1, b: 2 })).fields).toEqual([]);
    const inside = {
      op: 'c',
      ns: 'admin.$cmd',
      txnNumber: 1,
      o: { applyOps: [update({ $v: 2, diff: { u: { a: 1 } } })] },
    };
    expect(updated(inside)).toEqual({ fields: ['a 1'], options: [] });
  });

  it('tell which writes a driver may send again', () => {
    const insert = { op: 'i', ns: 'shop.orders', o: null, txnNumber: 3 };
    expect(updated(insert, insert, { ...insert, txnNumber: undefined }).options).toEqual(['retryableWrite 2']);
    expect(updated({ ...insert, ns: 'config.system.sessions' }, { ...insert, fromMigrate: true }).options).toEqual([]);
  });
});

const status = (change: object = {}): object => ({
  host: 'a:27017',
  pid: 7,
  process: 'mongod',
  uptimeMillis: 100_000,
  opcounters: { insert: 100, query: 200, update: 0, delete: 0, getmore: 0, command: 50 },
  opcountersRepl: { insert: 0, query: 0, update: 0, delete: 0, getmore: 0, command: 0 },
  repl: { secondary: false },
  ...change,
});

describe('rates', () => {
  it('are those since the start, or those between two readings of one server', () => {
    expect(operationRates(status())).toMatchObject({ insert: 1, query: 2, seconds: 100, by: 'since-start' });
    const later = status({ uptimeMillis: 110_000, opcounters: { insert: 400, query: 200 } });
    expect(operationRates(later, status())).toMatchObject({ insert: 30, query: 0, seconds: 10, by: 'watched' });
  });

  it('are those since the start where the server was another one meanwhile, or has started again', () => {
    for (const change of [{ host: 'b:27017' }, { pid: 8 }, { uptimeMillis: 5_000 }]) {
      expect(operationRates(status(change), status())).toMatchObject({ by: 'since-start' });
    }
  });

  it("of a secondary are its clients' reads and the writes that it has applied", () => {
    const secondary = status({
      repl: { secondary: true },
      opcounters: { insert: 9, query: 500, update: 9, delete: 9 },
      opcountersRepl: { insert: 300, query: 0, update: 100, delete: 0 },
    });
    expect(operationRates(secondary)).toMatchObject({ insert: 3, query: 5, update: 1, delete: 0 });
  });

  it('of namespaces tell reads from writes, also those of commands', () => {
    const entry = { queries: { count: 10 }, getmore: { count: 90 }, insert: { count: 5 }, update: { count: 0 }, remove: { count: 1 }, commands: { count: 8 }, writeLock: { count: 9 }, readLock: { count: 105 } }; // prettier-ignore
    const top = { totals: { note: 'x', 'shop.orders': entry, 'shop.$cmd.aggregate': entry, 'admin.x': entry, 'shop.idle': {} } }; // prettier-ignore
    expect(namespaceRates(top, 2).namespaces).toEqual([
      { ns: { db: 'shop', coll: 'orders' }, readsPerSecond: 7.5, writesPerSecond: 4.5 },
    ]);
    expect(namespaceRates(top, 2, { earlier: top }).namespaces).toEqual([]);
  });
});

describe('inserts', () => {
  it('are documents, not commands: a batch is taken for as many as inserts had on average', () => {
    const of = (insert: number, update = 0): object => ({ insert: { count: insert }, update: { count: update } });
    const top = { totals: { 'shop.a': of(3), 'shop.b': of(1, 5), 'local.oplog.rs': of(1_000) } };
    // 4 inserts had 400 documents in 2 s; the server's own log is none of them.
    const { namespaces, documentsPerInsert } = namespaceRates(top, 2, { inserted: 200 });
    expect(documentsPerInsert).toBe(100);
    expect(namespaces.map(({ ns, writesPerSecond }) => [ns.coll, writesPerSecond])).toEqual([
      ['a', 150],
      ['b', 52.5],
    ]);
  });
});

describe('what an assessment has sent itself', () => {
  const counted = (times: number, more: Readonly<Record<string, number>> = {}): FeatureUse[] =>
    Object.entries({ $collStats: 1, $project: 2, $unionWith: 2, $indexStats: 1, $addFields: 2, $sample: 1, $group: 1 })
      .map(([name, each]) => [name, each * times + (more[name] ?? 0)] as const)
      .map(([name, count]) => ({ kind: 'stage', name, count, evidence: 'server-counters' }));
  const left = (features: readonly FeatureUse[]): string[] =>
    withoutOwnReads(features).map(({ name, count }) => `${name} ${count}`);

  it('is taken away from the counters, and what applications have sent stays', () => {
    expect(left(counted(14))).toEqual([]);
    expect(left(counted(14, { $unionWith: 3, $group: 9 }))).toEqual(['$unionWith 3', '$group 9']);
  });

  it('is nothing where its stages were not all sent', () => {
    const joins: FeatureUse[] = [{ kind: 'stage', name: '$unionWith', count: 5, evidence: 'server-counters' }];
    expect(withoutOwnReads(joins)).toEqual(joins);
  });
});

describe('counters', () => {
  it("leave out what is the server's own, and what was never used", () => {
    const metrics = {
      aggStageCounters: { $match: 5, $bucket: 0, $_internalInhibitOptimization: 3, $mergeCursors: 1 },
      operatorCounters: { expressions: { $const: 9, $round: 2 }, match: { $alwaysTrue: 4, $where: 1 } },
      commands: { '<UNKNOWN>': 3, _isSelf: { total: 4 }, mapReduce: { total: 2 }, update: { total: 0, pipeline: 6 } },
    };
    expect(countedFeatures({ metrics }).features.map((use) => `${use.kind} ${use.name} ${use.count}`)).toEqual([
      'stage $match 5',
      'expression $round 2',
      'query-operator $where 1',
      'command mapReduce 2',
      'option update.pipeline 6',
    ]);
  });

  it('of what is no reply are none', () => {
    for (const reply of [undefined, null, 5, [], { metrics: [] }, { metrics: { commands: 1 } }]) {
      expect(countedFeatures(reply).features).toEqual([]);
      expect(operationRates(reply)).toBeUndefined();
      expect(namespaceRates(reply, 1)).toEqual({ namespaces: [] });
      expect(dataBearingMembers(reply)).toBeUndefined();
    }
  });
});
