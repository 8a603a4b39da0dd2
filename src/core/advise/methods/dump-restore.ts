import type { Method } from '../method.js';
import { POINTS, Verdicts } from '../verdict.js';

/** `mongodump | mongorestore` through the throttle relay: exact, simple, starts a collection again when it was stopped. */
export const dumpRestore: Method = {
  id: 'dump-restore',
  judge(facts) {
    const verdicts = new Verdicts(facts)
      .size('native', { native: 50, services: 15, beyond: -60 })
      .ownWriter()
      .pro(POINTS.some, 'bytes-kept')
      .fromHere()
      .offline()
      .noTextFiles()
      .need('need-database-tools')
      .need('need-machine-that-stays-on');
    if (facts.band !== 'native') verdicts.con(POINTS.much, 'starts-again-when-stopped');
    if (facts.band === 'beyond') verdicts.con(POINTS.some, 'bound-to-one-machine');
    return verdicts.done();
  },
};
