import type { Method } from '../method.js';
import { POINTS, Verdicts } from '../verdict.js';

/** A Spark job on Databricks that copies raw documents: the only one that grows with the number of machines. */
export const sparkDatabricks: Method = {
  id: 'spark-databricks',
  judge(facts) {
    const verdicts = new Verdicts(facts)
      .size('beyond', { native: -30, services: 20, beyond: 70 })
      .ownWriter()
      .pro(POINTS.some, 'bytes-kept')
      .pro(POINTS.some, 'resumes-where-it-stopped')
      .pro(POINTS.some, 'runs-beside-the-target')
      .fromAzure('spark')
      .offline()
      .noTextFiles()
      .need('need-databricks')
      .need('need-network-to-azure');
    return verdicts.done();
  },
};
