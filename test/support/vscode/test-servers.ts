/** Real servers for tests in VS Code: a source with a little shop in it, a model of an RU account, a plain MongoDB. */
import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { startMongod, type RunningMongod } from '../mongod.js';
import { startRuStandIn, type RuStandIn } from '../ru-stand-in/start.js';
import { SHOP } from '../../host/context.js';

const USER = 'tester';
/** Slow enough for a run to be seen, quick enough for a test: `orders` takes some seconds. */
const RU_PER_SECOND = 4_000;

export interface TestServers extends AsyncDisposable {
  readonly user: string;
  readonly password: string;
  readonly source: RunningMongod;
  /** The present one. */
  standIn(): RuStandIn;
  readonly sourceUri: string;
  readonly targetUri: string;
  /** What the target holds, asked behind the account: while a run uses its request units up, asking the account is refused as well. */
  readonly behindTargetUri: string;
  readonly mongoTargetUri: string;
  /** As if the account were deleted or the network cut. */
  stopTarget(): Promise<void>;
  /** The same account again, at the same address, with what it had. */
  startTarget(): Promise<void>;
}

/** With characters that break where somebody forgets to encode or decode. */
function oddPassword(): string {
  return `p@ss:w/rd #%+${randomBytes(6).toString('hex')}`;
}

export function withCredentials(uri: string, user: string, password: string): string {
  const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return uri.replace('mongodb://', `mongodb://${credentials}@`).replace('/?', '/?authSource=admin&');
}

export async function startTestServers(): Promise<TestServers> {
  const password = oddPassword();
  const auth = { user: USER, password };
  const started = await Promise.allSettled([startMongod({ auth }), startMongod({ auth }), startMongod({ auth })]);
  const running = started.flatMap((server) => (server.status === 'fulfilled' ? [server.value] : []));
  const stopAll = async (): Promise<void> => void (await Promise.all(running.map((server) => server.stop())));
  const [source, backend, plain] = running;
  if (!source || !backend || !plain) {
    await stopAll();
    throw new Error('a mongod did not start', { cause: started });
  }
  const whole = (uri: string): string => withCredentials(uri, USER, password);
  try {
    const options = { backendPort: backend.port, ruPerSecond: RU_PER_SECOND };
    let standIn = await startRuStandIn(options);
    const { port } = standIn;
    await fillShop(whole(source.uri));
    const stop = async (): Promise<void> => {
      await standIn.close();
      await stopAll();
    };
    return {
      user: USER,
      password,
      source,
      standIn: () => standIn,
      stopTarget: () => standIn.close(),
      startTarget: async () => {
        standIn = await startRuStandIn({ ...options, port });
      },
      sourceUri: whole(source.uri),
      targetUri: whole(standIn.uri),
      behindTargetUri: whole(backend.uri),
      mongoTargetUri: whole(plain.uri),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function fillShop(uri: string): Promise<void> {
  const client = await MongoClient.connect(uri);
  try {
    const shop = client.db('shop');
    const orders = Array.from({ length: SHOP.orders }, (_, i) => ({
      _id: i,
      customer: i % SHOP.customers,
      placed: new Date(Date.UTC(2024, 0, 1 + (i % 365))),
      lines: Array.from({ length: 1 + (i % 4) }, (_unused, line) => ({
        sku: `sku-${(i * 7 + line) % 500}`,
        pieces: 1 + (i % 5),
      })),
      note: 'n'.repeat(i % 400),
    }));
    await shop.collection<{ _id: number }>('orders').insertMany(orders);
    await shop.collection('orders').createIndexes([{ key: { customer: 1 } }, { key: { placed: -1 }, name: 'newest' }]);
    const customers = Array.from({ length: SHOP.customers }, (_, i) => ({
      _id: i,
      email: `c${i}@example.org`,
      town: `Town ${i % 17}`,
    }));
    await shop.collection<{ _id: number }>('customers').insertMany(customers);
    await shop.collection('customers').createIndex({ email: 1 }, { unique: true });
    const settings = Array.from({ length: SHOP.settings }, (_, i) => ({ _id: `s${i}`, value: i }));
    await shop.collection<{ _id: string }>('settings').insertMany(settings);
  } finally {
    await client.close();
  }
}
