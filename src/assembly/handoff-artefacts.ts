/** The files that a plan becomes for the system or the person that carries it out. */
import { planCopyRanges } from '../adapters/azure/data-factory-ranges.js';
import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import { parseConnectionString, type ConnectionString } from '../adapters/mongo/connection-string.js';
import { RawCopySource } from '../adapters/mongo/raw-copy-source.js';
import { throughRelay } from '../adapters/mongo/relay-target.js';
import { MigrationError } from '../core/model/error.js';
import type { MethodId } from '../core/model/method.js';
import type { Plan } from '../core/model/plan.js';
import type { Artefacts } from '../handoff/artefacts.js';
import { dataFactoryArtefacts } from '../handoff/data-factory/artefacts.js';
import { dmsArtefacts } from '../handoff/dms/dms-artefacts.js';
import { sparkArtefacts } from '../handoff/spark/spark-artefacts.js';
import { studio3tArtefacts } from '../handoff/studio-3t/artefacts.js';
import { indexScript } from '../words/index-script.js';

/** The clusters as they were connected to; without them the plan's own strings, which hold no secret, do. */
export interface HandoffClusters {
  readonly source: ConnectionString;
  readonly target: ConnectionString;
}

const MAKERS: Readonly<Partial<Record<MethodId, (plan: Plan, clusters: HandoffClusters) => Artefacts>>> = {
  'studio-3t': forStudio3t,
  'spark-databricks': (plan) => sparkArtefacts(plan),
  dms: (plan) => dmsArtefacts(plan),
};

/** @throws MigrationError `bad-plan` (`no-handoff`) for a method that this machine carries out itself, and what a method's own generator throws. */
export function handoffArtefacts(plan: Plan, clusters?: HandoffClusters): Artefacts {
  const make = MAKERS[plan.method];
  if (!make) throw new MigrationError('bad-plan', { reason: 'no-handoff', method: plan.method });
  return make(
    plan,
    clusters ?? { source: parseConnectionString(plan.source.uri), target: parseConnectionString(plan.target.uri) },
  );
}

/**
 * The same for every method. `readSource`: for Data Factory, whose ranges of `_id` are counted on the source; it is not called for others.
 * @throws MigrationError as {@link handoffArtefacts}, and what the source answers.
 */
export async function handoffFiles(
  plan: Plan,
  readSource: <T>(read: (source: ConnectedCluster) => Promise<T>) => Promise<T>,
  signal: AbortSignal,
): Promise<Artefacts> {
  if (plan.handoff?.kind !== 'data-factory') return handoffArtefacts(plan);
  const collections = plan.collections.filter((c) => !c.options.view);
  return readSource(async (source) => {
    const reads = { session: source.session, source: new RawCopySource(source.session), signal };
    const ranges = await planCopyRanges(collections, reads);
    return dataFactoryArtefacts(plan, ranges, { sourceVersion: source.facts.versionArray });
  });
}

function forStudio3t(plan: Plan, { source, target }: HandoffClusters): Artefacts {
  const port = plan.handoff?.kind === 'studio-3t' ? plan.handoff.port : 0;
  const reading = plan.readPreference === 'primary' ? {} : { readPreference: plan.readPreference };
  return studio3tArtefacts(plan, {
    addresses: {
      source: source.withoutPassword().withOptions(reading).reveal(),
      target: throughRelay(target.withoutPassword(), port).reveal(),
    },
    users: { source: source.username, target: target.username },
    indexScript: planIndexScript(plan),
  });
}

/** Shard keys and indexes of what a plan brings, as a script for mongosh. */
function planIndexScript(plan: Plan): string {
  const data = plan.collections.filter((c) => !c.options.view);
  const translations = data.map(({ source, target, indexes, shardKey, options }) => ({
    ns: source,
    target,
    indexes,
    ...(shardKey === undefined ? {} : { shardKey }),
    ...(options.collation === undefined ? {} : { collated: true }),
  }));
  return indexScript(translations, { kind: plan.targetKind });
}
