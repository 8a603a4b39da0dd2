import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruPerSecond } from '../../src/core/model/units.js';
import { migrate } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { startRuStandIn, type MessageStyle } from '../support/ru-stand-in/start.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const DB = 'storms';
const NS = `${DB}.docs`;
const DOCUMENTS = 1_500;
/** What is promised, and what others leave of it from the first document on. */
const PROMISED = 40_000;
const LEFT = 2_000;
/** Writes that are refused at first, whatever is left: how often a budget is overdrawn depends on how fast the machine sends. */
const STORM = 40;

let source: RunningMongod;
let backend: RunningMongod;
let runs: TempFolder;

beforeAll(async () => {
  [source, backend, runs] = await Promise.all([startMongod(), startMongod(), makeTempFolder('direct-storms')]);
  await fillCollection(source.uri, DB, 'docs', DOCUMENTS, 512);
});
afterAll(async () => {
  await Promise.all([source.stop(), backend.stop(), runs.remove()]);
});

async function hashOf(uri: string): Promise<string> {
  const client = await MongoClient.connect(uri);
  const { collections } = await client.db(DB).command({ dbHash: 1, collections: ['docs'] });
  await client.close();
  return JSON.stringify(collections);
}

describe('a direct copy in a storm of throttled requests', () => {
  const styles: readonly MessageStyle[] = ['modern', 'insertError', 'legacy', 'commandLevel'];

  it.each(styles)(
    'brings every document exactly once with %s messages, some of which lie',
    { timeout: 60_000 },
    async (messageStyle) => {
      const backendClient = await MongoClient.connect(backend.uri);
      await backendClient.db(DB).dropDatabase();
      await backendClient.close();
      await using standIn = await startRuStandIn({ backendPort: backend.port, messageStyle, ambiguousFraction: 0.3 });
      const { verdict, status } = await migrate({
        sourceUri: source.uri,
        targetUri: standIn.uri,
        runsRoot: runs.path,
        selection: { include: [`${DB}.*`] },
        plan: {
          method: 'direct-copy',
          throughput: { kind: 'manual', ruPerSecond: ruPerSecond(PROMISED) },
          shardKeys: { [NS]: '_id' },
        },
        onEvent: (event) => {
          if (event.kind !== 'state' || event.state !== 'copying') return;
          standIn.setRuPerSecond(NS, LEFT);
          standIn.refuseNext(NS, STORM);
        },
      });
      expect(verdict).toEqual({ state: 'completed', reasons: [] });
      const { copy } = status.collections[NS] ?? {};
      expect(copy).toMatchObject({ deadLettered: 0, conflicts: 0 });
      expect((copy?.acknowledged ?? 0) + (copy?.alreadyThere ?? 0)).toBe(DOCUMENTS);
      expect(copy?.throttled).toBeGreaterThanOrEqual(STORM);
      expect(await hashOf(backend.uri)).toBe(await hashOf(source.uri));
    },
  );
});
