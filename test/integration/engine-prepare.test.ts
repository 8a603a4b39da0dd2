import { BSON, type Document } from 'bson';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { elementName, elements, findElement } from '../../src/core/bson/raw-document.js';
import { MigrationError } from '../../src/core/model/error.js';
import { bytes, ruPerSecond } from '../../src/core/model/units.js';
import type { Journal } from '../../src/engine/journal/port.js';
import type { ClusterSession } from '../../src/engine/ports.js';
import { buildIndexes } from '../../src/engine/prepare/build-indexes.js';
import { prepareTarget } from '../../src/engine/prepare/prepare-target.js';
import { createViews } from '../../src/engine/prepare/views.js';
import { verifyRun } from '../../src/engine/verify/verify-run.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { bent } from '../support/fake-cluster.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';
import { virtualClock } from '../support/virtual-clock.js';
import { indexFacts, plannedCollection, plannedIndex, planOf } from '../unit/engine-builders.js';

const identity = { runId: 'run', planId: 'plan', planHash: 'hash' };
const context = { clock: systemClock };
const DB = 'prepared';

let server: RunningMongod;
let cluster: ConnectedCluster;
let session: ClusterSession;
let standIn: RuStandIn;
let ru: ConnectedCluster;

beforeAll(async () => {
  server = await startMongod();
  cluster = await connect({ connectionString: parseConnectionString(server.uri), clock: systemClock });
  ({ session } = cluster);
  standIn = await startRuStandIn({ backendPort: server.port, ruPerSecond: 5_000 });
  ru = await connect({ connectionString: parseConnectionString(standIn.uri), clock: systemClock });
});
afterAll(async () => {
  await ru.close();
  await standIn.close();
  await cluster.close();
  await server.stop();
});
beforeEach(async () => {
  for (const db of [DB, 'ru', 'source']) await session.command(db, { dropDatabase: 1 });
});

const planned = (db: string, coll: string, more: Parameters<typeof plannedCollection>[2] = {}) =>
  plannedCollection({ db: 'source', coll }, { db, coll }, more);
const unique = indexFacts('u_1', [['u', 1]], { unique: true });
const journalOf = (): Journal => memoryJournal(identity);

async function indexesOf(db: string, coll: string): Promise<Document[]> {
  const reply = await session.command(db, { listIndexes: coll });
  return (reply.cursor as { firstBatch: Document[] }).firstBatch;
}

