/** Inventories as real clusters have them, and a wizard on them without VS Code. */
import type { ClusterFacts, ClusterInventory } from '../../src/core/model/facts.js';
import { bytes } from '../../src/core/model/units.js';
import type { ClusterProfile } from '../../src/host/clusters/cluster-profile.js';
import { reduce, type WizardEvent } from '../../src/host/wizard/model/reduce.js';
import { initialState, type WizardState } from '../../src/host/wizard/model/wizard-state.js';
import type { WizardModel } from '../../src/host/wizard/view/wizard-model.js';
import type { WizardIntent } from '../../src/protocol/wizard.js';
import { aCluster, aCollection, anIndex, anInventory, aSample, ID_INDEX } from './core-builders.js';
import { TARGETS } from './core-plan-builders.js';

export const t = (message: string, ...args: (string | number)[]): string =>
  message.replace(/\{(\d+)\}/g, (_, i: string) => String(args[Number(i)]));

/** A shop of two databases, with what each target makes something of. */
export const SMALL: ClusterInventory = anInventory(
  [
    aCollection('shop.orders', {
      documents: 2_000_000,
      logicalBytes: bytes(2_362_232_013),
      indexBytes: bytes(180_000_000),
      indexes: [
        ID_INDEX,
        anIndex({ key: [['customer', 1]] }),
        anIndex({ key: [['number', 1]], unique: true }),
        anIndex({ name: 'words', key: [['note', 'text']] }),
      ],
      ...(({ sample }) => (sample ? { sample } : {}))(aSample({ largestBytes: 48_000 })),
    }),
    aCollection('shop.customers', { documents: 40_000, logicalBytes: bytes(30_000_000) }),
    aCollection('shop.log', {
      documents: 500_000,
      logicalBytes: bytes(90_000_000),
      options: { capped: { sizeBytes: bytes(100_000_000) } },
      indexes: [ID_INDEX, anIndex({ key: [['at', 1]], expireAfterSeconds: 86_400 })],
    }),
    aCollection('shop.open orders', {
      type: 'view',
      documents: 0,
      logicalBytes: bytes(0),
      indexes: [],
      options: { view: { on: 'orders', pipeline: [{ $match: { open: true } }] } },
    }),
    aCollection('stock.weather', { type: 'timeseries', documents: 900, options: { timeseries: { timeField: 'at' } } }),
    aCollection('stock.parts*', { documents: 12, logicalBytes: bytes(8192) }),
  ],
  {
    failed: [{ ns: { db: 'stock', coll: 'secret' }, code: 'Unauthorized', message: 'not authorized on stock' }],
    skipped: [
      { ns: { db: 'admin', coll: '*' }, reason: 'system' },
      { ns: { db: 'shop', coll: 'system.views' }, reason: 'system' },
    ],
  },
);

/** `databases` databases of `each` collections, of every size there is. */
export function aBigInventory(databases: number, each: number): ClusterInventory {
  const collections = Array.from({ length: databases * each }, (_, i) => {
    const documents = (i * 7919) % 100_003;
    const name = `db${String(Math.floor(i / each)).padStart(3, '0')}.coll${String(i % each).padStart(4, '0')}`;
    const hasText = i % 50 === 0;
    return aCollection(name, {
      documents,
      logicalBytes: bytes(documents * (200 + (i % 30) * 100)),
      indexes: [
        ID_INDEX,
        anIndex({ key: [['a', 1]] }),
        ...(hasText ? [anIndex({ name: 'w', key: [['w', 'text']] })] : []),
      ],
    });
  });
  return anInventory(collections);
}

export const PROFILES: readonly ClusterProfile[] = [
  profile('s1', 'source', 'local', 'mongodb://reader@source.example:27017/'),
  profile('s2', 'source', 'other', 'mongodb://reader@other.example:27017/'),
  profile('t-ru', 'target', 'cosmos', 'mongodb://a@a.mongo.cosmos.azure.com:10255/?tls=true'),
  profile('t-vcore', 'target', 'vcore', 'mongodb+srv://a@b.mongocluster.cosmos.azure.com/'),
  profile('t-mongodb', 'target', 'copy', 'mongodb://w@target.example:27017/'),
];

function profile(id: string, role: ClusterProfile['role'], name: string, uri: string): ClusterProfile {
  return { id, role, name, uri, origin: 'saved', secret: 'stored' };
}

export type TargetName = keyof typeof TARGETS;

export const SETTINGS = { nativeToolsUpToGb: 10, servicesUpToGb: 1024, analysisParallelism: 8 };

export function modelOf(state: WizardState, change: Partial<WizardModel> = {}): WizardModel {
  return {
    state,
    revision: 1,
    settings: SETTINGS,
    clusters: PROFILES,
    reference: (id) => {
      const found = PROFILES.find((p) => p.id === id);
      return found && { name: found.name, uri: found.uri, passwordFrom: { prompt: true } };
    },
    t,
    commandLines: (plan) => plan.collections.map((c) => `mongodump --db=${c.source.db} | mongorestore`),
    ...change,
  };
}

export function sourceRead(inventory: ClusterInventory, clusterId = 's1'): WizardEvent {
  return { type: 'source-read', reading: { clusterId, uri: 'mongodb://reader@source.example:27017/', inventory } };
}

export function targetRead(facts: ClusterFacts, clusterId: string): WizardEvent {
  return { type: 'target-read', reading: { clusterId, uri: 'mongodb://x/', facts } };
}

/** A wizard that has read both sides. */
export function readState(
  inventory: ClusterInventory,
  target: TargetName,
  ...then: readonly (WizardIntent | WizardEvent)[]
): WizardState {
  const id = `t-${target}`;
  const events: readonly (WizardIntent | WizardEvent)[] = [
    { type: 'choose-cluster', role: 'source', id: 's1' },
    { type: 'choose-cluster', role: 'target', id },
    { type: 'go', step: 'namespaces' },
    sourceRead(inventory),
    targetRead({ ...aCluster(), ...TARGETS[target] }, id),
    ...then,
  ];
  return events.reduce<WizardState>(reduce, initialState());
}
