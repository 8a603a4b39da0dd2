import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleCli } from '../../scripts/bundle.js';
import { startMongod } from '../support/mongod.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { makeTempFolder } from '../support/temp.js';
import { report } from './figures.js';

const CLI = 'dist/cli.cjs';
const SAMPLE_MS = 100;
const MB = 1024 * 1024;

/** Peak resident memory of the one process that is runner and relay (the kernel's own high-water mark), for 100 MB and for 2 GB of data. */
export async function benchMemory(): Promise<boolean> {
  await bundleCli();
  const small = await peakOfRun(100_000);
  const middle = await peakOfRun(500_000);
  const large = await peakOfRun(2_000_000);
  const detail = `100 MB: ${small.toFixed(0)} MB, 500 MB: ${middle.toFixed(0)} MB, 2 GB: ${large.toFixed(0)} MB, documents of 1 KB, verification included`;
  const level = report({
    name: 'peak memory of runner and relay',
    value: Math.max(small, middle, large),
    bar: 300,
    unit: ' MB',
    detail,
  });
  // 100 MB are gone before the heap has come to its working size, so growth with the data shows between the larger two.
  const flat = report({
    name: 'peak memory 2 GB / 500 MB',
    value: large / middle,
    bar: 1.1,
    unit: '',
    detail: `same runs; 2 GB / 100 MB: ${(large / small).toFixed(2)}`,
  });
  return level && flat;
}

async function peakOfRun(documents: number): Promise<number> {
  await using source = await startMongod();
  await using target = await startMongod();
  const folder = await makeTempFolder('bench-memory');
  await fillCollection(source.uri, 'bench', 'docs', documents, 1024);
  const plan = join(folder.path, 'bench.migration.json');
  const env = { ...process.env, MCM_RUNS: join(folder.path, 'runs') };
  await promisify(execFile)(
    process.execPath,
    [CLI, 'plan', '--source', source.uri, '--target', target.uri, '--out', plan],
    { env },
  );
  const run = spawn(process.execPath, [CLI, 'run', plan], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  let peak = 0;
  const timer = setInterval(() => {
    void readFile(`/proc/${run.pid ?? 0}/status`, 'utf8').then(
      (status) => {
        const kib = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0);
        peak = Math.max(peak, (kib * 1024) / MB);
      },
      () => undefined,
    );
  }, SAMPLE_MS);
  const [code] = (await once(run, 'close')) as [number | null];
  clearInterval(timer);
  await folder.remove();
  if (code !== 0) throw new Error(`the run ended with ${code ?? 'a signal'}`);
  return peak;
}