describe('preparing a MongoDB target', () => {
  const options = {
    validator: { a: { $type: 'string' } },
    validationLevel: 'moderate',
    collation: { locale: 'de', strength: { $numberInt: '2' } },
  };
  const plan = planOf([
    planned(DB, 'plain ü.x', {
      options,
      indexes: [
        plannedIndex(indexFacts('ttl', [['at', 1]], { expireAfterSeconds: 60 }), {
          kind: 'create',
          when: 'after-verification',
        }),
        plannedIndex(unique, { kind: 'create', when: 'before-data' }),
        plannedIndex(
          indexFacts(
            'text',
            [
              ['_fts', 'text'],
              ['_ftsx', 1],
            ],
            {
              otherOptions: {
                weights: { t: { $numberInt: '3' } },
                default_language: 'german',
                language_override: 'language',
                v: { $numberInt: '2' },
              },
            },
          ),
        ),
        plannedIndex(
          indexFacts('numbers', [
            ['b', 1],
            ['2', -1],
            ['1', 1],
          ]),
        ),
        plannedIndex(
          indexFacts('partial', [['p', 1]], { partialFilterExpression: { n: { $gt: { $numberLong: '5' } } } }),
        ),
        plannedIndex(indexFacts('gone', [['g', 1]]), { kind: 'skip', why: 'text-unsupported' }),
        plannedIndex(indexFacts('h', [['h', 'hashed']]), {
          kind: 'rewrite',
          when: 'after-data',
          why: 'hashed-to-ascending',
          to: indexFacts('h', [['h', 1]]),
        }),
      ],
    }),
    planned(DB, 'capped', { options: { capped: { sizeBytes: bytes(4096), maxDocuments: 10 } } }),
    planned(DB, 'view', {
      options: { view: { on: 'plain ü.x', pipeline: [{ $match: { a: { $numberInt: '1' } } }] } },
    }),
  ]);

  it('makes collections, indexes in their time and views, and verification finds all of it as planned', async () => {
    const journal = journalOf();
    const prepared = await prepareTarget(plan, session, undefined, journal, context);
    expect(prepared).toMatchObject([
      {
        ns: `${DB}.plain ü.x`,
        outcome: { kind: 'created' },
        indexes: [
          { index: 'u_1', outcome: { kind: 'created' } },
          { index: 'gone', outcome: { kind: 'skipped', why: 'text-unsupported' } },
        ],
      },
      { ns: `${DB}.capped`, outcome: { kind: 'created' }, indexes: [] },
    ]);
    const built = await buildIndexes(plan, session, journal, 'after-data', context);
    expect(built.map(({ index, outcome }) => [index, outcome])).toEqual([
      ['text', { kind: 'created' }],
      ['numbers', { kind: 'created' }],
      ['partial', { kind: 'created' }],
      ['h', { kind: 'rewritten', why: 'hashed-to-ascending' }],
    ]);
    expect(await createViews(plan, session, journal, context)).toMatchObject([
      { ns: `${DB}.view`, outcome: { kind: 'created' } },
    ]);
    const before = await verifyRun(plan, session, session, { clock: systemClock });
    expect(before.map(({ kind, ...rest }) => [kind, 'differences' in rest ? rest.differences.definition : []])).toEqual(
      [
        ['equal', []],
        ['equal', []],
        ['equal', []],
      ],
    );
    const late = await buildIndexes(plan, session, journal, 'after-verification', context);
    expect(late).toMatchObject([{ index: 'ttl', outcome: { kind: 'created' } }]);
    const made = await indexesOf(DB, 'plain ü.x');
    expect(made.map(({ name }) => String(name)).sort()).toEqual([
      '_id_',
      'h',
      'numbers',
      'partial',
      'text',
      'ttl',
      'u_1',
    ]);
    expect(journal.status().collections[`${DB}.plain ü.x`]).toMatchObject({
      created: 'created',
      indexes: { ttl: { kind: 'created' }, gone: { kind: 'skipped' }, h: { kind: 'rewritten' } },
    });
  });

  it('keeps the order of integer-like names in an index’s key', async () => {
    await prepareTarget(plan, session, undefined, journalOf(), context);
    await buildIndexes(plan, session, journalOf(), 'after-data', context);
    const reply = await cluster.client.db(DB).command({ listIndexes: 'plain ü.x' }, { raw: true });
    const cursor = Buffer.from(reply.cursor as Uint8Array);
    const batch = findElement(cursor, 'firstBatch');
    const orders = [...elements(cursor, batch?.valueStart)].map((index) => {
      const key = findElement(cursor, 'key', index.valueStart);
      return [...elements(cursor, key?.valueStart)].map((field) => elementName(cursor, field));
    });
    expect(orders).toContainEqual(['b', '2', '1']);
  });

  it('done twice changes nothing, and what this run made stays its own', async () => {
    const journal = journalOf();
    await prepareTarget(plan, session, undefined, journal, context);
    await buildIndexes(plan, session, journal, 'after-data', context);
    const before = await indexesOf(DB, 'plain ü.x');
    const again = await prepareTarget(plan, session, undefined, journal, context);
    expect(again.map(({ outcome }) => outcome)).toEqual([
      { kind: 'existed', holdsDocuments: false },
      { kind: 'existed', holdsDocuments: false },
    ]);
    expect(await buildIndexes(plan, session, journal, 'after-data', context)).toMatchObject([
      { outcome: { kind: 'created' } },
      { outcome: { kind: 'created' } },
      { outcome: { kind: 'created' } },
      { outcome: { kind: 'rewritten' } },
    ]);
    expect(await indexesOf(DB, 'plain ü.x')).toEqual(before);
    expect(journal.status().collections[`${DB}.plain ü.x`]?.created).toBe('created');
  });

  it('tells what was there before the run, with documents or without', async () => {
    await session.command(DB, { insert: 'plain ü.x', documents: [{ _id: 1 }] });
    await session.command(DB, { createIndexes: 'plain ü.x', indexes: [{ key: { u: 1 }, name: 'u_1', unique: true }] });
    const journal = journalOf();
    const [first] = await prepareTarget(plan, session, undefined, journal, context);
    expect(first).toMatchObject({
      outcome: { kind: 'existed', holdsDocuments: true },
      indexes: [{ index: 'u_1', outcome: { kind: 'existed' } }, { index: 'gone' }],
    });
    expect(journal.status().collections[`${DB}.plain ü.x`]?.created).toBe('existed');
  });

  it('states a refused index and goes on with the others', async () => {
    await session.command(DB, { insert: 'c', documents: [{ u: 1 }, { u: 1 }] });
    const failing = planOf([
      planned(DB, 'c', { indexes: [plannedIndex(unique), plannedIndex(indexFacts('fine', [['x', 1]]))] }),
    ]);
    const reports = await buildIndexes(failing, session, journalOf(), 'after-data', context);
    expect(reports).toMatchObject([
      { index: 'u_1', outcome: { kind: 'failed', code: 11000 } },
      { index: 'fine', outcome: { kind: 'created' } },
    ]);
  });

  it('states a refused collection and goes on with the others', async () => {
    const failing = planOf([
      planned(DB, 'bad', { options: { collation: { locale: 'no such language' } } }),
      planned(DB, 'good'),
    ]);
    const prepared = await prepareTarget(failing, session, undefined, journalOf(), context);
    expect(prepared).toMatchObject([
      { ns: `${DB}.bad`, outcome: { kind: 'failed', code: 2 } },
      { ns: `${DB}.good`, outcome: { kind: 'created' } },
    ]);
  });

  it('waits out throttles and gives up on a lost connection', async () => {
    const clock = virtualClock();
    let refusals = 0;
    const throttled = bent(session, {
      command: (db, command, options) => {
        if (('create' in command || 'createIndexes' in command) && refusals++ % 3 < 2) {
          const message =
            refusals % 2 ? "Error=16500, RetryAfterMs=34, Details='...'" : "Error=16500, Details='Insert error.'";
          throw new MigrationError('command-failed', { serverCode: 16500, message });
        }
        return session.command(db, command, options);
      },
    });
    const one = planOf([
      planned(DB, 'c', { indexes: [plannedIndex(unique, { kind: 'create', when: 'before-data' })] }),
    ]);
    const prepared = await prepareTarget(one, throttled, undefined, journalOf(), { clock });
    expect(prepared).toMatchObject([{ outcome: { kind: 'created' }, indexes: [{ outcome: { kind: 'created' } }] }]);
    expect(refusals).toBe(6);
    expect(clock.slept).toBeGreaterThan(34);
    const lost = bent(session, { command: () => Promise.reject(new MigrationError('connection-lost')) });
    await expect(prepareTarget(one, lost, undefined, journalOf(), { clock })).rejects.toMatchObject({
      code: 'connection-lost',
    });
  });
});

