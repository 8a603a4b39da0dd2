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
 * The emitted job on a local Spark of two executors against one process of the direct copy, from one real mongod to another, in turns. Both are counted without their start: the direct copy from its
 * step of copying on, when it has connected and prepared; Spark from its first insert on, when tasks are scheduled, have loaded their modules and connected, to the end of its step. What that
 * leaves out is told beside it.
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
    const { copying } = await runDirect(source.uri, target.uri);
    await client.db(DB).dropDatabase();
    const [from, to] = await Promise.all([connectTo(source.uri), connectTo(target.uri)]);
    const plan = await sparkPlan(from, to, { selection: { include: [`${DB}.docs`] } });
    await Promise.all([from.close(), to.close()]);
    const folder = await mkdtemp(join(tmpdir(), 'mcm-bench-spark-'));
    const before = workspace.output().length;
    const looking = new AbortController();
    const first = firstDocument(client, looking.signal);
    const ran = await sparkRun({
      ...{ plan, sourceUri: source.uri, targetUri: target.uri, workspace, folder },
      // As seldom as users' runs do: a look takes milliseconds of the processor that is measured.
      looksEveryMs: Number.POSITIVE_INFINITY,
    });
    looking.abort();
    await rm(folder, { recursive: true });
    if (ran.verdict.state !== 'completed') throw new Error(JSON.stringify(ran.verdict));
    const told = /^@@(\{.*"task-done".*"copy".*\})$/m.exec(workspace.output().slice(before))?.[1] ?? '{}';
    const { seconds = Number.NaN, at = Number.NaN } = JSON.parse(told) as { seconds?: number; at?: number };
    if (run < 0) continue;
    const copied = at - (await first) / 1000;
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

/** When the target first has a document: milliseconds of the clock, of which an error of one look is to Spark's advantage. NaN where nothing came. */
async function firstDocument(client: MongoClient, signal: AbortSignal): Promise<number> {
  while (!signal.aborted) {
    if ((await client.db(DB).collection('docs').estimatedDocumentCount()) > 0) return Date.now();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return Number.NaN;
}
