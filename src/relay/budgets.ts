import { formatNamespace, type Namespace } from '../core/model/namespace.js';
import { ruPerSecond } from '../core/model/units.js';
import { ASK_AGAIN_MS, MeasureTiming, REREAD_MS } from '../core/throttle/measure-timing.js';
import { RuPacer, type PacerClock, type PacerSnapshot } from './pacer.js';
import { meaningOfCommandError } from '../core/throttle/server-error.js';
import type { Upstream } from './upstream.js';

/** How the relay knows what the target can take. `discover`: asks the target (RU accounts answer `customAction`); `unpaced`: never paces. */
export type BudgetMode = 'discover' | 'unpaced';

/** Replies to these questions that only a target without request units gives: CommandNotFound, CommandNotSupported, unknown field. */
const NOT_RU_CODES: ReadonlySet<unknown> = new Set([59, 115, 40415]);

interface Budget {
  readonly pacer: RuPacer;
  readAt: number;
  /** The collection was there when its budget was read, so that a reading without a figure is an answer. */
  readWhenThere: boolean;
  readonly timing: MeasureTiming;
}

/** Which pacer a namespace's writes go through: its own, or its database's where the throughput is shared. */
export class Budgets {
  private readonly pacers = new Map<string, Budget>();
  private readonly keys = new Map<string, string>();
  private readonly reading = new Map<string, Promise<void>>();
  /** Undefined until the first answer; false for targets that do not know RU. */
  private speaksRu: boolean | undefined;

  constructor(
    private readonly clock: PacerClock,
    mode: BudgetMode,
  ) {
    if (mode === 'unpaced') this.speaksRu = false;
  }

  /** The namespace's pacer, its budget read from the target when that is due. The question goes over the tool's own connection. */
  async of(ns: Namespace, link: Pick<Upstream, 'command'>): Promise<RuPacer> {
    const name = formatNamespace(ns);
    for (;;) {
      const budget = this.budgetOf(name);
      if (this.speaksRu === false || this.clock.now() - budget.readAt < REREAD_MS) return budget.pacer;
      const running = this.reading.get(name);
      if (running) {
        // It failed with the other's connection, if so, and is tried again on this one.
        await running.catch(() => undefined);
        continue;
      }
      const reading = this.read(ns, link).finally(() => this.reading.delete(name));
      this.reading.set(name, reading);
      await reading;
      return this.budgetOf(name).pacer;
    }
  }

  /** True when the charge of the command that was just answered is worth a round trip. */
  shouldMeasure(ns: Namespace): boolean {
    if (this.speaksRu === false) return false;
    return this.budgetOf(formatNamespace(ns)).timing.isDue(this.clock.now());
  }

  /** Charge in RU of the last command on this connection; undefined where the target does not tell. */
  async lastCharge(ns: Namespace, link: Pick<Upstream, 'command'>): Promise<number | undefined> {
    const reply = await link.command({ getLastRequestStatistics: 1, $db: ns.db });
    const charge: unknown = reply['RequestCharge'];
    if (typeof charge === 'number') {
      this.speaksRu = true;
      return charge;
    }
    if (NOT_RU_CODES.has(reply['code']) && this.speaksRu === undefined) this.speaksRu = false;
    return undefined;
  }

  /** The collection exists now: its budget can be read, though nothing was found before. */
  reread(ns: Namespace): void {
    const budget = this.budgetOf(formatNamespace(ns));
    if (budget.readWhenThere || budget.pacer.snapshot().provisioned !== undefined) return;
    budget.readWhenThere = true;
    budget.readAt = Number.NEGATIVE_INFINITY;
  }

  snapshot(): { name: string; pacer: PacerSnapshot }[] {
    return [...this.pacers].map(([name, budget]) => ({ name, pacer: budget.pacer.snapshot() }));
  }

  private budgetOf(name: string): Budget {
    const key = this.keys.get(name) ?? name;
    let budget = this.pacers.get(key);
    if (!budget) {
      budget = {
        pacer: new RuPacer(this.clock),
        readAt: Number.NEGATIVE_INFINITY,
        readWhenThere: false,
        timing: new MeasureTiming(),
      };
      this.pacers.set(key, budget);
    }
    return budget;
  }

  private async read(ns: Namespace, link: Pick<Upstream, 'command'>): Promise<void> {
    const name = formatNamespace(ns);
    const own = await link.command({ customAction: 'GetCollection', collection: ns.coll, $db: ns.db });
    if (own['ok'] !== 1 && NOT_RU_CODES.has(own['code'])) this.speaksRu = false;
    if (isThrottled(own)) return this.askAgain(name);
    const figure = provisionedOf(own);
    if (figure !== undefined) {
      this.keys.set(name, name);
      this.take(name, figure);
      return;
    }
    const database = own['ok'] === 1 ? await link.command({ customAction: 'GetDatabase', $db: ns.db }) : {};
    if (isThrottled(database)) return this.askAgain(name);
    const shared = provisionedOf(database);
    if (shared !== undefined) this.keys.set(name, `${ns.db}.`);
    this.take(name, shared);
  }

  /** What is known stays; without an answer nothing new is. */
  private askAgain(name: string): void {
    this.budgetOf(name).readAt = this.clock.now() - REREAD_MS + ASK_AGAIN_MS;
  }

  private take(name: string, figure: number | undefined): void {
    const budget = this.budgetOf(name);
    budget.readAt = this.clock.now();
    if (figure !== undefined) {
      this.speaksRu = true;
      budget.pacer.provision(ruPerSecond(figure));
    }
  }
}

function isThrottled(reply: Record<string, unknown>): boolean {
  if (reply['ok'] === 1 || Object.keys(reply).length === 0) return false;
  const text = reply['errmsg'] ?? reply['errMsg'];
  return meaningOfCommandError(Number(reply['code']), typeof text === 'string' ? text : '').kind === 'throttled';
}

/**
 * RU/s in a customAction reply. With autoscale `provisionedThroughput` is only the 10 % floor, so the maximum goes first (facts 2.9).
 * A figure of 0 is none: a budget of nothing would never let a write out.
 */
function provisionedOf(reply: Record<string, unknown>): number | undefined {
  const autoscale = reply['autoScaleSettings'];
  if (typeof autoscale === 'object' && autoscale !== null && 'maxThroughput' in autoscale) {
    if (isFigure(autoscale.maxThroughput)) return autoscale.maxThroughput;
  }
  const figure = reply['provisionedThroughput'];
  return isFigure(figure) ? figure : undefined;
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && value > 0;
}
