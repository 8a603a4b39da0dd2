import { startMongod } from '../support/mongod.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { runDirect } from './direct-process.js';
import { report } from './figures.js';

/** Peak resident memory (the kernel's own high-water mark) of a direct copy, verification included, for 100 MB, half and all of `gigabytes`. */
export async function benchCopyMemory(gigabytes: number): Promise<boolean> {
  const sizes = [100_000, gigabytes * 500_000, gigabytes * 1_000_000];
  const peaks: number[] = [];
  for (const documents of sizes) {
    await using source = await startMongod();
    await using target = await startMongod();
    await fillCollection(source.uri, 'bench', 'docs', documents, 1024);
    peaks.push((await runDirect(source.uri, target.uri)).largestResident / 1e6);
  }
  const [, half = Number.NaN, all = Number.NaN] = peaks;
  const detail = sizes.map((size, i) => `${size} documents of 1 KB: ${peaks[i]?.toFixed(0)} MB`).join(', ');
  const level = report({ name: 'peak memory, direct copy', value: Math.max(...peaks), bar: 300, unit: ' MB', detail });
  const flat = report({
    name: 'peak memory, all the data / half of it',
    value: all / half,
    bar: 1.1,
    unit: '',
    detail: 'same runs',
  });
  return level && flat;
}
