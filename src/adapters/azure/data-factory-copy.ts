/** Has Azure Data Factory copy the documents of a plan, and follows it: deploys, runs, cuts what was refused, takes up what goes on. */
import { MigrationError } from '../../core/model/error.js';
import type { DataFactoryHandoff } from '../../core/model/handoff.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { PlannedCollection } from '../../core/model/plan.js';
import { redact } from '../../core/model/redact.js';
import type { CopySource } from '../../engine/copy/ports.js';
import type { Clock, ClusterSession } from '../../engine/ports.js';
import { STEP_LINE, type RemoteCopy, type RemoteCopyJob, type RemoteEnd } from '../../engine/remote-ports.js';
import { dataFactoryDesign, type DataFactoryDesign } from '../../handoff/data-factory/artefacts.js';
import { checkForDataFactory } from './data-factory-check.js';
import { deployFactory } from './data-factory-deploy.js';
import { RangeLedger, type LedgerStore, type RangeStatus } from './data-factory-ledger.js';
import { countWithin, cutRange, planCopyRanges, type RangeReads } from './data-factory-ranges.js';
import { PipelineRuns, type RunEnd } from './data-factory-runs.js';
import { DataFactoryService } from './data-factory-service.js';
import { settleRange } from './data-factory-settle.js';
import type { ArmClient } from './ports.js';
import type { ProviderConsent } from './providers.js';

export interface DataFactoryParts extends ProviderConsent {
  readonly arm: ArmClient;
  readonly source: ClusterSession;
  readonly copySource: CopySource;
  readonly target: ClusterSession;
  readonly store: LedgerStore;
  /** Folder of the markers: unlike that of any other run. */
  readonly job: string;
  readonly clock: Clock;
  /** As Data Factory is to connect, with user and password; they go into secure parameters of the deployment and nowhere else. */
  readonly connectionStrings: { readonly source: string; readonly target: string };
  /** Literals that are taken out of every message of the service. */
  readonly secrets?: readonly string[];
  /** For tests: the largest range, in bytes. */
  readonly rangeBytes?: number;
}

/** So many refused ranges of a collection in one round, and none that came: the target takes nothing of it, and looking further finds no document at fault. */
const HOPELESS_RANGES = 64;

export class DataFactoryCopy implements RemoteCopy {
  readonly #parts: DataFactoryParts;

  constructor(parts: DataFactoryParts) {
    this.#parts = parts;
  }

