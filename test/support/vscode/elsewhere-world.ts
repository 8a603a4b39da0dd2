/** Everything that a migration by somebody else meets: real servers on both sides, the model of Azure with an account in it, a modelled workspace on real Spark. */
import { DATABRICKS_SCOPE } from '../../../src/core/model/handoff.js';
import { MongoClient } from 'mongodb';
import { systemClock } from '../../../src/adapters/system-clock.js';
import { MOCK_GROUP, MOCK_SUBSCRIPTION } from '../arm/arm-mock.js';
import { accountRoutes } from '../arm/accounts.js';
import { dmsRoutes, dmsTypes } from '../arm/dms-model.js';
import { MockDataFactory } from '../data-factory/mock-data-factory.js';
import { startWorkspace, type Workspace } from '../databricks/workspace.js';
import { startTestServers, type TestServers } from './test-servers.js';

/** Documents by database of the source, each in a collection of its own. One database for each method. */
export const DATA = {
  studio: { db: 'crm', coll: 'contacts', documents: 300 },
  factory: { db: 'sales', coll: 'invoices', documents: 600 },
  spark: { db: 'archive', coll: 'events', documents: 1_500 },
  // The model of the service does not wait where it is throttled, so this is what a second's request units take.
  dms: { db: 'stock', coll: 'items', documents: 120 },
} as const;

export interface ElsewhereWorld extends AsyncDisposable {
  readonly servers: TestServers;
  readonly azure: MockDataFactory;
  readonly workspace: Workspace;
  /** What VS Code's account gives out, and this Azure takes. */
  readonly accountToken: string;
  /** That the workspace takes. */
  readonly databricksToken: string;
  /** Of the account that is found in Azure; the model of an RU account is behind it. */
  readonly account: string;
  readonly subnet: string;
}

const ACCOUNT = 'shop-ru';
const TOKEN = 'account-token-canary-8c15';

export async function startElsewhereWorld(): Promise<ElsewhereWorld> {
  const parts: AsyncDisposable[] = [];
  const started = <T extends AsyncDisposable>(part: T): T => {
    parts.unshift(part);
    return part;
  };
  const stop = async (): Promise<void> => {
    for (const part of parts) await part[Symbol.asyncDispose]();
  };
  try {
    const servers = started(await startTestServers());
    await fill(servers.sourceUri);
    const azure = started(
      await MockDataFactory.start(
        systemClock,
        { subscription: MOCK_SUBSCRIPTION, group: MOCK_GROUP },
        {
          deploysAtOnce: true,
          beside: {
            registered: ['Microsoft.DataMigration', 'Microsoft.DocumentDB'],
            resourceTypes: dmsTypes(),
            routes: [...accountRoutes([accountAt(servers.targetUri)]), ...dmsRoutes()],
          },
        },
      ),
    );
    azure.arm.accept(TOKEN);
    const workspace = started(await startWorkspace());
    const databricksToken = await workspace.tokens.token(DATABRICKS_SCOPE, { renew: true });
    return {
      ...{ servers, azure, workspace, databricksToken },
      accountToken: TOKEN,
      account: ACCOUNT,
      subnet: `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/${MOCK_GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnets/s`,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function accountAt(connectionString: string) {
  return {
    id: `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/${MOCK_GROUP}/providers/Microsoft.DocumentDB/databaseAccounts/${ACCOUNT}`,
    name: ACCOUNT,
    location: 'West Europe',
    kind: 'MongoDB',
    properties: {
      publicNetworkAccess: 'Enabled',
      ipRules: [],
      virtualNetworkRules: [],
      capabilities: [{ name: 'EnableMongo' }],
    },
    connectionStrings: [{ connectionString, description: 'Primary MongoDB Connection String' }],
  };
}

async function fill(uri: string): Promise<void> {
  const client = await MongoClient.connect(uri);
  try {
    for (const { db, coll, documents } of Object.values(DATA)) {
      const collection = client.db(db).collection(coll);
      const day = (i: number): Date => new Date(Date.UTC(2025, 0, 1 + (i % 300)));
      await collection.insertMany(
        Array.from({ length: documents }, (_, i) => ({ n: i, day: day(i), pad: 'x'.repeat(i % 200) })),
      );
      await collection.createIndex({ day: -1 });
    }
    await client.db('shop').dropDatabase();
  } finally {
    await client.close();
  }
}
