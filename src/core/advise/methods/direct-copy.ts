import type { Method } from '../method.js';
import { POINTS, Verdicts } from '../verdict.js';

/** Our own raw copy: exact as the native tools, faster, and it goes on where it stopped. */
export const directCopy: Method = {
  id: 'direct-copy',
  judge(facts) {
    const verdicts = new Verdicts(facts)
      .size('native', { native: 50, services: 40, beyond: -20 })
      .ownWriter()
      .pro(POINTS.some, 'bytes-kept')
      .pro(POINTS.some, 'resumes-where-it-stopped')
      .offline()
      .noTextFiles()
      .need('need-machine-that-stays-on');
    if (facts.band === 'beyond') verdicts.con(POINTS.some, 'bound-to-one-machine');
    return verdicts.done();
  },
};
