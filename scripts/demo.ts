/** `npm run demo`: a whole migration of public data on this machine, with the real commands, from a real MongoDB to a model of an RU account. */
import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { startMongod, type RunningMongod } from '../test/support/mongod.js';
import { startRuStandIn, type RuStandIn } from '../test/support/ru-stand-in/start.js';
import { fillWithPublicData } from './demo-data.js';
import { bundleCli } from './bundle.js';
import { openDemoWindow } from './demo-window.js';
import { setUp } from './setup.js';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const PROGRAM = 'mongo-cosmos-migration';
const USER = 'demo';
/** The big collection is spread over partitions by its shard key, as a real one of this throughput would have to be. */
const BIG = { name: 'aviation.flights', shardKey: '_id', ruPerSecond: 40_000 };
const RU_PER_SECOND = 10_000;
const LEAST_DOCUMENTS = 200_000;
const DATA_FOLDERS = ['source', 'target', 'empty-target'];

const keep = process.argv.includes('--keep');
const showsWindow = !process.argv.includes('--no-ui');
const say = (...lines: readonly string[]): void => lines.forEach((line) => console.log(line));
const title = (text: string): void => say('', `━━ ${text} ${'━'.repeat(Math.max(3, 90 - text.length))}`);

interface Servers {
  readonly folder: string;
  readonly sourceUri: string;
  readonly targetUri: string;
  readonly standIn: RuStandIn;
  readonly source: RunningMongod;
  /** Starts one more model of an account, empty. Resolves with its connection string. */
  anotherTarget(): Promise<string>;
}

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

function withUser(uri: string, password: string): string {
  return uri.replace('mongodb://', `mongodb://${USER}:${password}@`).replace(/\/\?/, '/?authSource=admin&');
}

/** A command as a person would type it, printed before it runs. Resolves with its exit status. */
async function command(args: readonly string[], servers: Servers, environment: NodeJS.ProcessEnv): Promise<number> {
  stopping.signal.throwIfAborted();
  say('', `$ ${PROGRAM} ${args.map(quoted).join(' ')}`);
  const child = spawn(process.execPath, [join(ROOT, 'dist', 'cli.cjs'), ...args], {
    cwd: servers.folder,
    stdio: 'inherit',
    env: {
      ...environment,
      MCM_SOURCE_URI: servers.sourceUri,
      MCM_TARGET_URI: servers.targetUri,
      MCM_RUNS: join(servers.folder, 'runs'),
    },
  });
  const onStop = (): void => void child.kill('SIGTERM');
  stopping.signal.addEventListener('abort', onStop, { once: true });
  const code = await new Promise<number>((done) => child.once('close', (status) => done(status ?? 1)));
  stopping.signal.removeEventListener('abort', onStop);
  stopping.signal.throwIfAborted();
  return code;
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument}'`;
}

async function startServers(folder: string, cleanUp: (() => Promise<unknown>)[]): Promise<Servers> {
  const password = randomBytes(12).toString('hex');
  const auth = { user: USER, password };
  const start = async (name: string): Promise<RunningMongod> => {
    const dbPath = join(folder, name);
    await mkdir(dbPath, { recursive: true });
    const server = await startMongod({ auth, dbPath });
    cleanUp.unshift(() => server.stop());
    return server;
  };
  const startTarget = async (name: string): Promise<RuStandIn> => {
    const backend = await start(name);
    const target = await startRuStandIn({ backendPort: backend.port, ruPerSecond: RU_PER_SECOND });
    cleanUp.unshift(() => target.close());
    return target;
  };
  const source = await start('source');
  const standIn = await startTarget('target');
  return {
    folder,
    sourceUri: withUser(source.uri, password),
    targetUri: withUser(standIn.uri, password),
    standIn,
    source,
    anotherTarget: async () => withUser((await startTarget('empty-target')).uri, password),
  };
}

