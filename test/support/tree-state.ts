/** The Clusters view's catalog on real connections, for tests without VS Code. */
import { readDatabaseSizes } from '../../src/adapters/mongo/database-sizes.js';
import { readCollections } from '../../src/adapters/mongo/inventory.js';
import { listCollections, listDatabases } from '../../src/adapters/mongo/listing.js';
import type { ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import type { ClusterProfile } from '../../src/host/clusters/cluster-profile.js';
import { ClusterCatalog, type CatalogChange, type CatalogPorts } from '../../src/host/tree/cluster-catalog.js';
import type { TreeState } from '../../src/host/tree/cluster-children.js';
import { connectTo } from './migrate.js';

/** `{0}` filled in, as VS Code does it without a translation. */
export const english = (message: string, ...args: (string | number)[]): string =>
  message.replace(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)] ?? ''));

export function aProfile(profile: Partial<ClusterProfile> = {}): ClusterProfile {
  return {
    id: 'c1',
    name: 'prod',
    role: 'source',
    origin: 'saved',
    uri: 'mongodb://db.example.net/',
    secret: 'none',
    ...profile,
  };
}

export interface TestTree {
  readonly catalog: ClusterCatalog;
  readonly state: TreeState;
  readonly changes: CatalogChange[];
  readonly profiles: Map<string, ClusterProfile>;
  readonly seen: { id: string; kind: string | undefined; version: string | undefined }[];
  /** How often each reading was started. */
  readonly calls: Record<keyof Awaited<ReturnType<CatalogPorts['adapters']>>, number>;
}

type Adapters = Awaited<ReturnType<CatalogPorts['adapters']>>;

const REAL: Adapters = { listDatabases, listCollections, readDatabaseSizes, readCollections };

/** A catalog over these profiles: real readings on real connections, unless others are given. */
export function testTree(
  profiles: readonly ClusterProfile[],
  options: { readonly adapters?: Partial<Adapters>; readonly connection?: CatalogPorts['connections'] } = {},
): TestTree {
  const held = new Map(profiles.map((profile) => [profile.id, profile]));
  const calls = { listDatabases: 0, listCollections: 0, readDatabaseSizes: 0, readCollections: 0 };
  const adapters = { ...REAL, ...options.adapters };
  const counted: Adapters = {
    listDatabases: (...args) => (calls.listDatabases++, adapters.listDatabases(...args)),
    listCollections: (...args) => (calls.listCollections++, adapters.listCollections(...args)),
    readDatabaseSizes: (...args) => (calls.readDatabaseSizes++, adapters.readDatabaseSizes(...args)),
    readCollections: (...args) => (calls.readCollections++, adapters.readCollections(...args)),
  };
  const seen: TestTree['seen'] = [];
  const catalog = new ClusterCatalog({
    clusters: {
      get: (id) => held.get(id),
      noteSeen: (id, { kind, version }) => Promise.resolve(void seen.push({ id, kind, version })),
    },
    connections: options.connection ?? {
      async with<T>(id: string, _signal: AbortSignal, use: (cluster: ConnectedCluster) => Promise<T>): Promise<T> {
        await using cluster = await connectTo(held.get(id)?.uri ?? '');
        return await use(cluster);
      },
    },
    adapters: () => Promise.resolve(counted),
    log: { warn: () => undefined },
  });
  const changes: CatalogChange[] = [];
  catalog.onDidChange((change) => changes.push(change));
  const state: TreeState = {
    profiles: (role) => [...held.values()].filter((profile) => role === undefined || profile.role === role),
    profile: (id) => held.get(id),
    catalog,
  };
  return { catalog, state, changes, profiles: held, seen, calls };
}
