import type { Method } from '../method.js';
import { POINTS, Verdicts } from '../verdict.js';

/** Studio 3T through the relay: for people who own it and want to click. */
export const studio3t: Method = {
  id: 'studio-3t',
  judge(facts) {
    const owned = facts.wishes.ownsStudio3t === true;
    const verdicts = new Verdicts(facts)
      .size('native', { native: 35, services: -20, beyond: -80 })
      .ruleOut(!owned, 'studio-not-owned')
      .ownWriter()
      .con(POINTS.some, 'done-by-hand')
      .fromHere()
      .offline()
      .need('need-studio-3t')
      .need('need-machine-that-stays-on');
    if (owned) verdicts.pro(POINTS.some, 'studio-owned');
    return verdicts.done();
  },
};
