import type { Method } from '../method.js';
import { isTooNewForServices, POINTS, Verdicts } from '../verdict.js';

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
      .ruleOut(isTooNewForServices(facts), 'source-version-too-new', { version: source.version, newest: '4.0' })
      .pro(POINTS.some, 'runs-beside-the-target')
      .con(POINTS.some, 'setup-in-azure')
      .online()
      .noTextFiles()
      .need('need-dms-service')
      .need('need-network-to-azure');
    if (facts.metered) verdicts.con(POINTS.some, 'throttling-left-to-service');
    if (tooLargeIn > 0) verdicts.con(POINTS.much, 'stops-at-large-documents', { collections: tooLargeIn });
    if (!facts.wishes.online) verdicts.need('need-write-stop');
    return verdicts.done();
  },
};
