import type { Method } from '../method.js';
import { isTooNewForServices, POINTS, Verdicts } from '../verdict.js';

/**
 * Azure Data Factory: pipelines of ranges, so that a stopped run goes on. Source versions as for DMS; no page of Microsoft's names a connector that writes to vCore.
 */
export const dataFactory: Method = {
  id: 'data-factory',
  judge(facts) {
    const { source, target, tooLargeIn, mixedIdsIn } = facts;
    const verdicts = new Verdicts(facts)
      .size('services', { native: 5, services: 50, beyond: -30 })
      .ruleOut(isTooNewForServices(facts), 'source-version-too-new', { version: source.version, newest: '4.0' })
      .pro(POINTS.some, 'runs-beside-the-target')
      .con(POINTS.some, 'setup-in-azure')
      .offline()
      .noTextFiles()
      .need('need-data-factory')
      .need('need-storage-account')
      .need('need-network-to-azure');
    if (target.kind === 'cosmos-vcore') verdicts.con(POINTS.much, 'sink-unverified');
    if (facts.metered) verdicts.con(POINTS.some, 'throttling-left-to-service');
    if (tooLargeIn > 0) verdicts.con(POINTS.some, 'stops-at-large-documents', { collections: tooLargeIn });
    if (mixedIdsIn > 0) verdicts.con(POINTS.some, 'mixed-id-types-need-care', { collections: mixedIdsIn });
    return verdicts.done();
  },
};