describe('preparing an RU target', () => {
  const plan = planOf(
    [
      planned('ru', 'sharded', {
        shardKey: [['tenant', 'hashed']],
        throughput: { kind: 'manual', ruPerSecond: ruPerSecond(12_000) },
        indexes: [
          plannedIndex(
            indexFacts(
              't_u',
              [
                ['tenant', 1],
                ['u', 1],
              ],
              { unique: true, otherOptions: { v: { $numberInt: '2' } } },
            ),
            { kind: 'create', when: 'before-data' },
          ),
          plannedIndex(indexFacts('a_1', [['a', 1]], { otherOptions: { v: { $numberInt: '2' } } })),
        ],
      }),
      planned('ru', 'plain', { throughput: { kind: 'autoscale', maxRuPerSecond: ruPerSecond(4_000) } }),
    ],
    { targetKind: 'cosmos-ru' },
  );

  it('makes collections with shard key and throughput, unique indexes first', async () => {
    const journal = journalOf();
    const prepared = await prepareTarget(plan, ru.session, ru.ru, journal, context);
    expect(prepared).toMatchObject([
      { outcome: { kind: 'created' }, indexes: [{ index: 't_u', outcome: { kind: 'created' } }] },
      { outcome: { kind: 'created' } },
    ]);
    expect(await ru.ru?.getCollection({ db: 'ru', coll: 'sharded' })).toMatchObject({
      exists: true,
      shardKey: 'tenant',
      throughput: { kind: 'manual', ruPerSecond: 12_000 },
    });
    expect(await ru.ru?.getCollection({ db: 'ru', coll: 'plain' })).toMatchObject({
      throughput: { kind: 'autoscale', maxRuPerSecond: 4_000 },
    });
    const built = await buildIndexes(plan, ru.session, journal, 'after-data', context);
    expect(built).toMatchObject([{ index: 'a_1', outcome: { kind: 'created' } }]);
    const results = await verifyRun(plan, ru.session, ru.session, { clock: systemClock });
    expect(results.map(({ kind }) => kind)).toEqual(['equal', 'equal']);
    const again = await prepareTarget(plan, ru.session, ru.ru, journal, context);
    expect(again.map(({ outcome }) => outcome.kind)).toEqual(['existed', 'existed']);
  });

  it('states in the server’s words that a unique index needs an empty collection', async () => {
    await prepareTarget(
      planOf([planned('ru', 'late')], { targetKind: 'cosmos-ru' }),
      ru.session,
      ru.ru,
      journalOf(),
      context,
    );
    await ru.session.insertRaw({ db: 'ru', coll: 'late' }, [Buffer.from(BSON.serialize({ _id: 1 }))], {
      ordered: true,
    });
    const late = planOf(
      [planned('ru', 'late', { indexes: [plannedIndex(unique, { kind: 'create', when: 'before-data' })] })],
      { targetKind: 'cosmos-ru' },
    );
    const [prepared] = await prepareTarget(late, ru.session, ru.ru, journalOf(), context);
    expect(prepared).toMatchObject({
      outcome: { kind: 'existed', holdsDocuments: true },
      indexes: [{ outcome: { kind: 'failed', code: 67 } }],
    });
  });

  it('refuses to fill a collection that has another shard key than the plan', async () => {
    await ru.ru?.createCollection({ db: 'ru', coll: 'sharded' }, { shardKey: 'other' });
    const prepared = await prepareTarget(plan, ru.session, ru.ru, journalOf(), context);
    expect(prepared).toMatchObject([
      { outcome: { kind: 'failed', code: 0 }, indexes: [] },
      { outcome: { kind: 'created' } },
    ]);
  });

  it('follows a background build to its end, and says when it did not wait for it', async () => {
    const clock = virtualClock();
    let polls = 0;
    const building = (until: number): ClusterSession =>
      bent(ru.session, {
        command: (db, command, options) => {
          if (!('currentOp' in command)) return ru.session.command(db, command, options);
          polls += 1;
          const operation = {
            command: { createIndexes: 'plain', $db: 'ru' },
            progress: { done: polls * 10, total: 100 },
          };
          return Promise.resolve({ ok: 1, inprog: polls <= until ? [operation] : [] });
        },
      });
    const one = (name: string) =>
      planOf([planned('ru', 'plain', { indexes: [plannedIndex(indexFacts(name, [[name, 1]]))] })], {
        targetKind: 'cosmos-ru',
      });
    await prepareTarget(one('x'), ru.session, ru.ru, journalOf(), context);
    const percents: number[] = [];
    const onProgress = ({ percent }: { percent: number }): number => percents.push(percent);
    const done = await buildIndexes(one('x'), building(3), journalOf(), 'after-data', { clock, onProgress });
    expect(done).toMatchObject([{ outcome: { kind: 'created' } }]);
    expect(done[0]?.outcome).not.toHaveProperty('building');
    expect(percents).toEqual([10, 20, 30]);
    polls = 0;
    const late = await buildIndexes(one('y'), building(1e6), journalOf(), 'after-data', { clock, maxWaitMs: 20_000 });
    expect(late).toMatchObject([{ outcome: { kind: 'created', building: true } }]);
  });
});