async function fillSource(uri: string): Promise<void> {
  const client = await MongoClient.connect(uri);
  try {
    const { documents, collections } = await fillWithPublicData(client, say);
    say(`${documents.toLocaleString('en-US')} documents in ${collections} collections`);
    if (documents < LEAST_DOCUMENTS) throw new Error('too few documents for a demo');
  } finally {
    await client.close();
  }
}

interface ReportedVerification {
  readonly kind: string;
}

/** The demo's own judgement, from the run's report: every collection has to be proven equal. */
async function everyCollectionEqual(reportPath: string): Promise<boolean> {
  const report = JSON.parse(await readFile(reportPath, 'utf8')) as {
    collections: { verification?: ReportedVerification }[];
  };
  return report.collections.length > 0 && report.collections.every((c) => c.verification?.kind === 'equal');
}

async function migrate(servers: Servers, environment: NodeJS.ProcessEnv): Promise<number> {
  const run = (...args: readonly string[]): Promise<number> => command(args, servers, environment);
  const must = async (...args: readonly string[]): Promise<void> => {
    const code = await run(...args);
    if (code !== 0) throw new Error(`${PROGRAM} ${args[0] ?? ''} ended with status ${code}`);
  };
  say(
    '',
    'The commands below read their connection strings from MCM_SOURCE_URI and MCM_TARGET_URI, which hold the passwords:',
    `  MCM_SOURCE_URI=${hidden(servers.sourceUri)}`,
    `  MCM_TARGET_URI=${hidden(servers.targetUri)}`,
  );
  const throughput = ['--throughput', String(RU_PER_SECOND)];
  title('1  What are they?');
  await must('probe');
  title('2  How big is it?');
  await must('analyze', '--source-name', 'demo-source');
  title('3  What will not work, how long does it take, what does it cost?');
  await must('assess', '--source-name', 'demo-source', '--target-kind', 'both', '--out', 'assessment');
  title('4  How should it be moved?');
  await must('advise', ...throughput, '--measure');
  title('5  What exactly will happen?');
  await must(
    ...['plan', '--source-name', 'demo-source', '--target-name', 'demo-target', ...throughput, '--measure'],
    ...['--collection-throughput', `${BIG.name}=${BIG.ruPerSecond}`, '--shard-key', `${BIG.name}=${BIG.shardKey}`],
    ...['--out', 'demo.migration.json'],
  );
  title('6  Do it');
  const code = await run('run', 'demo.migration.json');
  title('7  Prove it once more, independently of the run');
  const verified = await run('verify', 'latest', '--yes');
  title('8  The report');
  await must('runs');
  await must('report', 'latest', '--format', 'html', '--out', 'report.html');
  const folder = (await latestRun(servers.folder)) ?? servers.folder;
  const equal =
    verified === 0 && (code === 0 || code === 3) && (await everyCollectionEqual(join(folder, 'report.json')));
  tellModel(servers.standIn);
  say(
    '',
    equal
      ? 'Every collection on the target is equal to the source, byte for byte.'
      : `NOT every collection was verified as equal (run: ${code}, verify: ${verified}).`,
    `Report:  ${shown(join(servers.folder, 'report.html'))}`,
    `         ${shown(join(folder, 'report.md'))}`,
    `Before:  ${shown(join(servers.folder, 'assessment', 'assessment.html'))}`,
  );
  return equal ? 0 : 1;
}

async function latestRun(folder: string): Promise<string | undefined> {
  const names = (await readdir(join(folder, 'runs'))).sort();
  const last = names.at(-1);
  return last === undefined ? undefined : join(folder, 'runs', last);
}

/** What the stand-in counted, named for what it is. */
function tellModel(standIn: RuStandIn): void {
  const total = standIn.totalStats();
  const n = (value: number): string => Math.round(value).toLocaleString('en-US');
  say(
    '',
    'The target was a model of an RU account, not Azure: it charges by the published table and throttles by the second.',
    `It counted ${n(total.documentsWritten)} documents written, ${n(total.ruCharged)} RU charged, and ${n(total.throttledOperations)} of ` +
      `${n(total.operations)} operations throttled.`,
  );
}

