import type { Document } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { Journal } from '../../src/engine/journal/port.js';
import type { ClusterSession } from '../../src/engine/ports.js';
import { buildIndexes } from '../../src/engine/prepare/build-indexes.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { bent } from '../support/fake-cluster.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { indexFacts, plannedCollection, plannedIndex, planOf } from '../unit/engine-builders.js';

const context = { clock: systemClock };
const DB = 'prepared';

let server: RunningMongod;
let cluster: ConnectedCluster;
let session: ClusterSession;

beforeAll(async () => {
  server = await startMongod();
  cluster = await connectTo(server.uri);
  ({ session } = cluster);
});
afterAll(async () => {
  await cluster.close();
  await server.stop();
});

const planned = (db: string, coll: string, more: Parameters<typeof plannedCollection>[2] = {}) =>
  plannedCollection({ db: 'source', coll }, { db, coll }, more);
const journalOf = (): Journal => memoryJournal({ runId: 'run', planId: 'plan', planHash: 'hash' });

async function indexesOf(db: string, coll: string): Promise<Document[]> {
  const reply = await session.command(db, { listIndexes: coll });
  return (reply['cursor'] as { firstBatch: Document[] }).firstBatch;
}

describe('indexes of a MongoDB target, several commands at a time', () => {
  it("builds a collection's indexes by as many commands as a server has builds at a time, and no more", async () => {
    const asked = new Map<string, unknown[]>();
    const watched = bent(session, {
      command: (db, command, options) => {
        if ('createIndexes' in command) {
          const names = (command.indexes as Document[]).map(({ name }) => name as string);
          asked.set(String(command.createIndexes), [...(asked.get(String(command.createIndexes)) ?? []), names]);
        }
        return session.command(db, command, options);
      },
    });
    const names = ['a_1', 'b_1', 'c_1', 'd_1', 'e_1'];
    const indexes = names.map((name) => plannedIndex(indexFacts(name, [[name.slice(0, 1), 1]])));
    const build = async (...collections: string[]): Promise<void> => {
      for (const coll of collections) {
        await session.command(DB, { insert: coll, documents: [{ x: 1 }] });
        await session.command(DB, { createIndexes: coll, indexes: [{ key: { b: 1 }, name: 'b_1' }] });
      }
      const plan_ = planOf(collections.map((coll) => planned(DB, coll, { indexes })));
      const outcomes = (await buildIndexes(plan_, watched, journalOf(), 'after-data', context)).map((report) => [
        report.index,
        report.outcome.kind,
      ]);
      const each = names.map((name) => [name, name === 'b_1' ? 'existed' : 'created']);
      expect(outcomes).toEqual(collections.flatMap(() => each));
      for (const coll of collections) {
        expect((await indexesOf(DB, coll)).map(({ name }) => name as string).sort()).toEqual(['_id_', ...names]);
      }
    };
    await build('alone');
    expect(asked.get('alone')).toEqual([['a_1', 'e_1'], ['c_1'], ['d_1']]);
    await build('one', 'another');
    for (const coll of ['one', 'another']) expect(asked.get(coll)).toEqual([['a_1', 'c_1', 'd_1', 'e_1']]);
  });

  it('are known after an interruption as the own work of the run', async () => {
    await session.command(DB, { insert: 'half', documents: [{ x: 1 }] });
    const names = ['a_1', 'b_1', 'c_1'];
    const indexes = names.map((name) => plannedIndex(indexFacts(name, [[name.slice(0, 1), 1]])));
    const broken = bent(session, {
      command: (db, command, options) =>
        'createIndexes' in command && (command.indexes as Document[])[0]?.['name'] === 'b_1'
          ? Promise.reject(new MigrationError('connection-lost', { reason: 'test' }))
          : session.command(db, command, options),
    });
    const half = planOf([planned(DB, 'half', { indexes })]);
    const journal = journalOf();
    await expect(buildIndexes(half, broken, journal, 'after-data', context)).rejects.toThrow('connection-lost');
    expect((await buildIndexes(half, session, journal, 'after-data', context)).map(({ outcome }) => outcome)).toEqual(
      names.map(() => ({ kind: 'created' })),
    );
  });
});
