/** Asks a cluster what it is. A dozen small commands at most, none of which reads data. */
import type { Document, MongoClient } from 'mongodb';
import type { ClusterFacts } from '../../core/model/facts.js';
import { bytes, milliseconds } from '../../core/model/units.js';
import { metadataLimit } from '../../core/scan/metadata-commands.js';
import { detectKind, detectTopology, isDocumentDbEngine, isGenuineMongo } from './detect-kind.js';
import type { DriverGeneration } from './driver.js';
import { serverCode } from './errors.js';

/** Protocol defaults for replies that leave them out: https://www.mongodb.com/docs/manual/reference/command/hello/. */
const DEFAULT_MAX_BSON = 16 * 1024 * 1024;
const DEFAULT_MAX_MESSAGE = 48_000_000;
const DEFAULT_MAX_BATCH = 1000;
/** Judged: the median of five is right though two were held up. */
const PINGS = 5;

export interface ProbeInput {
  readonly client: MongoClient;
  readonly driver: DriverGeneration;
  readonly tls: boolean;
  /** Hosts of the connection string, and those that its SRV record named. */
  readonly hosts: readonly string[];
}

type Outcome = { readonly reply: Document } | { readonly code: number | undefined };

/** A command that may be refused: unknown, not allowed, not supported. A broken connection is still an error. */
async function tryCommand(client: MongoClient, command: Document): Promise<Outcome> {
  try {
    return { reply: await client.db('admin').command(command) };
  } catch (error) {
    const code = serverCode(error);
    if (code === undefined) throw error;
    return { code };
  }
}

async function sayHello(client: MongoClient): Promise<Document> {
  const modern = await tryCommand(client, { hello: 1 });
  // Before 4.4.2 there is only isMaster.
  return 'reply' in modern ? modern.reply : client.db('admin').command({ isMaster: 1 });
}

/** Median of a few round trips in milliseconds. */
async function measureLatency(client: MongoClient): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < PINGS; i++) {
    const started = performance.now();
    await client.db('admin').command({ ping: 1 });
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(PINGS / 2)] ?? 0;
}

const number = (value: unknown, otherwise: number): number => {
  const found = Number(value ?? Number.NaN);
  return Number.isFinite(found) && found > 0 ? found : otherwise;
};

async function machine(
  client: MongoClient,
  kind: ClusterFacts['kind'],
): Promise<{ logicalCores?: number; storageEngine?: string }> {
  const limit = metadataLimit({ kind });
  const info = await tryCommand(client, { hostInfo: 1, ...limit });
  // Sections that cost something are left out of serverStatus.
  const quiet = {
    metrics: 0,
    locks: 0,
    wiredTiger: 0,
    tcmalloc: 0,
    repl: 0,
    opLatencies: 0,
    flowControl: 0,
    mirroredReads: 0,
  };
  const status = await tryCommand(client, { serverStatus: 1, ...quiet, ...limit });
  const system = 'reply' in info ? (info.reply.system as Document | undefined) : undefined;
  const engine = 'reply' in status ? (status.reply.storageEngine as Document | undefined) : undefined;
  const cores = number(system?.numCores, 0);
  return {
    ...(cores > 0 ? { logicalCores: cores } : {}),
    ...(typeof engine?.name === 'string' ? { storageEngine: engine.name } : {}),
  };
}

/** Reads the facts of a connected cluster. Commands that are refused leave their fact out; errors are the driver's. */
export async function probeCluster(input: ProbeInput): Promise<ClusterFacts> {
  const { client } = input;
  const hello = await sayHello(client);
  const built = await tryCommand(client, { buildInfo: 1 });
  const buildInfo: Document = 'reply' in built ? built.reply : {};
  const imitation = isDocumentDbEngine(hello) || buildInfo.ferretdb !== undefined;
  // Asked even of what looks genuine: imitations copy buildInfo, but not the refusal of a command that only they know.
  const charge = imitation ? undefined : await tryCommand(client, { getLastRequestStatistics: 1 });
  const hasRequestStatistics = charge !== undefined && 'reply' in charge;
  const opts = imitation || hasRequestStatistics ? undefined : await tryCommand(client, { getCmdLineOpts: 1 });
  const genuine = isGenuineMongo(buildInfo) && !hasRequestStatistics;
  const atlas = genuine ? await tryCommand(client, { atlasVersion: 1 }) : undefined;
  const cmdLineOptsCode = opts && 'code' in opts ? opts.code : undefined;
  // Members that can never be primary stand apart.
  const told = [hello.hosts, hello.passives].flatMap((list) => (Array.isArray(list) ? list.map(String) : []));
  const verdict = detectKind(
    {
      hello,
      buildInfo,
      hasRequestStatistics,
      hasAtlasVersion: atlas !== undefined && 'reply' in atlas,
      ...(cmdLineOptsCode === undefined ? {} : { cmdLineOptsCode }),
    },
    input.hosts,
  );
  const version = typeof buildInfo.version === 'string' ? buildInfo.version : '';
  const modules = Array.isArray(buildInfo.modules) ? (buildInfo.modules as unknown[]) : [];
  return {
    kind: verdict.kind,
    kindEvidence: verdict.evidence,
    topology: detectTopology(hello),
    version,
    versionArray: versionNumbers(buildInfo.versionArray, version),
    maxWireVersion: number(hello.maxWireVersion, 0),
    hosts: told.length > 0 ? told : input.hosts,
    ...(typeof hello.setName === 'string' ? { setName: hello.setName } : {}),
    tls: input.tls,
    driver: input.driver,
    maxBsonObjectSize: bytes(number(hello.maxBsonObjectSize, DEFAULT_MAX_BSON)),
    maxMessageSizeBytes: bytes(number(hello.maxMessageSizeBytes, DEFAULT_MAX_MESSAGE)),
    maxWriteBatchSize: number(hello.maxWriteBatchSize, DEFAULT_MAX_BATCH),
    latencyMs: milliseconds(await measureLatency(client)),
    // Managed services answer for a machine that is not the user's to count on; RU and vCore refuse serverStatus.
    ...(verdict.kind === 'mongodb' || verdict.kind === 'atlas' ? await machine(client, verdict.kind) : {}),
    enterprise: modules.includes('enterprise'),
  };
}

function versionNumbers(array: unknown, version: string): readonly number[] {
  if (Array.isArray(array)) return array.map(Number);
  return version === '' ? [] : version.split(/[.-]/).map(Number).filter(Number.isInteger);
}
