import type { Method } from '../method.js';
import { isTooNewForServices, POINTS, Verdicts } from '../verdict.js';

/** For vCore, by way of Microsoft's extension for VS Code. Source: learn.microsoft.com/azure/documentdb/how-to-migrate-vs-code-extension. */
const COLLECTIONS_OF_A_JOB = 25;

/**
 * Azure Database Migration Service. Limits: learn.microsoft.com/azure/dms/tutorial-mongodb-cosmos-db (no serverless target, no Cosmos DB source);
 * source versions: learn.microsoft.com/azure/cosmos-db/mongodb/pre-migration-steps.
 */
export const dms: Method = {
  id: 'dms',
  judge(facts) {
    const { source, target, tooLargeIn } = facts;
    const cosmos = source.kind === 'cosmos-ru' || source.kind === 'cosmos-vcore';
    const verdicts = new Verdicts(facts)
      .size('services', { native: 10, services: 65, beyond: -30 })
      .ruleOut(target.kind === 'mongodb', 'target-kind-unsupported', { kind: target.kind })
      .ruleOut(facts.serverless, 'serverless-unsupported')
      .ruleOut(cosmos, 'source-kind-unsupported', { kind: source.kind })
      .pro(POINTS.some, 'runs-beside-the-target')
      .fromAzure('azure')
      .noTextFiles()
      .need('need-dms-service')
      .need('need-network-to-azure');
    const isDumped = isTooNewForServices(facts);
    if (isDumped)
      verdicts
        .con(POINTS.much, 'reads-newer-from-dump', { version: source.version, newest: '4.0' })
        .need('need-dump-in-blob');
    // A dump holds no changes, and the public interface for vCore follows none.
    if (isDumped || target.kind === 'cosmos-vcore') verdicts.offline();
    else verdicts.online();
    if (facts.metered) verdicts.con(POINTS.some, 'throttling-left-to-service');
    if (tooLargeIn > 0) verdicts.con(POINTS.much, 'stops-at-large-documents', { collections: tooLargeIn });
    if (source.kind === 'amazon-documentdb') verdicts.con(POINTS.some, 'source-kind-unverified', { kind: source.kind });
    if (target.kind === 'cosmos-vcore') {
      verdicts.con(POINTS.small, 'preview-for-target');
      const jobs = Math.ceil(facts.collections / COLLECTIONS_OF_A_JOB);
      if (jobs > 1) verdicts.con(POINTS.small, 'jobs-of-few-collections', { collections: COLLECTIONS_OF_A_JOB, jobs });
    }
    return verdicts.writeStopUnlessOnline().done();
  },
};
