/** Throughput of an RU target, raised for the time of a copy and put back whatever happens: journalled, so that a later start knows. */
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, parseNamespace, type Namespace } from '../../core/model/namespace.js';
import type { OfferedThroughput, Plan, ThroughputRaise } from '../../core/model/plan.js';
import type { Journal } from '../journal/port.js';
import type { Verdict } from '../journal/record.js';
import type { Clock } from '../ports.js';
import { refusalOf, throughThrottle } from './server-refusal.js';

/** What the lever needs of an RU target. */
export interface ThroughputSession {
  /** Changes a collection's throughput, or a database's where `coll` is left out. Errors are MigrationError. */
  setThroughput(target: { db: string; coll?: string }, throughput: OfferedThroughput): Promise<void>;
  getCollection(ns: Namespace): Promise<{ exists: boolean } | undefined>;
}

export interface LeverParts {
  readonly plan: Plan;
  readonly ru: ThroughputSession | undefined;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Literals that must not show up in messages. */
  readonly secrets?: readonly string[];
}

/** Raises throughput as the plan says, and puts it back. Does nothing where the plan says nothing of it. */
export class ThroughputLever {
  private readonly raises: readonly ThroughputRaise[];

  constructor(private readonly parts: LeverParts) {
    this.raises = parts.ru ? (parts.plan.throughputRaises ?? []) : [];
  }

  /** The plan with what its new collections are made with. */
  get plan(): Plan {
    const byBudget = new Map(this.raises.map((raise) => [raise.budget, raise.createWith]));
    const collections = this.parts.plan.collections.map((planned) => {
      const throughput = byBudget.get(formatNamespace(planned.target));
      return throughput ? { ...planned, throughput } : planned;
    });
    return { ...this.parts.plan, collections };
  }

  /** Writes down what is going to be raised: before anything is made with more than it is to keep. */
  async announce(): Promise<void> {
    for (const { budget, raiseTo, restoreTo } of this.raises)
      await this.parts.journal.append({ type: 'throughput', budget, phase: 'intent', to: raiseTo, restoreTo });
  }

  /**
   * Raises what is there now and is written to by what is `copied` (`db.coll`): an hour of it is paid for. A refusal is no reason to stop: the copy goes on at what it is given.
   * @throws MigrationError for what is not about throughput: connection lost, cancelled, journal not writable.
   */
  async raise(signal: AbortSignal, copied: ReadonlySet<string>): Promise<void> {
    const { journal, clock, secrets } = this.parts;
    const isUsed = (budget: string): boolean =>
      isDatabase(budget) ? [...copied].some((ns) => ns.startsWith(budget)) : copied.has(budget);
    for (const { budget, raiseTo: to } of this.raises.filter((raise) => isUsed(raise.budget))) {
      try {
        if (!(await this.exists(budget))) continue;
        await throughThrottle({ clock, signal }, () => this.set(budget, to));
      } catch (error) {
        const { message } = refusalOf(error, secrets);
        await journal.append({ type: 'throughput', budget, phase: 'raise-failed', to, message });
        continue;
      }
      await journal.append({ type: 'throughput', budget, phase: 'raised', to });
    }
  }

  /**
   * Puts back whatever this run or an earlier process of it has raised, also when the run has been told to stop. Returns a verdict's reason
   * for each that could not be put back; those stay in the journal's status, so that the next start tries again.
   * @throws MigrationError where the journal cannot be written, after everything was put back that could be.
   */
  async restore(): Promise<Verdict['reasons']> {
    const { journal, clock, secrets = [] } = this.parts;
    const reasons: Verdict['reasons'][number][] = [];
    let unwritten: { readonly error: unknown } | undefined;
    for (const [budget, to] of Object.entries(journal.status().raised ?? {})) {
      let message: string | undefined;
      try {
        if (await this.exists(budget)) await throughThrottle({ clock }, () => this.set(budget, to));
      } catch (error) {
        message = messageOf(error, secrets);
        reasons.push({ id: 'throughput-not-restored', params: { budget, message } });
      }
      const phase = message === undefined ? 'restored' : 'restore-failed';
      const record = { type: 'throughput', budget, phase, to, ...(message === undefined ? {} : { message }) } as const;
      await journal.append(record).catch((error: unknown) => (unwritten ??= { error }));
    }
    if (unwritten) throw unwritten.error;
    return reasons;
  }

  private async exists(budget: string): Promise<boolean> {
    const { ru, clock } = this.parts;
    if (!ru) throw new MigrationError('internal', { reason: 'no-request-units' });
    if (isDatabase(budget)) return true;
    const found = await throughThrottle({ clock }, () => ru.getCollection(parseNamespace(budget)));
    return found?.exists ?? false;
  }

  private async set(budget: string, to: OfferedThroughput): Promise<void> {
    await this.parts.ru?.setThroughput(isDatabase(budget) ? { db: budget.slice(0, -1) } : parseNamespace(budget), to);
  }
}

/**
 * Does an attempt with throughput raised as the plan says, and puts it back however the attempt ends. What could not be put back is a
 * finding of the verdict. `attempt` makes its collections by `lever.plan` and calls `lever.raise` when they are there.
 */
export async function withRaisedThroughput(
  parts: LeverParts,
  attempt: (lever: ThroughputLever) => Promise<Verdict>,
): Promise<Verdict> {
  const lever = new ThroughputLever(parts);
  let reasons: Verdict['reasons'] = [];
  let verdict: Verdict;
  try {
    await lever.announce();
    verdict = await attempt(lever);
  } finally {
    reasons = await lever.restore();
  }
  if (reasons.length === 0) return verdict;
  const state = verdict.state === 'completed' ? 'completed-with-findings' : verdict.state;
  return { state, reasons: [...verdict.reasons, ...reasons] };
}

function isDatabase(budget: string): boolean {
  return budget.indexOf('.') === budget.length - 1;
}

/** Also of a connection that is lost: then, too, the run ends and somebody has to put it back. */
function messageOf(error: unknown, secrets: readonly string[]): string {
  if (MigrationError.is(error, 'command-failed') || MigrationError.is(error, 'missing-privilege'))
    return refusalOf(error, secrets).message;
  if (MigrationError.is(error)) return error.code;
  throw error;
}
