import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { SCOPE, sparkPlan, sparkRun } from '../support/databricks/spark-run.js';
import { startWorkspace } from '../support/databricks/workspace.js';
import { connectTo } from '../support/migrate.js';
import { startMongod } from '../support/mongod.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { runDirect } from './direct-process.js';
import { median, report } from './figures.js';

const DB = 'bench';
/** Some ten seconds of copying: what Spark is for takes hours, in which the first second of a task does not matter. */
const DOCUMENTS = 2_000_000;

/**
 * The emitted job on a local Spark of two executors against one process of the direct copy, from one real mongod to another, in turns. Both count from the start of
 * the step of copying to its end: Spark's own start, its Python workers included, is left out, and so are the direct copy's start, connecting and preparing.
 */
export async function benchSpark(runs: number): Promise<boolean> {
  await using source = await startMongod();
  await using target = await startMongod();
  await using workspace = await startWorkspace();
  await fillCollection(source.uri, DB, 'docs', DOCUMENTS, 1_024);
  const keys: [string, string][] = [
    ['source-uri', source.uri],
    ['target-uri', target.uri],
  ];
  workspace.scopes.set(SCOPE, new Map(keys));
  const client = await MongoClient.connect(target.uri);
  const spark: number[] = [];
  const direct: number[] = [];
  // The first round warms caches up and is not counted.
  for (let run = -1; run < runs; run += 1) {
    await client.db(DB).dropDatabase();
    const { copying } = await runDirect(source.uri, target.uri);
    await client.db(DB).dropDatabase();
    const [from, to] = await Promise.all([connectTo(source.uri), connectTo(target.uri)]);
    const plan = await sparkPlan(from, to, { selection: { include: [`${DB}.docs`] } });
    await Promise.all([from.close(), to.close()]);
    const folder = await mkdtemp(join(tmpdir(), 'mcm-bench-spark-'));
    const before = workspace.output().length;
    const ran = await sparkRun({ plan, sourceUri: source.uri, targetUri: target.uri, workspace, folder });
    await rm(folder, { recursive: true });
    if (ran.verdict.state !== 'completed') throw new Error(JSON.stringify(ran.verdict));
    const told = /^@@(\{.*"task-done".*"copy".*\})$/m.exec(workspace.output().slice(before))?.[1] ?? '{}';
    const { seconds = Number.NaN } = JSON.parse(told) as { seconds?: number };
    if (run < 0) continue;
    spark.push(seconds);
    direct.push(copying);
  }
  await client.close();
  const list = (values: readonly number[]): string => values.map((s) => s.toFixed(2)).join(' ');
  return report({
    name: 'direct copy / Spark with two executors, step of copying (seconds)',
    value: median(direct) / median(spark),
    bar: 1,
    unit: '',
    detail: `${DOCUMENTS} documents of 1 KB, ${runs} rounds; direct ${list(direct)}; Spark ${list(spark)}`,
    atLeast: true,
  });
}
