import { availableParallelism } from 'node:os';
import { MongoClient } from 'mongodb';
import { tune } from '../../src/core/tune/tune.js';
import { startMongod } from '../support/mongod.js';
import { dumpAndRestore, fillCollection } from '../support/restore-through-relay.js';
import { startBareProxy, startRelayProcess } from './relay-process.js';
import { median, report } from './figures.js';

const DB = 'bench';
const DOCUMENTS = 200_000;
const DOCUMENT_BYTES = 1024;

type Way = 'straight' | 'relayed' | 'bare';
const WAYS: readonly Way[] = ['straight', 'relayed', 'bare'];

/**
 * Wall time of `mongodump | mongorestore` through the relay against the same straight to an unthrottled mongod, in turns; and through a
 * process that looks at nothing, as the least that anything in between can cost. Once as this product tunes the tools, once with their default.
 */
export async function benchOverhead(runs: number): Promise<boolean> {
  await using source = await startMongod();
  await using target = await startMongod();
  await fillCollection(source.uri, DB, 'docs', DOCUMENTS, DOCUMENT_BYTES);
  const client = new MongoClient(target.uri);
  const seconds = async (way: Way, workers: number): Promise<number> => {
    await client.db(DB).dropDatabase();
    // Started for each way, so that each finds the machine in the same state.
    await using relay = await startRelayProcess(target.uri);
    await using bare = await startBareProxy(target.port);
    const port = { straight: target.port, relayed: relay.port, bare: bare.port }[way];
    const targetUri = `mongodb://127.0.0.1:${port}/?directConnection=true`;
    const started = performance.now();
    const exits = await dumpAndRestore({ sourceUri: source.uri, db: DB, targetUri, workers });
    if (exits.restore !== 0) throw new Error(exits.failed);
    return (performance.now() - started) / 1000;
  };
  let kept = true;
  for (const [name, workers] of [
    ['as tuned', tunedWorkers()],
    ["the tools' default", 1],
  ] as const) {
    const took: Record<Way, number[]> = { straight: [], relayed: [], bare: [] };
    // The first round warms caches and files up and is not counted.
    for (let run = -1; run < runs; run += 1) {
      for (let turn = 0; turn < WAYS.length; turn += 1) {
        const way = WAYS[(run + 1 + turn) % WAYS.length] ?? 'straight';
        const wall = await seconds(way, workers);
        if (run >= 0) took[way].push(wall);
      }
    }
    const ratio = (way: Way, to: Way): number => median(took[way]) / median(took[to]);
    const detail = `${name}, ${workers} workers, ${DOCUMENTS} documents of 1 KB, ${runs} rounds; ${WAYS.map((w) => `${w} ${list(took[w])}`).join('; ')}`;
    kept =
      report({ name: 'relayed / straight', value: ratio('relayed', 'straight'), bar: 1.05, unit: '', detail }) && kept;
    console.log(
      `       a process that looks at nothing / straight: ${ratio('bare', 'straight').toFixed(3)}; relayed / that: ${ratio('relayed', 'bare').toFixed(3)}`,
    );
  }
  await client.close();
  return kept;
}

function tunedWorkers(): number {
  const { insertionWorkers } = tune({
    target: 'mongodb',
    latencyMs: 1,
    collections: 1,
    averageDocumentBytes: DOCUMENT_BYTES,
    logicalCores: availableParallelism(),
    maxWriteBatchSize: 100_000,
    maxMessageSizeBytes: 48_000_000,
  });
  return insertionWorkers;
}

function list(seconds: readonly number[]): string {
  return seconds.map((s) => s.toFixed(2)).join(' ');
}
