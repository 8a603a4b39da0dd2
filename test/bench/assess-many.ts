import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Document } from 'bson';
import { MongoClient } from 'mongodb';
import { bundleCli } from '../../scripts/bundle.js';
import { startMongod } from '../support/mongod.js';
import { makeTempFolder } from '../support/temp.js';
import { report } from './figures.js';

const CLI = 'dist/cli.cjs';
const DATABASES = 10;
const AT_ONCE = 16;
const LOOK_MS = 50;
const COMMAND = ['assess', '--scan', 'none', '--pace', 'full', '--json'];
/** Each collection and each index is a file, and a process may have only so many open: three for each collection, so that ten thousand are more than most limits. */
const CLOSING = 'file_manager=(close_handle_minimum=100,close_idle_time=1,close_scan_interval=1)';
/** Collections that are made before the server is waited for, and files that may then be open. */
const PORTION = 1_000;
const MOST_OPEN = 4_000;
const CLOSING_LIMIT_MS = 120_000;

/** Commands that a server has answered, by name. */
async function commandsOf(client: MongoClient): Promise<Map<string, number>> {
  const status = await client.db('admin').command({ serverStatus: 1 });
  const commands = (status['metrics'] as Document)['commands'] as Record<string, { total?: unknown }>;
  return new Map(Object.entries(commands).map(([name, { total }]) => [name, Number(total ?? 0)]));
}

/** What the server has answered in the meantime. */
async function answeredWhile<T>(
  client: MongoClient,
  work: () => Promise<T>,
): Promise<{ result: T; sent: ReadonlyMap<string, number> }> {
  const before = await commandsOf(client);
  const result = await work();
  const after = await commandsOf(client);
  return { result, sent: new Map([...after].map(([name, total]) => [name, total - (before.get(name) ?? 0)])) };
}

/**
 * A process of the command line assesses a server of `collections` collections from metadata, each with a secondary index and a few documents: round trips for each collection, by the
 * server's own count (less what an empty server is asked), and the process's peak of resident memory, by the kernel's.
 */
export async function benchAssessMany(collections: number): Promise<boolean> {
  await bundleCli();
  const args = ['--wiredTigerEngineConfigString', CLOSING, '--setParameter', 'wiredTigerCursorCacheSize=0'];
  // The server counts its own commands, too: every five minutes it looks after its sessions with some of the same names.
  args.push('--setParameter', 'disableLogicalSessionCacheRefresh=true');
  await using server = await startMongod({ args });
  const folder = await makeTempFolder('assess-many');
  const client = await MongoClient.connect(server.uri);
  try {
    const ofNone = await answeredWhile(client, () => assessed(server.uri, folder.path));
    const made = performance.now();
    await fill(client, collections);
    const making = (performance.now() - made) / 1000;
    const started = performance.now();
    const { result, sent } = await answeredWhile(client, () => assessed(server.uri, folder.path));
    const took = (performance.now() - started) / 1000;
    const each = [...sent]
      .filter(([, times]) => times >= collections / 10)
      .map(([name, times]) => [name, (times - (ofNone.sent.get(name) ?? 0)) / collections] as const);
    const others = [...sent].filter(([name, times]) => times > 0 && !each.some(([known]) => known === name));
    const trips = report({
      name: 'round trips for each collection',
      value: each.reduce((sum, [, times]) => sum + times, 0),
      bar: 2,
      unit: '',
      detail: `${each.map(([name, times]) => `${name} ${times}`).join(', ')}; in all besides ${others.map(([name, times]) => `${name} ${times}`).join(', ')}`,
    });
    const memory = report({
      name: 'peak memory, assessment of many collections',
      value: result.peak / 1e6,
      bar: 300,
      unit: ' MB',
      detail: `${collections} collections in ${DATABASES} databases, made in ${making.toFixed(0)} s, assessed in ${took.toFixed(1)} s, ${(result.bytes / 1e6).toFixed(1)} MB of JSON; of none ${(ofNone.result.peak / 1e6).toFixed(1)} MB`,
    });
    return trips && memory;
  } finally {
    await client.close();
    await folder.remove();
  }
}

async function fill(client: MongoClient, collections: number): Promise<void> {
  for (let first = 0; first < collections; first += PORTION) {
    await fillPortion(client, first, Math.min(collections, first + PORTION));
    // Only what a checkpoint has written is closed.
    await client.db('admin').command({ fsync: 1 });
    await filesClosed(client);
  }
}

async function fillPortion(client: MongoClient, first: number, end: number): Promise<void> {
  let next = first;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < end; i = next++) {
      const db = client.db(`many${i % DATABASES}`);
      const coll = `collection ${i} 漢`;
      await db.command({ createIndexes: coll, indexes: [{ key: { tenant: 1, at: -1 }, name: 'tenant_at' }] });
      await db
        .collection(coll)
        .insertMany(Array.from({ length: 3 }, (_, j) => ({ tenant: j, at: new Date(j), text: 'x'.repeat(200) })));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** @throws Error where the server keeps its files open. */
async function filesClosed(client: MongoClient): Promise<void> {
  const started = performance.now();
  let open: number;
  do {
    await delay(LOOK_MS);
    const status = await client.db('admin').command({ serverStatus: 1 });
    open = Number(((status['wiredTiger'] as Document)['connection'] as Document)['files currently open']);
    if (!(performance.now() - started < CLOSING_LIMIT_MS)) throw new Error(`${open} files stay open`);
  } while (!(open < MOST_OPEN));
}

/** Peak resident bytes of the command, and the bytes of its result. */
async function assessed(uri: string, runs: string): Promise<{ peak: number; bytes: number }> {
  const env = { ...process.env, MCM_SOURCE_URI: uri, MCM_RUNS: runs };
  const child = spawn(process.execPath, [CLI, ...COMMAND], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let bytes = 0;
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length));
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  let peak = 0;
  const timer = setInterval(
    () => void residentPeak(child.pid).then((found) => (peak = Math.max(peak, found))),
    LOOK_MS,
  );
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  if (code !== 0 || bytes === 0) throw new Error(`the command ended with ${code} and ${bytes} bytes: ${said}`);
  return { peak, bytes };
}

/** The kernel's own high-water mark; 0 of a process that is gone. */
async function residentPeak(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}
