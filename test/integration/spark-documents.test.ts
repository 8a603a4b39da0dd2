/** What the job's Python does to documents' bytes, without Spark and without a plan. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUpSpark, type Spark } from '../../scripts/setup-spark.js';
import { runCommand } from '../../src/adapters/tools/run-command.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

const CHECKS = fileURLToPath(new URL('../support/databricks/', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../src/handoff/spark/bundle/src', import.meta.url));

let spark: Spark;
let source: RunningMongod;
let target: RunningMongod;
beforeAll(async () => {
  [spark, source, target] = await Promise.all([setUpSpark(), startMongod(), startMongod()]);
}, 900_000);
afterAll(() => Promise.all([source.stop(), target.stop()]));

describe("documents in the job's hands", { timeout: 240_000 }, () => {
  async function check(file: string): Promise<void> {
    const env = { ...process.env, PYTHONPATH: PACKAGES, PYTHONDONTWRITEBYTECODE: '1' };
    const args = [join(CHECKS, file), source.uri, target.uri];
    const result = await runCommand(spark.python, args, { env, timeoutMs: 200_000 });
    expect(result).toMatchObject({ kind: 'ended', exitCode: 0, stdout: 'as it should be\n' });
  }

  it('arrive with their bytes, in one piece, one by one, where a connection goes and where a reply counts fewer', () =>
    check('check_inserts.py'));

  it('are noted when they are acknowledged, in their order, and never more than a batch too late', () =>
    check('check_progress.py'));

  it('are in one range each, however ranges are cut and whatever cuts that off; who has none to copy waits', () =>
    check('check_ranges.py'));
});