function hidden(uri: string): string {
  return uri.replace(/:[^:@/]+@/, ':***@');
}

function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

/** What was stopped half-way leaves nothing; a finished demo leaves its plan, its run and its report. */
async function removeUnlessReported(folder: string): Promise<void> {
  const reported = await access(join(folder, 'report.html')).then(
    () => true,
    () => false,
  );
  if (!reported) await rm(folder, { recursive: true, force: true });
}

async function untilStopped(): Promise<void> {
  if (stopping.signal.aborted) return;
  await new Promise<void>((done) => stopping.signal.addEventListener('abort', () => done(), { once: true }));
}

function tellAddresses(servers: Servers): void {
  title('The servers stay up');
  say(
    `source  ${servers.sourceUri}`,
    `target  ${servers.targetUri}`,
    '',
    'Both are on this machine and for this demo only. Ctrl-C here stops them and removes their data.',
  );
}

/** The same once more, by hand: on the same source, with a second, empty target beside the one that is full now. */
async function showWindow(
  servers: Servers,
  environment: Readonly<Record<string, string>>,
  cleanUp: (() => Promise<unknown>)[],
): Promise<void> {
  title('9  Do it yourself, in VS Code');
  const fresh = await servers.anotherTarget();
  const workspace = join(servers.folder, 'my-migration');
  await mkdir(workspace, { recursive: true });
  const window = await openDemoWindow({
    folder: servers.folder,
    workspace,
    clusters: [
      { name: 'demo-source', role: 'source', uri: servers.sourceUri },
      { name: 'demo-target', role: 'target', uri: servers.targetUri },
      { name: 'demo-target (empty)', role: 'target', uri: fresh },
    ],
    environment: { ...environment, MCM_RUNS: join(servers.folder, 'runs') },
    print: (line) => say(`  ${line}`),
  });
  if (window === undefined) return;
  cleanUp.unshift(() => rm(join(servers.folder, 'vscode'), { recursive: true, force: true, maxRetries: 5 }));
  cleanUp.unshift(() => window.close());
  say(
    '',
    ...window.lines,
    '',
    'Click "Cosmos Migration" in the activity bar: the clusters are there, and so is the run above, under Migrations.',
    'Then open demo-source, right-click a collection (culture.movies is soon done), choose "Migrate Collection…", and take',
    `"demo-target (empty)" as target. Each of its collections gets ${RU_PER_SECOND.toLocaleString('en-US')} RU/s: say so in the step "Tuning".`,
    '',
    'Ctrl-C here closes it, stops the servers and removes their data.',
  );
  await untilStopped();
}

async function demo(): Promise<number> {
  const cleanUp: (() => Promise<unknown>)[] = [];
  try {
    title('Setting up: mongod and the database tools');
    const parts = await setUp((line) => say(`  ${line}`));
    if (!parts.complete) return 1;
    await bundleCli();
    const base = join(ROOT, '.demo');
    await mkdir(base, { recursive: true });
    const folder = await mkdtemp(join(base, 'run-'));
    cleanUp.push(() => removeUnlessReported(folder));
    cleanUp.push(() =>
      Promise.all(DATA_FOLDERS.map((name) => rm(join(folder, name), { recursive: true, force: true }))),
    );
    stopping.signal.throwIfAborted();
    title('Starting a MongoDB as source, and a model of an RU account as target');
    const servers = await startServers(folder, cleanUp);
    say(`  source  ${hidden(servers.sourceUri)}`, `  target  ${hidden(servers.targetUri)}`);
    title('Filling the source with public data (vega-datasets)');
    await fillSource(servers.sourceUri);
    const code = await migrate(servers, { ...process.env, ...parts.environment });
    if (keep) tellAddresses(servers);
    if (showsWindow) await showWindow(servers, parts.environment, cleanUp);
    if (keep) await untilStopped();
    return code;
  } catch (error) {
    if (stopping.signal.aborted) {
      say('', 'Stopped.');
      return 130;
    }
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    for (const step of cleanUp) await step();
  }
}

process.exit(await demo());
