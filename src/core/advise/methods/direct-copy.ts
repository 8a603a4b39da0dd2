import type { Method } from '../method.js';
import { POINTS, Verdicts } from '../verdict.js';

/** Our own raw copy: exact as the native tools, faster, and it goes on where it stopped. Above the native tools' size a service beside the target goes before it. */
export const directCopy: Method = {
  id: 'direct-copy',
  judge(facts) {
    const { source, metered, inOneGo } = facts;
    const verdicts = new Verdicts(facts)
      .size('native', { native: 50, services: 35, beyond: -20 })
      .ownWriter()
      .pro(POINTS.some, 'bytes-kept')
      .pro(POINTS.some, 'resumes-within-ranges')
      .pro(POINTS.small, 'checks-the-target-only')
      .pro(POINTS.small, 'needs-no-other-program');
    // Where request units set the pace all methods that use them up are as fast.
    if (!metered) verdicts.pro(POINTS.small, 'faster-than-the-tools');
    if (source.kind === 'cosmos-vcore' || source.kind === 'ferretdb')
      verdicts.con(POINTS.small, 'source-knows-no-ranges');
    else if (inOneGo > 0) verdicts.con(POINTS.small, 'reads-some-in-one-go', { collections: inOneGo });
    verdicts.fromHere().offline().noTextFiles().need('need-machine-that-stays-on');
    if (facts.band === 'beyond') verdicts.con(POINTS.some, 'bound-to-one-machine');
    return verdicts.done();
  },
};
