import type { Document } from 'bson';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.js';
import { MigrationError } from '../../src/core/model/error.js';
import { buildIndexes } from '../../src/engine/prepare/build-indexes.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { bent } from '../support/fake-cluster.js';
import { connectTo } from '../support/migrate.js';
import { startMongod } from '../support/mongod.js';
import { indexFacts, plannedCollection, plannedIndex, planOf } from '../unit/engine-builders.js';

it('knows after an interruption which indexes of several commands were its own work', async () => {
  await using server = await startMongod();
  await using cluster = await connectTo(server.uri);
  const { session } = cluster;
  const ns = { db: 'prepared', coll: 'half' };
  await session.command(ns.db, { insert: ns.coll, documents: [{ x: 1 }] });
  const names = ['a_1', 'b_1', 'c_1'];
  const indexes = names.map((name) => plannedIndex(indexFacts(name, [[name.slice(0, 1), 1]])));
  const broken = bent(session, {
    command: (db, command, options) =>
      'createIndexes' in command && (command.indexes as Document[])[0]?.['name'] === 'b_1'
        ? Promise.reject(new MigrationError('connection-lost', { reason: 'test' }))
        : session.command(db, command, options),
  });
  const plan = planOf([plannedCollection({ db: 'source', coll: ns.coll }, ns, { indexes })]);
  const journal = memoryJournal({ runId: 'run', planId: 'plan', planHash: 'hash' });
  const context = { clock: systemClock };
  await expect(buildIndexes(plan, broken, journal, 'after-data', context)).rejects.toThrow('connection-lost');
  const outcomes = (await buildIndexes(plan, session, journal, 'after-data', context)).map(({ outcome }) => outcome);
  expect(outcomes).toEqual(names.map(() => ({ kind: 'created' })));
});
