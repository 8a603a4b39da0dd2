/** Has a migration's documents copied by Azure Database Migration Service, and follows that to its end. */
import type { ClusterSession } from '../../engine/ports.js';
import type { RemoteCopy } from '../../engine/remote-ports.js';
import { dmsPlan } from '../../handoff/dms/fit.js';
import { ClassicCopy } from './dms-classic.js';
import { ClusterCopy } from './dms-cluster.js';
import type { DmsCopyOptions } from './dms-run.js';
import { ensureProviders } from './providers.js';
import { refuseOverDocuments } from './target-documents.js';

const PROVIDERS = ['Microsoft.DataMigration'];

/** `target`: looked at before anything is made. */
export function createDmsCopy(options: DmsCopyOptions & { readonly target: ClusterSession }): RemoteCopy {
  return {
    async check(job) {
      // What the service cannot do is found before anything is made.
      const { handoff } = dmsPlan(job.plan, job.collections);
      const say = (text: string): void => job.onLine({ tool: 'dms', kind: 'status', text });
      const { subscriptionId: subscription } = handoff.azure;
      await ensureProviders({ ...options, subscription, namespaces: PROVIDERS, say }, job);
      await refuseOverDocuments(job, options.target, 'dms-documents-there');
    },
    copy(job) {
      const dms = dmsPlan(job.plan, job.collections);
      return dms.kind === 'cosmos-ru'
        ? new ClassicCopy(job, options, dms.handoff).run()
        : new ClusterCopy(job, options, dms.handoff).run();
    },
  };
}
