/** What the job's Python does to documents' bytes, without Spark and without a plan. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUpSpark, type Spark } from '../../scripts/setup-spark.js';
import { runCommand } from '../../src/adapters/tools/run-command.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

const CHECK = fileURLToPath(new URL('../support/databricks/check_inserts.py', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../src/handoff/spark/bundle/src', import.meta.url));

let spark: Spark;
let source: RunningMongod;
let target: RunningMongod;
beforeAll(async () => {
  [spark, source, target] = await Promise.all([setUpSpark(), startMongod(), startMongod()]);
}, 900_000);
afterAll(() => Promise.all([source.stop(), target.stop()]));

describe("documents in the job's hands", { timeout: 120_000 }, () => {
  it('arrive with their bytes, in one piece, one by one, and where a reply counts fewer than were sent', async () => {
    const env = { ...process.env, PYTHONPATH: PACKAGES, PYTHONDONTWRITEBYTECODE: '1' };
    const result = await runCommand(spark.python, [CHECK, source.uri, target.uri], { env, timeoutMs: 100_000 });
    expect(result).toMatchObject({ kind: 'ended', exitCode: 0, stdout: 'as it should be\n' });
  });
});
