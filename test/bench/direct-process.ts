import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleCli } from '../../scripts/bundle.js';

const CLI = 'dist/cli.cjs';
/** Clock ticks per second of /proc (USER_HZ, 100 on Linux). */
const TICKS = 100;
/** How often the process is looked at; the error of every figure here. */
const LOOK_MS = 20;

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
    const started = performance.now();
    const child = spawn(process.execPath, [CLI, 'run', plan], { env });
    const seen = { copied: 0, indexed: 0, cpu: 0, largestResident: 0 };
    let cpuBefore = 0;
    let journal = '';
    let over = false;
    const done = ended(child).finally(() => (over = true));
    while (!over && child.pid !== undefined) {
      const [cpu, resident] = await usageOf(child.pid);
      seen.largestResident = Math.max(seen.largestResident, resident);
      journal = await readJournal(folder);
      const seconds = (performance.now() - started) / 1000;
      if (seen.copied === 0) {
        seen.cpu = cpu;
        if (!journal.includes('"state":"copying"')) cpuBefore = cpu;
        if (journal.includes('"state":"indexing"')) seen.copied = seconds;
      }
      if (seen.indexed === 0 && journal.includes('"state":"verifying"')) seen.indexed = seconds;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    await done;
    journal = await readJournal(folder);
    if (!journal.includes('"state":"completed"')) throw new Error('the run did not end verified');
    const at = (state: string): number => stateTime(journal, state);
    return {
      ...seen,
      cpuCopying: seen.cpu - cpuBefore,
      copying: (at('indexing') - at('copying')) / 1000,
      verifying: (at('completed') - at('verifying')) / 1000,
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
