import { startMongod } from '../support/mongod.js';
import { createRuCollection, dumpAndRestore, fillCollection, relayTo } from '../support/restore-through-relay.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { median, report } from './figures.js';

const DB = 'bench';
/** About 25 s of work at 20,000 RU/s: the tools' own start is then a hundredth of it. */
const DOCUMENTS = 100_000;

/** Wall time of a restore through the relay into the RU stand-in (a model), as a share of total RU / provisioned RU/s. */
export async function benchThrottled(runs: number): Promise<boolean> {
  await using source = await startMongod();
  await fillCollection(source.uri, DB, 'docs', DOCUMENTS, 512);
  let kept = true;
  for (const [ruPerSecond, batchSize] of [
    [10_000, 24],
    [20_000, 1000],
  ] as const) {
    const walls: number[] = [];
    const rejected: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      await using backend = await startMongod();
      await using standIn = await startRuStandIn({ backendPort: backend.port });
      await createRuCollection(standIn.uri, DB, 'docs', ruPerSecond);
      await using relay = await relayTo(standIn.port);
      const started = performance.now();
      await dumpAndRestore({
        sourceUri: source.uri,
        db: DB,
        targetUri: `mongodb://127.0.0.1:${relay.port}/`,
        batchSize,
      });
      const seconds = (performance.now() - started) / 1000;
      const charged = standIn.stats()[`${DB}.docs`]?.ruCharged ?? Number.NaN;
      const counters = relay.counters()[0];
      walls.push(seconds / (charged / ruPerSecond));
      rejected.push(((counters?.throttledOperations ?? Number.NaN) / (counters?.sentOperations ?? Number.NaN)) * 100);
    }
    const detail = `${ruPerSecond} RU/s of the model, batches of ${batchSize}, ${DOCUMENTS} documents of 0.5 KB, ${runs} runs: ${walls.map((w) => w.toFixed(3)).join(' ')}`;
    kept =
      report({ name: 'throttled wall time / (RU / RU/s)', value: median(walls), bar: 1.05, unit: '', detail }) && kept;
    kept =
      report({ name: 'throttled operations', value: median(rejected), bar: 2, unit: ' %', detail: `same runs` }) &&
      kept;
  }
  return kept;
}
