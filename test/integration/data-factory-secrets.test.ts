/** Passwords on both sides, and an RU account, or its stand-in, as the target. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataFactoryArtefacts } from '../../src/handoff/data-factory/artefacts.js';
import { copyRange } from '../../src/handoff/data-factory/copy-range.js';
import { WHOLE } from '../../src/handoff/data-factory/id-bounds.js';
import type { RunEvent } from '../../src/engine/run-context.js';
import { migrateByDataFactory, startMockAzure } from '../support/data-factory/migrate.js';
import type { MockDataFactory } from '../support/data-factory/mock-data-factory.js';
import { startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

/** Needs escaping in connection strings and in JSON. */
const CANARY = 'ca"na/ry @7f3c';
let pair: MigrationPair;
let runs: TempFolder;
let azure: MockDataFactory;

beforeAll(async () => {
  [pair, runs, azure] = await Promise.all([
    startMigrationPair(CANARY, { ruPerSecond: 4_000 }),
    makeTempFolder('data-factory-secrets'),
    startMockAzure(),
  ]);
});

afterAll(async () => {
  await azure[Symbol.asyncDispose]();
  await pair.stop();
  await runs.remove();
});

async function textsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map((path) => readFile(path, 'latin1')));
}

it('copies into an RU account through its throttling, verified, and leaves no secret anywhere but in secure parameters', async () => {
  const documents = Array.from({ length: 1_500 }, (_, i) => ({ _id: new ObjectId(), i, pad: 'x'.repeat(500) }));
  await pair.sourceClient.db('ru').collection<{ _id: unknown }>('orders').insertMany(documents);
  const events: RunEvent[] = [];
  const { verdict, plan, folder } = await migrateByDataFactory({
    sourceUri: pair.source.secretUri,
    targetUri: pair.target.secretUri,
    azure,
    runsRoot: runs.path,
    selection: { include: ['ru.*'] },
    rangeBytes: 200_000,
    onEvent: (event) => events.push(event),
  });
  expect(azure.notAccepted).toEqual([]);
  expect(verdict).toEqual({ state: 'completed', reasons: [] });

  const ranges = plan.collections.map(({ source, target }) =>
    copyRange({ source, target, bounds: WHOLE, documents: 0 }),
  );
  const { files } = dataFactoryArtefacts(plan, ranges);
  const secrets = [CANARY, encodeURIComponent(CANARY), JSON.stringify(CANARY).slice(1, -1), 'ry @7f3c', 'ry%20%407f3c'];
  const templates = azure.requests.map(({ body }) => {
    const { properties } = (body ?? {}) as { properties?: { template?: unknown } };
    return JSON.stringify(properties?.template ?? '');
  });
  const paths = azure.requests.map(({ path }) => path);
  const texts = [
    ...files.map(({ text }) => text),
    ...templates,
    ...paths,
    JSON.stringify(events),
    ...(await textsBelow(folder.path)),
  ];
  expect(texts.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
  expect([...azure.store.blobs.values()].filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
  // It was there to be found: the deployment's parameters have it.
  expect(JSON.stringify(azure.requests)).toContain(encodeURIComponent(CANARY));
});
