/** A real MongoDB with a user as source and the RU stand-in in front of another one as target. */
import { MongoClient, type Document } from 'mongodb';
import { startMongod } from './mongod.js';
import { startRuStandIn, type RuStandIn, type RuStandInOptions } from './ru-stand-in/start.js';

export interface MigrationPair {
  readonly user: string;
  readonly password: string;
  /** Without and with the password. */
  readonly source: { readonly uri: string; readonly secretUri: string };
  readonly target: { readonly uri: string; readonly secretUri: string };
  readonly standIn: RuStandIn;
  /** Straight to the servers, past everything under test. */
  readonly sourceClient: MongoClient;
  readonly backendClient: MongoClient;
  stop(): Promise<void>;
}

export async function startMigrationPair(
  password: string,
  options: Omit<RuStandInOptions, 'backendUri' | 'backendPort'> = {},
): Promise<MigrationPair> {
  const user = 'mover';
  const source = await startMongod({ auth: { user, password } });
  const backend = await startMongod({ auth: { user, password } });
  const standIn = await startRuStandIn({ backendPort: backend.port, ...options });
  const withUser = (uri: string, credentials: string): string =>
    uri.replace('mongodb://', `mongodb://${credentials}@`).replace('/?', '/?authSource=admin&');
  const both = (uri: string) => ({
    uri: withUser(uri, user),
    secretUri: withUser(uri, `${user}:${encodeURIComponent(password)}`),
  });
  const sourceClient = await MongoClient.connect(both(source.uri).secretUri);
  const backendClient = await MongoClient.connect(both(backend.uri).secretUri);
  return {
    user,
    password,
    source: both(source.uri),
    target: both(standIn.uri),
    standIn,
    sourceClient,
    backendClient,
    async stop() {
      await sourceClient.close();
      await backendClient.close();
      await standIn.close();
      await source.stop();
      await backend.stop();
    },
  };
}

/** `count` small documents with an `_id` of their own. */
export function someDocuments(count: number, padding = 200): Document[] {
  return Array.from({ length: count }, (_, i) => ({
    _id: i,
    day: new Date(1e12 + i * 1000),
    text: 'x'.repeat(padding),
  }));
}
