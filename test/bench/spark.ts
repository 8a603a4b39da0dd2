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
/** Some ten seconds of copying: what Spark is for takes hours. */
const DOCUMENTS = 2_000_000;
const LOOK_MS = 20;

/**
 * The emitted job on a local Spark of two executors against one process of the direct copy, from one real mongod to another, in turns. Both are counted without their start, from the first document
 * on the target on: the direct copy until all are acknowledged, Spark to the end of its step. What that leaves out of Spark's step is told beside it.
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
  const started: number[] = [];
  const direct: number[] = [];
  // The first round warms caches up and is not counted.
  for (let run = -1; run < runs; run += 1) {
    await client.db(DB).dropDatabase();
    const begun = watchFirstDocument(client);
    const { copiedAt } = await runDirect(source.uri, target.uri);
    const copying = (copiedAt - (await begun.at())) / 1000;
    await client.db(DB).dropDatabase();
    const [from, to] = await Promise.all([connectTo(source.uri), connectTo(target.uri)]);
    const plan = await sparkPlan(from, to, { selection: { include: [`${DB}.docs`] } });
    await Promise.all([from.close(), to.close()]);
    const folder = await mkdtemp(join(tmpdir(), 'mcm-bench-spark-'));
    const before = workspace.output().length;
    const first = watchFirstDocument(client);
    const ran = await sparkRun({
      ...{ plan, sourceUri: source.uri, targetUri: target.uri, workspace, folder },
      // As seldom as users' runs do: a look takes milliseconds of the processor that is measured.
      looksEveryMs: Number.POSITIVE_INFINITY,
    });
    await rm(folder, { recursive: true });
    if (ran.verdict.state !== 'completed') throw new Error(JSON.stringify(ran.verdict));
    const told = /^@@(\{.*"task-done".*"copy".*\})$/m.exec(workspace.output().slice(before))?.[1] ?? '{}';
    const { seconds = Number.NaN, at = Number.NaN } = JSON.parse(told) as { seconds?: number; at?: number };
    if (run < 0) continue;
    const copied = at - (await first.at()) / 1000;
    spark.push(copied);
    started.push(seconds - copied);
    direct.push(copying);
  }
  await client.close();
  const list = (values: readonly number[]): string => values.map((s) => s.toFixed(2)).join(' ');
  return report({
    name: 'direct copy / Spark with two executors, copying without their start (seconds)',
    value: median(direct) / median(spark),
    bar: 1,
    unit: '',
    detail: `${DOCUMENTS} documents of 1 KB, ${runs} rounds; direct ${list(direct)}; Spark ${list(spark)}, and to begin with ${list(started)}`,
    atLeast: true,
  });
}

/** Looks for the first document on the target: `at` tells when it came, in milliseconds of the clock, up to a look late; NaN where nothing came. */
function watchFirstDocument(client: MongoClient): { at(): Promise<number> } {
  let isOver = false;
  const look = async (): Promise<number> => {
    while (!isOver) {
      if ((await client.db(DB).collection('docs').estimatedDocumentCount()) > 0) return Date.now();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return Number.NaN;
  };
  const found = look();
  return {
    at: () => {
      isOver = true;
      return found;
    },
  };
}
