/** How the job reads the plan that lies beside its notebooks, and which somebody may have edited. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUpSpark, type Spark } from '../../scripts/setup-spark.js';
import { runCommand } from '../../src/adapters/tools/run-command.js';
import type { SparkHandoff } from '../../src/core/model/handoff.js';
import type { Plan, PlannedCollection } from '../../src/core/model/plan.js';
import { bytes, requestUnits, ruPerSecond } from '../../src/core/model/units.js';
import { sparkArtefacts } from '../../src/handoff/spark/spark-artefacts.js';
import { HANDOFF } from '../support/databricks/spark-run.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { planOf, plannedCollection } from '../unit/engine-builders.js';

const CHECK = fileURLToPath(new URL('../support/databricks/check_settings.py', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../src/handoff/spark/bundle/src', import.meta.url));

let spark: Spark;
let folder: TempFolder;
beforeAll(async () => {
  [spark, folder] = await Promise.all([setUpSpark(), makeTempFolder('spark-settings')]);
}, 900_000);
afterAll(() => folder.remove());

const collection = (db: string, coll: string, more: Partial<PlannedCollection> = {}): PlannedCollection =>
  plannedCollection({ db, coll }, { db, coll }, { documents: 3, logicalBytes: bytes(900), ...more });

/** Every field has a value, and each way of paying for a collection is there. */
const FULL: Partial<Plan> & Pick<Plan, 'collections'> = {
  targetKind: 'cosmos-ru',
  readConcern: 'majority',
  tuning: { ...planOf([]).tuning, target: 'ru', ruPerSecond: ruPerSecond(900.5), ruPerDocument: requestUnits(7.5) },
  collections: [
    collection('own', `it's "odd": {[# 名前`, {
      throughput: { kind: 'manual', ruPerSecond: ruPerSecond(4_000) },
      shardKey: [
        ['tenant', 'hashed'],
        ['a.b', 1],
      ],
      deadLetterOver: bytes(2_000_000),
    }),
    collection('own', 'scaled', { throughput: { kind: 'autoscale', maxRuPerSecond: ruPerSecond(6_000) } }),
    collection('shared', 'a', { throughput: { kind: 'shared' } }),
    // Servers reckon in doubles.
    collection('shared', 'b', { throughput: { kind: 'shared' }, documents: 2.5, logicalBytes: bytes(10.25) }),
  ],
};

async function emit(name: string, { collections, ...plan }: typeof FULL, mode: SparkHandoff['mode']): Promise<string> {
  const handoff = { ...HANDOFF, mode };
  const { files } = sparkArtefacts(planOf(collections, { method: 'spark-databricks', handoff, ...plan }));
  for (const { path, text } of files) {
    const file = join(folder.path, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return join(folder.path, name, 'src');
}

describe('a plan in a bundle', { timeout: 120_000 }, () => {
  it('is read as it was emitted; once spoilt it is refused by the name of the field, before a secret is read', async () => {
    const emitted = await Promise.all([
      emit('full', FULL, 'raw'),
      emit('vcore', { targetKind: 'cosmos-vcore', collections: [collection('a', 'b')] }, 'transform'),
      emit('mongodb', { targetKind: 'mongodb', collections: [collection('a', 'b')] }, 'raw'),
      emit(
        'serverless',
        { targetKind: 'cosmos-ru', collections: [collection('a', 'b', { throughput: { kind: 'serverless' } })] },
        'raw',
      ),
      emit('nothing', { collections: [] }, 'raw'),
    ]);
    const env = { ...process.env, PYTHONPATH: PACKAGES, PYTHONDONTWRITEBYTECODE: '1' };
    const result = await runCommand(spark.python, [CHECK, ...emitted], { env, timeoutMs: 100_000 });
    expect(result).toMatchObject({ kind: 'ended', exitCode: 0, stderrEnd: '', stdout: 'as it should be\n' });
  });
});
