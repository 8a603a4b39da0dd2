/** An emitted bundle's Python is checked like the rest of the code, and its YAML by Databricks' own package. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
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

const CHECK_BUNDLE = fileURLToPath(new URL('../support/databricks/check_bundle.py', import.meta.url));
const ENV = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };

let spark: Spark;
let folder: TempFolder;
beforeAll(async () => {
  [spark, folder] = await Promise.all([setUpSpark(), makeTempFolder('spark-python')]);
}, 900_000);
afterAll(() => folder.remove());

async function run(file: string, argv: readonly string[], cwd: string): Promise<string> {
  const result = await runCommand(file, argv, { cwd, env: ENV, timeoutMs: 280_000 });
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

describe.each(['raw', 'transform'] as const)("an emitted bundle's Python (%s)", { timeout: 300_000 }, (mode) => {
  /** As the bundle's README says. */
  const checks = { ruff: ['check', '--no-cache', 'src'], format: ['format', '--no-cache', '--check', 'src'] } as const;
  const types = (): string[] => ['--cache-dir', join(folder.path, 'mypy'), 'src'];

  it('is formatted, linted, documented and typed, notebooks as well', async () => {
    const root = await write({ mode });
    expect(await run(join(spark.bin, 'ruff'), checks.format, root)).toBe('');
    expect(await run(join(spark.bin, 'ruff'), checks.ruff, root)).toBe('');
    expect(await run(join(spark.bin, 'mypy'), types(), root)).toBe('');
  });

  it('is refused by the check of types where a notebook hands over what it must not', async () => {
    const root = await write({ mode });
    const notebooks = (await readdir(join(root, 'src'))).filter((name) => name.endsWith('_task.py'));
    for (const name of notebooks) {
      const path = join(root, 'src', name);
      const text = await readFile(path, 'utf8');
      await writeFile(path, text.replace('dbutils.widgets.get("run")', 'len(dbutils.widgets.get("run"))'));
    }
    const told = await run(join(spark.bin, 'mypy'), types(), root);
    expect(notebooks.length).toBeGreaterThan(0);
    for (const name of notebooks) expect(told).toMatch(new RegExp(`${name}:\\d+: error: .*"int"; expected "str"`));
  });
});

describe('an emitted bundle', { timeout: 300_000 }, () => {
  const host = 'https://adb-1.2.azuredatabricks.net';
  it.each([
    ['raw', host],
    ['transform', host],
    ['raw', undefined],
  ] as const)(
    "passes Databricks' own strict check, which refuses each field once misspelt (%s, %s)",
    async (mode, url) => {
      const root = await write({ mode, ...(url === undefined ? {} : { workspaceUrl: url }) });
      const result = await runCommand(spark.python, [CHECK_BUNDLE, root], { env: ENV, timeoutMs: 280_000 });
      expect(result).toMatchObject({ kind: 'ended', exitCode: 0, stderrEnd: '', stdout: 'as it should be\n' });
    },
  );

  it.each([
    ['a node type', { cluster: { ...HANDOFF.cluster, nodeType: '${var.x}' } }],
    ['a runtime', { cluster: { ...HANDOFF.cluster, runtime: '${var.x}' } }],
    ["a workspace's address", { workspaceUrl: 'https://${var.x}' }],
  ] as const)('is not made with %s that Databricks would put something else in for', async (_, handoff) => {
    await expect(write(handoff)).rejects.toMatchObject({ code: 'bad-plan', facts: { reason: 'bundle-variable' } });
  });
});
