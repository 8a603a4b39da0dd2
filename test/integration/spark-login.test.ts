/** The job's Python logs in wherever the job has to: PyMongo reads replies more strictly than other clients. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUpSpark, type Spark } from '../../scripts/setup-spark.js';
import { runCommand } from '../../src/adapters/tools/run-command.js';
import { startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { relayTo } from '../support/restore-through-relay.js';

const PASSWORD = 'l0g/n c@n%ry';
const BUNDLE = fileURLToPath(new URL('../../src/handoff/spark/bundle/src', import.meta.url));
const SCRIPT = `
import os
from mongo_to_cosmos.connections import connect
client = connect(os.environ["TEST_URI"])
client["login"]["c"].insert_one({"via": "python"})
print(client["login"]["c"].find_one({})["via"])
`;

let spark: Spark;
let pair: MigrationPair;
beforeAll(async () => {
  [spark, pair] = await Promise.all([setUpSpark(), startMigrationPair(PASSWORD)]);
}, 900_000);
afterAll(() => pair.stop());

async function login(uri: string): Promise<string> {
  const env = { ...process.env, PYTHONPATH: BUNDLE, PYTHONDONTWRITEBYTECODE: '1', TEST_URI: uri };
  const result = await runCommand(spark.python, ['-c', SCRIPT], { env, timeoutMs: 60_000 });
  if (result.kind !== 'ended') throw new Error(result.detail);
  const said = `${result.stdout}${result.exitCode === 0 ? '' : result.stderrEnd}`;
  expect(said).not.toContain(PASSWORD);
  return said.trim();
}

describe("the job's PyMongo logs in with user and password", { timeout: 120_000 }, () => {
  it('at a throttling account', async () => {
    expect(await login(pair.target.secretUri)).toBe('python');
  });

  it('through the relay, as any other tool', async () => {
    const { port } = new URL(pair.source.uri);
    await using relay = await relayTo(Number(port));
    expect(await login(pair.source.secretUri.replace(`:${port}/`, `:${relay.port}/`))).toBe('python');
  });
});
