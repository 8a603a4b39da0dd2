import { MongoClient } from 'mongodb';
import { expect, it } from 'vitest';
import { listDeadLetters } from '../../src/adapters/files/dead-letter-reader.js';
import { MOST_REFUSED_IN_A_ROW } from '../../src/core/conflict/refusals.js';
import { migrate } from '../support/migrate.js';
import { startMongod } from '../support/mongod.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { makeTempFolder } from '../support/temp.js';

const DOCUMENTS = 20_000;

it('ends where the target refuses every document, instead of keeping a whole collection as dead letters', async () => {
  await using source = await startMongod();
  await using target = await startMongod();
  const folder = await makeTempFolder('refused');
  await fillCollection(source.uri, 'shop', 'orders', DOCUMENTS, 200);
  const client = await MongoClient.connect(target.uri);
  // A collection of measurements by time takes nothing without one, whatever it is: code 2 for each document.
  await client.db('shop').createCollection('orders', { timeseries: { timeField: 'measured' } });
  await client.close();

  const { verdict, folder: run } = await migrate({
    sourceUri: source.uri,
    targetUri: target.uri,
    runsRoot: folder.path,
  });

  expect(verdict.state).toBe('failed-resumable');
  expect(verdict.reasons).toMatchObject([{ id: 'all-refused', params: { ns: 'shop.orders', code: 2 } }]);
  expect(verdict.reasons[0]?.params['message']).toMatch(/measured/);
  const kept = (await listDeadLetters(run.deadLettersPath)).reduce((sum, { documents }) => sum + documents, 0);
  expect(kept).toBeGreaterThanOrEqual(MOST_REFUSED_IN_A_ROW);
  // What was under way on the other connections.
  expect(kept).toBeLessThan(DOCUMENTS / 2);
  await folder.remove();
}, 60_000);
