/** The bundle's Python is checked like the rest of the code, and its YAML by Databricks' own package. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUpSpark, type Spark } from '../../scripts/setup-spark.js';
import { runCommand } from '../../src/adapters/tools/run-command.js';
import type { SparkHandoff } from '../../src/core/model/handoff.js';
import { bytes } from '../../src/core/model/units.js';
import { sparkArtefacts } from '../../src/handoff/spark/spark-artefacts.js';
import { HANDOFF } from '../support/databricks/spark-run.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { planOf, plannedCollection } from '../unit/engine-builders.js';

const BUNDLE = fileURLToPath(new URL('../../src/handoff/spark/bundle/', import.meta.url));
const CHECK_BUNDLE = fileURLToPath(new URL('../support/databricks/check_bundle.py', import.meta.url));

let spark: Spark;
let folder: TempFolder;
beforeAll(async () => {
  [spark, folder] = await Promise.all([setUpSpark(), makeTempFolder('spark-python')]);
}, 900_000);
afterAll(() => folder.remove());

async function run(file: string, argv: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const result = await runCommand(file, argv, { cwd, env, timeoutMs: 280_000 });
  if (result.kind !== 'ended') return `${result.kind}: ${result.detail}`;
  return result.exitCode === 0 ? '' : `${result.stdout}\n${result.stderrEnd}`;
}

async function write(handoff: Partial<SparkHandoff> = {}): Promise<string> {
  const awkward = { db: "it's", coll: '"${x}": {[# \' \u2028 名前' };
  const plan = planOf([plannedCollection(awkward, awkward, { documents: 1, logicalBytes: bytes(1) })], {
    method: 'spark-databricks',
    handoff: { ...HANDOFF, ...handoff },
  });
  const root = join(folder.path, handoff.mode ?? 'raw');
  for (const { path, text } of sparkArtefacts(plan).files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

describe("the bundle's Python", { timeout: 300_000 }, () => {
  it('is formatted, linted and documented', async () => {
    expect(await run(join(spark.bin, 'ruff'), ['format', '--no-cache', '--check', 'src'], BUNDLE)).toBe('');
    expect(await run(join(spark.bin, 'ruff'), ['check', '--no-cache', 'src'], BUNDLE)).toBe('');
  });

  it('is typed', async () => {
    const cache = join(folder.path, 'mypy');
    expect(await run(join(spark.bin, 'mypy'), ['--cache-dir', cache, 'src/mongo_to_cosmos'], BUNDLE)).toBe('');
  });
});

describe('an emitted bundle', { timeout: 300_000 }, () => {
  it.each(['raw', 'transform'] as const)("passes Databricks' own strict check (%s)", async (mode) => {
    const root = await write({ mode, workspaceUrl: 'https://adb-1.2.azuredatabricks.net' });
    expect(await run(spark.python, [CHECK_BUNDLE, root], root)).toBe('');
  });

  it('is refused by that check where a field is misspelt', async () => {
    const root = await write();
    const path = join(root, 'resources/migrate.job.yml');
    const { readFile } = await import('node:fs/promises');
    await writeFile(path, (await readFile(path, 'utf8')).replace('task_key', 'task_kye'));
    expect(await run(spark.python, [CHECK_BUNDLE, root], root)).toContain('task_kye');
  });
});
