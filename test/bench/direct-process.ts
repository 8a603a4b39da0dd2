import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleCli } from '../../scripts/bundle.js';

const CLI = 'dist/cli.cjs';
/** Clock ticks per second of /proc (USER_HZ, 100 on Linux). */
const TICKS = 100;
/** How often the process is looked at: the error of the figures of the processor. Looking takes time that the copy would use, so not more often. */
const LOOK_MS = 100;

/** A whole run of the bundled command, a process of its own, as users run it. Seconds and bytes. */
export interface DirectRunFigures {
  /** From the start of the process until every document was acknowledged: start, connecting and preparing are in it. */
  readonly copied: number;
  /** As `copied`, until the indexes were built. */
  readonly indexed: number;
  /** Of the processor, until every document was acknowledged. */
  readonly cpu: number;
  /** As `cpu`, without what it took to start, connect and prepare. */
  readonly cpuCopying: number;
  /** The step of copying alone, by the journal, and that of verifying. */
  readonly copying: number;
  readonly verifying: number;
  /** When every document was acknowledged: milliseconds of the clock. */
  readonly copiedAt: number;
  readonly largestResident: number;
}

let built: Promise<void> | undefined;

/** Plans outside the measured time, then runs. @throws Error where the run does not end verified. */
export async function runDirect(sourceUri: string, targetUri: string): Promise<DirectRunFigures> {
  await (built ??= bundleCli());
  const folder = await mkdtemp(join(tmpdir(), 'mcm-bench-'));
  const env = { ...process.env, MCM_RUNS: folder, MCM_SOURCE_URI: sourceUri, MCM_TARGET_URI: targetUri };
  const plan = join(folder, 'plan.migration.json');
  try {
    await ended(spawn(process.execPath, [CLI, 'plan', '--method', 'direct-copy', '--out', plan], { env }));
    const started = Date.now();
    const child = spawn(process.execPath, [CLI, 'run', plan], { env });
    const looks: { readonly at: number; readonly cpu: number }[] = [{ at: started, cpu: 0 }];
    let largestResident = 0;
    let over = false;
    const done = ended(child).finally(() => (over = true));
    while (!over && child.pid !== undefined) {
      const [cpu, resident] = await usageOf(child.pid);
      if (cpu > 0) looks.push({ at: Date.now(), cpu });
      largestResident = Math.max(largestResident, resident);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    await done;
    const journal = await readJournal(folder);
    if (!journal.includes('"state":"completed"')) throw new Error('the run did not end verified');
    const at = (state: string): number => stateTime(journal, state);
    // Rather too much than too little: the look before the step, and the one after it.
    const cpuBefore = looks.filter((look) => look.at <= at('copying')).at(-1)?.cpu ?? 0;
    const cpu = looks.find((look) => look.at >= at('indexing'))?.cpu ?? Number.NaN;
    return {
      copied: (at('indexing') - started) / 1000,
      indexed: (at('verifying') - started) / 1000,
      cpu,
      largestResident,
      cpuCopying: cpu - cpuBefore,
      copying: (at('indexing') - at('copying')) / 1000,
      verifying: (at('completed') - at('verifying')) / 1000,
      copiedAt: at('indexing'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ended(child: ReturnType<typeof spawn>): Promise<void> {
  let said = '';
  const keep = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-2_000));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the command ended with ${code}: ${said}`);
}

/** Seconds of processor and resident bytes; zeros of a process that is gone. */
async function usageOf(pid: number): Promise<readonly [number, number]> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The kernel's own high-water mark.
    const peak = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
    // The name in brackets may hold spaces; utime and stime are the 14th and 15th fields.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [(Number(fields[11]) + Number(fields[12])) / TICKS, Number(peak ?? 0) * 1024];
  } catch {
    return [0, 0];
  }
}

async function readJournal(folder: string): Promise<string> {
  const run = (await readdir(folder, { withFileTypes: true })).find((entry) => entry.isDirectory());
  if (!run) return '';
  return readFile(join(folder, run.name, 'journal.ndjson'), 'utf8').catch(() => '');
}

function stateTime(journal: string, state: string): number {
  const line = journal.split('\n').find((one) => one.includes(`"state":"${state}"`));
  const at: unknown = line === undefined ? undefined : (JSON.parse(line) as { at?: unknown }).at;
  return Date.parse(String(at));
}

/** Seconds of processor of all children that ended so far. */
export async function childrenCpu(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}
