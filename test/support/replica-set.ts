/** A real replica set of three, whose primary can be made to go. */
import { MongoClient, type TopologyDescription } from 'mongodb';
import { startMongod, type RunningMongod } from './mongod.js';

export interface ReplicaSet extends AsyncDisposable {
  readonly uri: string;
  readonly members: readonly RunningMongod[];
  /** The primary steps down, and another member is elected; resolves when one is primary. */
  stepDown(): Promise<void>;
  /** Secondaries take nothing over any more, or do again. */
  lag(on: boolean): Promise<void>;
  /** The primary is killed; resolves when another member is. */
  killPrimary(): Promise<void>;
}

const SET = 'three';
const FAILPOINT = 'rsSyncApplyStop';

function primaryOf(topology: TopologyDescription | undefined): string | undefined {
  return [...(topology?.servers.values() ?? [])].find(({ type }) => type === 'RSPrimary')?.address;
}

export async function startReplicaSet(): Promise<ReplicaSet> {
  const args = ['--replSet', SET, '--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=100'];
  args.push('--setParameter', 'enableTestCommands=1');
  const members = await Promise.all([startMongod({ args }), startMongod({ args }), startMongod({ args })]);
  const hosts = members.map(({ port }) => `127.0.0.1:${port}`);
  const [first] = members;
  if (!first) throw new Error('no member');
  const direct = await MongoClient.connect(first.uri);
  await direct.db('admin').command({
    replSetInitiate: {
      _id: SET,
      settings: { heartbeatIntervalMillis: 200, electionTimeoutMillis: 1_000, catchUpTimeoutMillis: 2_000 },
      members: hosts.map((host, _id) => ({ _id, host })),
    },
  });
  await direct.close();
  const uri = `mongodb://${hosts.join(',')}/?replicaSet=${SET}`;
  const client = new MongoClient(uri, { heartbeatFrequencyMS: 500 });
  let topology: TopologyDescription | undefined;
  const watching = new Set<() => void>();
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    topology = newDescription;
    for (const look of watching) look();
  });
  await client.connect();
  // Writable, and every member in step.
  await client
    .db('warm')
    .collection('up')
    .insertOne({}, { writeConcern: { w: 3 } });
  const present = (): string => {
    const primary = primaryOf(topology);
    if (primary === undefined) throw new Error('no primary');
    return primary;
  };
  const elected = (before: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        const primary = primaryOf(topology);
        if (primary === undefined || primary === before) return;
        watching.delete(look);
        resolve();
      };
      watching.add(look);
      look();
    });
  return {
    uri,
    members,
    async stepDown() {
      const before = present();
      await client.db('admin').command({ replSetStepDown: 30, secondaryCatchUpPeriodSecs: 20 });
      await elected(before);
      // It may stand for election again at once.
      const thawed = await MongoClient.connect(`mongodb://${before}/?directConnection=true`);
      await thawed.db('admin').command({ replSetFreeze: 0 });
      await thawed.close();
    },
    async lag(on) {
      for (const member of members) {
        const uri = `127.0.0.1:${member.port}`;
        if (uri === present()) continue;
        const one = await MongoClient.connect(member.uri);
        await one.db('admin').command({ configureFailPoint: FAILPOINT, mode: on ? 'alwaysOn' : 'off' });
        await one.close();
      }
    },
    async killPrimary() {
      const before = present();
      await members[hosts.indexOf(before)]?.kill();
      await elected(before);
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await Promise.all(members.map((member) => member.kill()));
      await Promise.all(members.map((member) => member.stop()));
    },
  };
}
