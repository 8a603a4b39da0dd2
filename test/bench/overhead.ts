import { MongoClient } from 'mongodb';
import { startMongod } from '../support/mongod.js';
import { dumpAndRestore, fillCollection } from '../support/restore-through-relay.js';
import { startRelayProcess } from './relay-process.js';
import { median, report } from './figures.js';

const DB = 'bench';

/** One worker is the tools' default; three are what this product tunes for one collection and a target of two cores. */
const WORKERS = [1, 3];

/** Wall time of `mongodump | mongorestore` through the relay against the same straight to an unthrottled mongod, in turns. */
export async function benchOverhead(runs: number): Promise<boolean> {
  await using source = await startMongod();
  await using target = await startMongod();
  await fillCollection(source.uri, DB, 'docs', 200_000, 1024);
  const client = new MongoClient(target.uri);
  let kept = true;
  for (const workers of WORKERS) {
    const straight: number[] = [];
    const relayed: number[] = [];
    // The first pair warms caches and files up and is not counted.
    for (let run = -1; run < runs; run += 1) {
      for (const way of run % 2 === 0 ? (['straight', 'relayed'] as const) : (['relayed', 'straight'] as const)) {
        await client.db(DB).dropDatabase();
        await using relay = await startRelayProcess(target.uri);
        const port = way === 'relayed' ? relay.port : target.port;
        const started = performance.now();
        const exits = await dumpAndRestore({
          sourceUri: source.uri,
          db: DB,
          targetUri: `mongodb://127.0.0.1:${port}/?directConnection=true`,
          workers,
        });
        const seconds = (performance.now() - started) / 1000;
        if (exits.restore !== 0) throw new Error(exits.failed);
        if (run >= 0) (way === 'relayed' ? relayed : straight).push(seconds);
      }
    }
    const detail = `${workers} workers, 200,000 documents of 1 KB, ${runs} alternating runs; straight ${list(straight)}; relayed ${list(relayed)}`;
    kept =
      report({ name: 'relayed / straight', value: median(relayed) / median(straight), bar: 1.05, unit: '', detail }) &&
      kept;
  }
  await client.close();
  return kept;
}

function list(seconds: readonly number[]): string {
  return seconds.map((s) => s.toFixed(2)).join(' ');
}
