import { startMongod } from '../support/mongod.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { runDirect } from './direct-process.js';
import { median, report } from './figures.js';

/** A peak is where the garbage collector happened to be late: it differs by a tenth from run to run. */
const RUNS = 3;

/** Peak resident memory (the kernel's own high-water mark) of a direct copy, verification included, for 100 MB, half and all of `gigabytes`. */
export async function benchCopyMemory(gigabytes: number): Promise<boolean> {
  const sizes = [100_000, gigabytes * 500_000, gigabytes * 1_000_000];
  const peaks: number[][] = [];
  for (const documents of sizes) {
    await using source = await startMongod();
    await fillCollection(source.uri, 'bench', 'docs', documents, 1024);
    const found: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      await using target = await startMongod();
      found.push((await runDirect(source.uri, target.uri)).largestResident / 1e6);
    }
    peaks.push(found);
  }
  const [, half = [], all = []] = peaks;
  const list = (found: readonly number[]): string => found.map((peak) => peak.toFixed(0)).join(' ');
  const detail = sizes.map((size, i) => `${size} documents of 1 KB: ${list(peaks[i] ?? [])} MB`).join(', ');
  const largest = Math.max(...peaks.flat());
  const level = report({ name: 'peak memory, direct copy', value: largest, bar: 300, unit: ' MB', detail });
  const flat = report({
    name: 'peak memory, all the data / half of it, medians',
    value: median(all) / median(half),
    bar: 1.1,
    unit: '',
    detail: 'same runs',
  });
  return level && flat;
}
