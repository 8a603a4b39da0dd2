import type { Method } from '../method.js';
import { isTooNewForServices, POINTS, Verdicts } from '../verdict.js';

/**
 * Azure Data Factory: pipelines of ranges, so that a stopped run goes on and a document that is refused is found. For newer sources than Microsoft's migration page
 * names, its connector for Atlas is used, which no page confirms for servers elsewhere; none names a connector that writes to vCore.
 */
export const dataFactory: Method = {
  id: 'data-factory',
  judge(facts) {
    const { source, target, tooLargeIn, mixedIdsIn } = facts;
    const verdicts = new Verdicts(facts)
      .size('services', { native: 5, services: 50, beyond: -30 })
      .pro(POINTS.some, 'runs-beside-the-target')
      .pro(POINTS.some, 'resumes-where-it-stopped')
      .fromAzure('azure')
      .offline()
      .noTextFiles()
      .need('need-data-factory')
      .need('need-storage-account')
      .need('need-network-to-azure');
    if (source.kind === 'amazon-documentdb') verdicts.con(POINTS.some, 'source-kind-unverified', { kind: source.kind });
    if (target.kind === 'cosmos-vcore') verdicts.con(POINTS.much, 'sink-unverified');
    if (facts.metered) verdicts.con(POINTS.some, 'throttling-left-to-service');
    if (isTooNewForServices(facts))
      verdicts.con(POINTS.much, 'source-version-unverified', { version: source.version, newest: '4.0' });
    if (tooLargeIn > 0) verdicts.pro(POINTS.small, 'sets-large-documents-aside', { collections: tooLargeIn });
    if (mixedIdsIn > 0) verdicts.pro(POINTS.small, 'mixed-id-types-kept', { collections: mixedIdsIn });
    return verdicts.done();
  },
};
