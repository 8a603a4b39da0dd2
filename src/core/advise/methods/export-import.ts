import type { Method } from '../method.js';
import { POINTS, Verdicts } from '../verdict.js';

/** `mongoexport` / `mongoimport`: through the throttle relay: for people who want the files. Canonical Extended JSON keeps types, with the exceptions of the reason `bytes-may-change`. */
export const exportImport: Method = {
  id: 'export-import',
  judge(facts) {
    const wanted = facts.wishes.wantsFiles;
    const verdicts = new Verdicts(facts)
      .size('native', { native: 30, services: -10, beyond: -80 })
      .ownWriter()
      .con(wanted === 'csv' ? POINTS.much : POINTS.some, 'bytes-may-change', { format: wanted ?? 'json' })
      .con(POINTS.some, 'slower-than-binary')
      .fromHere()
      .offline()
      .need('need-database-tools')
      .need('need-machine-that-stays-on');
    if (facts.band !== 'native') verdicts.con(POINTS.small, 'starts-again-when-stopped');
    // From tool to tool nothing lies on a disk.
    if (wanted) verdicts.need('need-disk-space', { sizeBytes: facts.logicalBytes });
    if (wanted) verdicts.pro(POINTS.wish, 'text-files-wanted', { format: wanted });
    else verdicts.con(POINTS.some, 'text-files-not-wanted');
    return verdicts.done();
  },
};