  /** @throws MigrationError `bad-plan`, what ARM refuses, what the clusters refuse. */
  async check(job: Parameters<NonNullable<RemoteCopy['check']>>[0]): Promise<void> {
    const handoff = handoffOf(job.plan.handoff);
    const service = new DataFactoryService(this.#parts.arm, handoff, job.signal);
    await checkForDataFactory(job, this.#parts.target, service, this.#parts);
  }

  /** @throws MigrationError, and the signal's reason. */
  async copy(job: RemoteCopyJob): Promise<RemoteEnd> {
    const handoff = handoffOf(job.plan.handoff);
    const service = new DataFactoryService(this.#parts.arm, handoff, job.signal);
    const reads: RangeReads = {
      session: this.#parts.source,
      source: this.#parts.copySource,
      signal: job.signal,
      ...(this.#parts.rangeBytes === undefined ? {} : { rangeBytes: this.#parts.rangeBytes }),
    };
    const namespaces = new Set(job.collections.map(({ target }) => formatNamespace(target)));
    const ledger = await this.#ledger(job, reads, namespaces);
    const design = dataFactoryDesign(job.plan, ledger.roots(), {
      sourceVersion: this.#parts.source.facts.versionArray,
      job: ledger.generation === 1 ? this.#parts.job : `${this.#parts.job}-${ledger.generation}`,
    });
    const line = (kind: string) => (text: string) =>
      job.onLine({ tool: 'data-factory', kind, text: redact(text, this.#parts.secrets ?? []) });
    const say = line(STEP_LINE);
    job.onCounts(ledger.counts());
    await deployFactory({
      design,
      service,
      job,
      say,
      arm: this.#parts.arm,
      clock: this.#parts.clock,
      secrets: this.#parts.connectionStrings,
      askFirst: this.#parts.askFirst ?? false,
    });

    const runs = new PipelineRuns({
      arm: this.#parts.arm,
      handoff,
      service,
      ledger,
      job,
      clock: this.#parts.clock,
      say,
    });
    await runs.takeUp(design);
    // What is left of an earlier attempt's refusals may have been an outage.
    ledger.reopen();
    return this.#copyAll({ design, ledger, runs, namespaces, job, reads, say: line('info') });
  }

  async #ledger(job: RemoteCopyJob, reads: RangeReads, namespaces: ReadonlySet<string>): Promise<RangeLedger> {
    const { store, clock } = this.#parts;
    const known = await RangeLedger.load(store);
    if (known) {
      const has = known.namespaces();
      const missing = job.collections.filter(({ target }) => !has.has(formatNamespace(target)));
      if (missing.length > 0) await known.add(await planCopyRanges(missing, reads));
      if ((['open', 'refused'] as const).some((state) => known.in(state, namespaces).length > 0)) return known;
    }
    // Everything came, and yet this run is not over: the source has moved on, or the target has lost something. Under new markers all is copied again.
    const ranges = await planCopyRanges(job.collections, reads);
    return RangeLedger.begin(store, ranges, clock.now(), (known?.generation ?? 0) + 1);
  }

  async #copyAll(at: Copying): Promise<RemoteEnd> {
    const { design, ledger, runs, namespaces, job } = at;
    for (;;) {
      job.signal.throwIfAborted();
      const open = ledger.in('open', namespaces);
      const end = open.length === 0 ? undefined : await runs.pass(design, open);
      const refused = ledger.in('refused', namespaces);
      if (refused.length === 0 && ledger.in('open', namespaces).length === 0) return { kind: 'done' };
      const isStuck = end?.outcome === 'Cancelled' || (refused.length === 0 && end?.isNews === false);
      if (end && isStuck) return { kind: 'failed', reasons: [this.#runEnded(at, end)] };
      const hopeless = hopelessIn(open, refused, ledger.in('done', namespaces));
      if (hopeless) return { kind: 'failed', reasons: [this.#refusesAll(hopeless)] };
      for (const range of refused) await this.#narrow(range, at);
    }
  }

  /** A refused range in parts, or its documents one by one. */
  async #narrow(range: RangeStatus, { ledger, job, reads, say }: Copying): Promise<void> {
    const documents = await countWithin(range.source, range.bounds, reads);
    const parts = documents > 1 ? await cutRange(range, documents, reads) : [range];
    if (parts.length > 1) {
      say(`${range.id} was refused (${range.message ?? ''}): cut into ${parts.length} parts`);
      ledger.cut(range, parts);
    } else {
      const { source, target, clock } = this.#parts;
      const { deadLetters, signal, plan } = job;
      const settled = await settleRange(range, shardKeyOf(range, job.collections), {
        source,
        target,
        deadLetters,
        clock,
        signal,
        readPreference: plan.readPreference,
      });
      await deadLetters.flush();
      ledger.done(range.id, settled.copied, settled.deadLetters);
    }
    await ledger.save();
    job.onCounts(ledger.counts());
  }

  #runEnded({ ledger, namespaces }: Copying, { outcome, message }: RunEnd): Reason {
    const open = ledger.in('open', namespaces).length;
    const said = redact(message, this.#parts.secrets ?? []);
    return { id: 'data-factory-run-ended', params: { outcome, ranges: open, message: said } };
  }

  #refusesAll({ target, message = '' }: RangeStatus): Reason {
    const said = redact(message, this.#parts.secrets ?? []);
    return { id: 'data-factory-refuses-all', params: { ns: formatNamespace(target), message: said } };
  }
}

type Reason = Extract<RemoteEnd, { kind: 'failed' }>['reasons'][number];

interface Copying {
  readonly design: DataFactoryDesign;
  readonly ledger: RangeLedger;
  readonly runs: PipelineRuns;
  readonly namespaces: ReadonlySet<string>;
  readonly job: RemoteCopyJob;
  readonly reads: RangeReads;
  readonly say: (text: string) => void;
}

function handoffOf(handoff: RemoteCopyJob['plan']['handoff']): DataFactoryHandoff {
  if (handoff?.kind !== 'data-factory')
    throw new MigrationError('bad-plan', { reason: 'handoff-missing', method: 'data-factory' });
  return handoff;
}

/** A refused range of a collection of which this round has brought nothing. */
function hopelessIn(
  tried: readonly RangeStatus[],
  refused: readonly RangeStatus[],
  done: readonly RangeStatus[],
): RangeStatus | undefined {
  const triedIds = new Set(tried.map(({ id }) => id));
  const came = new Set(done.filter(({ id }) => triedIds.has(id)).map(({ target }) => formatNamespace(target)));
  const counts = new Map<string, number>();
  for (const range of refused) {
    const ns = formatNamespace(range.target);
    const count = (counts.get(ns) ?? 0) + 1;
    counts.set(ns, count);
    if (count > HOPELESS_RANGES && !came.has(ns)) return range;
  }
  return undefined;
}

function shardKeyOf(range: RangeStatus, collections: readonly PlannedCollection[]): readonly string[] {
  const ns = formatNamespace(range.target);
  const planned = collections.find(({ target }) => formatNamespace(target) === ns);
  return planned?.shardKey?.map(([path]) => path) ?? [];
}
