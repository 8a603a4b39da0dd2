/** A run of this product by DMS: the engine and the real client, a model of Azure that copies between two real servers. */
import { MongoClient } from 'mongodb';
import { createArmClient } from '../../../src/adapters/azure/arm-client.js';
import { createDmsCopy } from '../../../src/adapters/azure/dms-copy.js';
import { openRun } from '../../../src/adapters/files/open-run.js';
import { createRun } from '../../../src/adapters/files/run-folder.js';
import { systemClock } from '../../../src/adapters/system-clock.js';
import { composeRun } from '../../../src/assembly/compose-run.js';
import { remoteAccess } from '../../../src/assembly/remote-access.js';
import type { DmsHandoff } from '../../../src/core/model/handoff.js';
import type { Plan } from '../../../src/core/model/plan.js';
import type { RunStatus } from '../../../src/engine/journal/reduce.js';
import type { Verdict } from '../../../src/engine/journal/record.js';
import { remoteRun } from '../../../src/engine/remote-run.js';
import {
  MOCK_GROUP,
  MOCK_SUBSCRIPTION,
  startArmMock,
  type ArmMockOptions,
  type ArmMockServer as ArmMock,
} from './arm-mock.js';
import { dmsRoutes, dmsTypes, type DmsTrouble } from './dms-model.js';
import { connectTo, planFor } from '../migrate.js';
import type { RunningMongod } from '../mongod.js';
import type { TempFolder } from '../temp.js';
import { virtualClock } from '../virtual-clock.js';

const HANDOFF: DmsHandoff = {
  kind: 'dms',
  azure: { subscriptionId: MOCK_SUBSCRIPTION, resourceGroup: MOCK_GROUP, location: 'westeurope' },
  service: 'dms-1',
  project: 'p1',
  subnetId: `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/${MOCK_GROUP}/providers/Microsoft.Network/virtualNetworks/v/subnets/s`,
  replication: 'one-time',
};

export interface Attempt {
  readonly verdict: Verdict;
  readonly folder: Awaited<ReturnType<typeof createRun>>;
  readonly lines: readonly string[];
  readonly awaited: readonly string[];
  /** Collections that nobody copied again, where there were some. */
  readonly proven: readonly number[];
  readonly remote: RunStatus['remote'];
}

interface AttemptOptions {
  readonly resume?: Attempt['folder'];
  readonly handoff?: Partial<DmsHandoff>;
  readonly targetKind?: 'cosmos-vcore';
  /** In the place of one that is made here. */
  readonly plan?: Plan;
  readonly stopAt?: string;
  /** Called when a person is asked. */
  readonly onAwait?: (what: string) => void;
  readonly askFirst?: boolean;
  readonly reason?: string;
}

export interface DmsWorld {
  readonly mock: ArmMock;
  readonly hooks: { onReply?: NonNullable<ArmMockOptions['onReply']> };
  readonly attempt: (more?: AttemptOptions) => Promise<Attempt>;
}

export interface DmsWorldOptions {
  readonly source: RunningMongod;
  readonly target: RunningMongod;
  readonly temp: TempFolder;
  /** The database that is migrated; it is dropped on the target first. */
  readonly db?: string;
  readonly trouble?: DmsTrouble;
  /** What the service reads in the source's place. */
  readonly dump?: string;
  readonly registered?: readonly string[];
}

export async function withDms(
  { source, target, temp, db = 'shop', trouble = {}, dump, registered = ['Microsoft.DataMigration'] }: DmsWorldOptions,
  work: (world: DmsWorld) => Promise<void>,
): Promise<void> {
  const clock = virtualClock();
  const client = await new MongoClient(target.uri).connect();
  await client.db(db).dropDatabase();
  await client.close();
  const hooks: DmsWorld['hooks'] = {};
  await using mock = await startArmMock({
    clock,
    onReply: (request) => hooks.onReply?.(request),
    registered,
    resourceTypes: dmsTypes(),
    routes: dmsRoutes(trouble),
  });
  await work({
    mock,
    hooks,
    async attempt(more = {}) {
      const [from, to] = await Promise.all([connectTo(source.uri), connectTo(target.uri)]);
      const selection = { include: [`${db}.*`] };
      const made = await planFor(
        { sourceUri: source.uri, targetUri: target.uri, runsRoot: temp.path, selection },
        from,
        to,
      );
      const plan: Plan = more.plan ?? {
        ...made,
        method: 'dms',
        targetKind: more.targetKind ?? 'cosmos-ru',
        handoff: { ...HANDOFF, ...more.handoff },
      };
      const folder = more.resume ?? (await createRun(temp.path, plan, Date.now()));
      const run = await openRun(folder, { clock: systemClock });
      const stop = new AbortController();
      const lines: string[] = [];
      const awaited: string[] = [];
      const proven: number[] = [];
      try {
        const { context } = await composeRun({
          ...{ run, source: from, target: to, clock: systemClock, signal: stop.signal },
          files: { source: plan.source, target: plan.target },
          // Its own way to the service is not used: the test hands in the one below.
          access: remoteAccess({ env: dump === undefined ? {} : { MCM_DUMP_URL: dump }, clock: systemClock }),
          onEvent: (event) => {
            if (event.kind === 'scope' && event.proven !== undefined) proven.push(event.proven);
            if (event.kind === 'command') lines.push(event.display);
            if (event.kind === 'tool-line') {
              lines.push(event.line.text);
              if (more.stopAt !== undefined && event.line.text.includes(more.stopAt))
                stop.abort(more.reason ?? 'paused');
            }
          },
        });
        const arm = createArmClient({ tokens: mock.tokens, clock, endpoint: mock.endpoint });
        const ends = { source: dump ?? source.uri, target: target.uri };
        const verdict = await remoteRun({
          ...context,
          remote: createDmsCopy({ arm, clock, ends, target: to.session, ...(more.askFirst ? { askFirst: true } : {}) }),
          proceed: (what) => {
            awaited.push(what);
            more.onAwait?.(what);
            return Promise.resolve();
          },
        });
        return { verdict, folder, lines, awaited, proven, remote: run.journal.status().remote };
      } finally {
        await run.close();
        await Promise.all([from.close(), to.close()]);
      }
    },
  });
}

/** How often a task of the classic service was sent. */
export function puts(mock: ArmMock, task: string): number {
  return mock.requests.filter((r) => r.method === 'PUT' && r.path.endsWith(`/tasks/${task}`)).length;
}
