import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type Cli, type CliResult, type RunningCli } from '../support/cli.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';
import { makeTempFolder } from '../support/temp.js';

const PASSWORD = 'canary-7Jx%2F@#:pass';
const AUTH = { user: 'root', password: PASSWORD };
const DOCUMENTS = 24_000;

let folder: Awaited<ReturnType<typeof makeTempFolder>>;
let sourceData: Awaited<ReturnType<typeof makeTempFolder>>;
let source: RunningMongod;
let cli: Cli;

async function fill(server: RunningMongod): Promise<void> {
  const client = new MongoClient(server.uri, { auth: { username: AUTH.user, password: PASSWORD } });
  const orders = client.db('shop').collection('orders');
  for (let start = 0; start < DOCUMENTS; start += 4_000) {
    await orders.insertMany(
      Array.from({ length: 4_000 }, (_, i) => ({ _id: (start + i) as never, pad: 'x'.repeat(400) })),
    );
  }
  await orders.createIndex({ pad: 1, _id: 1 });
  await client.close();
}

beforeAll(async () => {
  cli = await buildCli('torture');
  folder = await makeTempFolder('torture');
  sourceData = await makeTempFolder('torture-source');
  source = await startMongod({ auth: AUTH, dbPath: sourceData.path });
  await fill(source);
});
afterAll(async () => {
  await source.stop();
  await sourceData.remove();
  await folder.remove();
  await cli.remove();
});

function runCli(args: readonly string[], env: Record<string, string>): Promise<CliResult> {
  return cli.run(args, { cwd: folder.path, env });
}

interface Target {
  readonly backend: RunningMongod;
  readonly standIn: RuStandIn;
  readonly backendData: Awaited<ReturnType<typeof makeTempFolder>>;
  readonly runs: string;
  readonly env: Record<string, string>;
  readonly plan: string;
}

/** A fresh target and a plan for it. */
async function prepare(name: string): Promise<Target> {
  const backendData = await makeTempFolder('torture-target');
  const backend = await startMongod({ dbPath: backendData.path });
  const standIn = await startRuStandIn({ backendPort: backend.port });
  const runs = join(folder.path, name);
  const env = { MCM_RUNS: runs, SOURCE_PASSWORD: PASSWORD };
  const plan = join(folder.path, `${name}.migration.json`);
  const uri = `mongodb://${AUTH.user}@127.0.0.1:${source.port}/?directConnection=true&authSource=admin`;
  const made = await runCli(
    [
      'plan',
      ...['--method', 'dump-restore'],
      ...['--source', uri, '--source-password-env', 'SOURCE_PASSWORD', '--target', standIn.uri],
      ...['--throughput', '10000', '--out', plan],
    ],
    env,
  );
  expect(made).toMatchObject({ code: 0 });
  return { backend, standIn, backendData, runs, env, plan };
}

async function finish(target: Target): Promise<void> {
  await target.standIn.close();
  await target.backend.stop();
  await target.backendData.remove();
}

/** The run, at the moment when a third of the documents has arrived. */
async function runToTheMiddle(target: Target): Promise<RunningCli> {
  const running = await cli.start(['run', target.plan, '--json'], { cwd: folder.path, env: target.env });
  const written = (): number => target.standIn.stats()['shop.orders']?.documentsWritten ?? 0;
  await expect.poll(written, { timeout: 60_000 }).toBeGreaterThan(DOCUMENTS / 3);
  return running;
}

/** Of a run that can be gone on with, as its last event tells. */
function firstReason(ended: CliResult): unknown {
  expect(ended).toMatchObject({ code: 4 });
  const last = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '') as { verdict: { reasons: unknown[] } };
  return last.verdict.reasons[0];
}

async function childrenOf(pid: number): Promise<{ pid: number; name: string }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,comm=', '--ppid', String(pid)]);
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\S+)/.exec(line))
    .flatMap((match) => (match ? [{ pid: Number(match[1]), name: match[2] ?? '' }] : []));
}

async function filesWith(text: string, root: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(root, { recursive: true })) {
    const path = join(root, entry);
    if ((await stat(path)).isFile() && (await readFile(path)).includes(text)) found.push(entry);
  }
  return found;
}

async function stateOf(target: Target): Promise<string> {
  const listed = await runCli(['runs', '--json'], target.env);
  return JSON.stringify(JSON.parse(listed.stdout));
}

async function resumesToCompletion(target: Target): Promise<void> {
  expect(await stateOf(target)).toContain('"failed-resumable"');
  const resumed = await runCli(['run', '--resume', 'latest', '--json'], target.env);
  expect(resumed).toMatchObject({ code: 0 });
  expect(await stateOf(target)).toContain('"completed"');
  expect(await filesWith(PASSWORD, target.runs)).toEqual([]);
  expect(resumed.stdout + resumed.stderr).not.toContain(PASSWORD);
  const client = new MongoClient(target.backend.uri);
  expect(await client.db('shop').collection('orders').countDocuments()).toBe(DOCUMENTS);
  await client.close();
}

describe('a run that loses something in the middle', () => {
  it('tells the truth and completes when the runner was killed', { timeout: 240_000 }, async () => {
    const target = await prepare('runner');
    const running = await runToTheMiddle(target);
    const tools = await childrenOf(running.pid);
    expect(tools.map((t) => t.name)).toEqual(expect.arrayContaining(['mongodump', 'mongorestore']));
    running.child.kill('SIGKILL');
    await running.ended;
    // Without the relay the tools have nobody to write to and end by themselves.
    await expect.poll(() => tools.filter((t) => isAlive(t.pid)).length, { timeout: 60_000 }).toBe(0);
    await resumesToCompletion(target);
    await finish(target);
  });

  it.each(['mongodump', 'mongorestore'])(
    'tells the truth and completes when %s was killed',
    { timeout: 240_000 },
    async (name) => {
      const target = await prepare(name);
      const running = await runToTheMiddle(target);
      const victim = (await childrenOf(running.pid)).find((t) => t.name === name);
      process.kill(victim?.pid ?? 0, 'SIGKILL');
      expect(await running.ended).toMatchObject({ code: 4 });
      await resumesToCompletion(target);
      await finish(target);
    },
  );

  it('ends as if nothing had happened when nobody reads its output any more', { timeout: 240_000 }, async () => {
    const target = await prepare('reader');
    const running = await runToTheMiddle(target);
    running.child.stdout?.destroy();
    running.child.stderr?.destroy();
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(await stateOf(target)).toContain('"completed"');
    await finish(target);
  });

  it('tells the truth and completes when the source was killed', { timeout: 240_000 }, async () => {
    const target = await prepare('source');
    const running = await runToTheMiddle(target);
    await source.kill();
    expect(firstReason(await running.ended)).toMatchObject({ id: 'connection-lost', params: { side: 'source' } });
    source = await startMongod({ auth: AUTH, dbPath: sourceData.path, port: source.port });
    await resumesToCompletion(target);
    await finish(target);
  });

  it('tells the truth and completes when the target was killed', { timeout: 240_000 }, async () => {
    const target = await prepare('target');
    const running = await runToTheMiddle(target);
    await target.backend.kill();
    expect(firstReason(await running.ended)).toMatchObject({ id: 'connection-lost', params: { side: 'target' } });
    const backend = await startMongod({ dbPath: target.backendData.path, port: target.backend.port });
    await resumesToCompletion({ ...target, backend });
    await finish({ ...target, backend });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
