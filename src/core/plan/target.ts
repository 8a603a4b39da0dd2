import { MigrationError } from '../model/error.js';
import type { ClusterFacts, ClusterKind } from '../model/facts.js';
import type { Plan } from '../model/plan.js';

export type TargetKind = Plan['targetKind'];

/**
 * Switches of an RU account that change what it accepts. They cannot be read over the wire: the user says them.
 * Source: learn.microsoft.com/azure/cosmos-db/mongodb/how-to-configure-capabilities
 */
export const ACCOUNT_CAPABILITIES = [
  'EnableMongo16MBDocumentSupport',
  'EnableUniqueCompoundNestedDocs',
  'EnableTtlOnCustomPath',
  'EnablePartialUniqueIndex',
  'EnableMongoRetryableWrites',
] as const;

export type AccountCapability = (typeof ACCOUNT_CAPABILITIES)[number];

/** What the rules of assess, advise and plan need to know of a target. */
export interface TargetDescription {
  readonly kind: TargetKind;
  readonly versionArray: readonly number[];
  readonly sharded: boolean;
  readonly capabilities: ReadonlySet<AccountCapability>;
}

/**
 * Which set of rules a cluster follows as a target. FerretDB runs the engine of vCore; an unknown server is taken for MongoDB, whose rules drop nothing.
 * @throws MigrationError `bad-plan` (`target-kind-unsupported`) for Amazon DocumentDB, which is no target of this product.
 */
function targetKindOf(kind: ClusterKind): TargetKind {
  switch (kind) {
    case 'cosmos-ru':
      return 'cosmos-ru';
    case 'cosmos-vcore':
    case 'ferretdb':
      return 'cosmos-vcore';
    case 'mongodb':
    case 'atlas':
    case 'unknown':
      return 'mongodb';
    case 'amazon-documentdb':
      throw new MigrationError('bad-plan', { reason: 'target-kind-unsupported', kind });
  }
}

/** @throws MigrationError as {@link targetKindOf}. */
export function describeTarget(
  cluster: Pick<ClusterFacts, 'kind' | 'versionArray' | 'topology'>,
  capabilities: readonly AccountCapability[] = [],
): TargetDescription {
  return {
    kind: targetKindOf(cluster.kind),
    versionArray: cluster.versionArray,
    sharded: cluster.topology === 'sharded',
    capabilities: new Set(capabilities),
  };
}

/** A target that is only thought of gets the newest version that its service offers by default. */
const ASSUMED_VERSION: Readonly<Record<TargetKind, readonly number[]>> = {
  'cosmos-ru': [7, 0, 0],
  'cosmos-vcore': [8, 0, 0],
  mongodb: [8, 0, 0],
};

/** A target of which only the kind is known. */
export function assumedTarget(kind: TargetKind, capabilities: readonly AccountCapability[] = []): TargetDescription {
  return { kind, versionArray: ASSUMED_VERSION[kind], sharded: false, capabilities: new Set(capabilities) };
}

/** True when `version` is at least `wanted`, part by part; missing parts count as 0. */
export function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  for (let i = 0; i < Math.max(version.length, wanted.length); i++) {
    const difference = (version[i] ?? 0) - (wanted[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
