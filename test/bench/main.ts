/** `npm run bench [-- overhead|throttled|copy|copy-memory|copy-throttled|memory|extension|spark|assess-many|assess-busy] [--runs N] [--case NAME] [--gb N] [--collections N]`: the bars, as ratios of the same run. Exit status 1 when one is missed. */
import { parseArgs } from 'node:util';
import { benchAssessMany } from './assess-many.js';
import { benchAssessBusy } from './assess-busy.js';
import { benchCopy } from './copy.js';
import { benchCopyMemory } from './copy-memory.js';
import { benchCopyThrottled } from './copy-throttled.js';
import { benchExtension } from './extension.js';
import { benchMemory } from './memory.js';
import { benchOverhead } from './overhead.js';
import { benchSpark } from './spark.js';
import { benchThrottled } from './throttled.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    // Of `copy`: one case alone. Of `copy-memory`: the largest data, in GB.
    case: { type: 'string' },
    gb: { type: 'string', default: '1' },
    collections: { type: 'string', default: '10000' },
  },
});
const runs = Number(values.runs);
const benches: Readonly<Record<string, (runs: number) => Promise<boolean>>> = {
  overhead: benchOverhead,
  throttled: benchThrottled,
  copy: (rounds) => benchCopy(rounds, values.case),
  'copy-memory': () => benchCopyMemory(Number(values.gb)),
  'copy-throttled': benchCopyThrottled,
  memory: benchMemory,
  'assess-many': () => benchAssessMany(Number(values.collections)),
  extension: benchExtension,
  spark: benchSpark,
  'assess-busy': benchAssessBusy,
};
let kept = true;
for (const [name, bench] of Object.entries(benches)) {
  if (positionals.length === 0 || positionals.includes(name)) kept = (await bench(runs)) && kept;
}
process.exitCode = kept ? 0 : 1;
