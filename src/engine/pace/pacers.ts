import type { Throughput } from '../../core/model/facts.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import { LIMITS, type LimitedBy } from '../../core/model/run-snapshot.js';
import { ASK_AGAIN_MS, REREAD_MS } from '../../core/throttle/measure-timing.js';
import type { Clock, CosmosRuSession } from '../ports.js';
import { serverCodeOf, throughThrottle } from '../prepare/server-refusal.js';
import { Ceilings } from './ceiling.js';
import { PacedCopy } from './paced-copy.js';
import type { CopyCeilings } from '../../core/model/plan.js';
import type { CopyPacer, CopyPacers } from './pacer.js';
import { RuBudget } from './ru-budget.js';
import { CODE_TOO_MANY_REQUESTS } from '../../core/throttle/server-error.js';

/** What an RU target tells of its budgets. */
export type RuBudgetFacts = Pick<CosmosRuSession, 'getCollection'> & {
  /** Throughput that a database's collections share; undefined where it has none. */
  getDatabaseThroughput(db: string): Promise<Throughput | undefined>;
};

export interface PacersOptions {
  readonly clock: Clock;
  /** The target's RU session; undefined for vCore and MongoDB, where latency alone says how much is enough. */
  readonly ru: RuBudgetFacts | undefined;
  /** A round trip without work, in ms (`ClusterFacts.latencyMs`). */
  readonly roundTripMs: number;
  readonly signal: AbortSignal;
  readonly ceilings?: CopyCeilings;
}

/** Pacers of a run: for an RU target one for each budget (collection, or database with shared throughput), else one for each collection. */
export function copyPacers(options: PacersOptions): CopyPacers {
  return new RunPacers(options);
}

interface Found {
  readonly key: string;
  readonly throughput: Throughput | undefined;
}

class RunPacers implements CopyPacers {
  private readonly limits: Ceilings;
  /** By namespace, or by `db.` where its collections share the throughput. */
  private readonly byKey = new Map<string, { readonly pacer: PacedCopy; readonly ru: RuBudget | undefined }>();
  private readonly opening = new Map<string, Promise<CopyPacer>>();

  constructor(private readonly options: PacersOptions) {
    const now = options.clock.now();
    this.limits = new Ceilings(now);
    if (options.ceilings) this.limits.set(options.ceilings, now);
  }

  of(ns: Namespace): Promise<CopyPacer> {
    const name = formatNamespace(ns);
    let opened = this.opening.get(name);
    if (!opened) {
      opened = this.open(ns);
      this.opening.set(name, opened);
      // What could not be asked is asked again.
      opened.catch(() => this.opening.delete(name));
    }
    return opened;
  }

  setCeilings(ceilings: CopyCeilings): void {
    this.limits.set(ceilings, this.options.clock.now());
  }

  ceilings(): CopyCeilings {
    return this.limits.get();
  }

  limitedBy(): LimitedBy | undefined {
    const counts = new Map<LimitedBy, number>();
    for (const { pacer } of this.byKey.values()) {
      if (!pacer.isInUse()) continue;
      const by = pacer.limitedBy();
      counts.set(by, (counts.get(by) ?? 0) + 1);
    }
    return LIMITS.filter((by) => counts.has(by)).sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))[0];
  }

  budgets(): ReadonlyMap<string, number> {
    return new Map([...this.byKey].flatMap(([key, { ru }]) => (ru?.provisioned ? [[key, ru.provisioned]] : [])));
  }

  private async open(ns: Namespace): Promise<CopyPacer> {
    const { clock, ru: facts, signal, roundTripMs } = this.options;
    const parts = { clock, ceilings: this.limits, roundTripMs };
    if (!facts) return this.keep(formatNamespace(ns), new PacedCopy(parts), undefined);
    const found = await throughThrottle({ clock, signal }, () => budgetOf(facts, ns));
    const known = this.byKey.get(found.key);
    if (known) return known.pacer;
    const ru = new RuBudget(clock.now());
    take(ru, found.throughput);
    const refresh = this.refresher(facts, ns, ru);
    return this.keep(found.key, new PacedCopy({ ...parts, ru, refresh }), ru);
  }

  private keep(key: string, pacer: PacedCopy, ru: RuBudget | undefined): CopyPacer {
    this.byKey.set(key, { pacer, ru });
    return pacer;
  }

  /** Reads the budget anew beside the copy: it may have been raised. What cannot be read leaves what is known. */
  private refresher(facts: RuBudgetFacts, ns: Namespace, ru: RuBudget): () => void {
    const { clock } = this.options;
    let due = clock.now() + REREAD_MS;
    return () => {
      if (clock.now() < due) return;
      due = clock.now() + REREAD_MS;
      budgetOf(facts, ns).then(
        (found) => take(ru, found.throughput),
        (error: unknown) => {
          if (serverCodeOf(error) === CODE_TOO_MANY_REQUESTS) due = clock.now() + ASK_AGAIN_MS;
        },
      );
    };
  }
}

async function budgetOf(facts: RuBudgetFacts, ns: Namespace): Promise<Found> {
  const own = (await facts.getCollection(ns))?.throughput;
  if (own?.kind !== 'shared') return { key: formatNamespace(ns), throughput: own };
  const shared = await facts.getDatabaseThroughput(ns.db);
  return shared ? { key: `${ns.db}.`, throughput: shared } : { key: formatNamespace(ns), throughput: undefined };
}

/** Without a figure (serverless) the budget stays open until the target says that it is too much. */
function take(ru: RuBudget, throughput: Throughput | undefined): void {
  if (throughput?.kind === 'manual' && throughput.ruPerSecond > 0) ru.provision(throughput);
  if (throughput?.kind === 'autoscale' && throughput.maxRuPerSecond > 0) ru.provision(throughput);
}
