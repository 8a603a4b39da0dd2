export interface SecondOfUse {
  /** Seconds since the epoch. */
  readonly second: number;
  /** RU charged in that second, and RU that were provisioned for it. */
  used: number;
  budget: number;
}

export interface NamespaceStats {
  readonly ruCharged: number;
  /** Statements of writes, and read commands, admitted or not. */
  readonly operations: number;
  /** Those that were answered as throttled. */
  readonly throttledOperations: number;
  /** Documents inserted, updated or deleted, also those that were reported as throttled. */
  readonly documentsWritten: number;
  /** Statements refused for good by the service's own limits. */
  readonly rejected: number;
  /** The last hour at most. */
  readonly perSecond: readonly SecondOfUse[];
}

const HISTORY_SECONDS = 3600;

export class NamespaceMeter {
  ruCharged = 0;
  operations = 0;
  throttledOperations = 0;
  documentsWritten = 0;
  rejected = 0;
  private readonly perSecond: SecondOfUse[] = [];

  charge(ru: number, now: number, budget: number): void {
    this.ruCharged += ru;
    const second = Math.floor(now / 1000);
    const last = this.perSecond.at(-1);
    if (last && last.second >= second) {
      last.used += ru;
      last.budget = budget;
      return;
    }
    this.perSecond.push({ second, used: ru, budget });
    if (this.perSecond.length > HISTORY_SECONDS) this.perSecond.shift();
  }

  snapshot(): NamespaceStats {
    return {
      ruCharged: this.ruCharged,
      operations: this.operations,
      throttledOperations: this.throttledOperations,
      documentsWritten: this.documentsWritten,
      rejected: this.rejected,
      perSecond: this.perSecond.map((entry) => ({ ...entry })),
    };
  }
}

export function totalOf(all: Iterable<NamespaceStats>): Omit<NamespaceStats, 'perSecond'> {
  const total = { ruCharged: 0, operations: 0, throttledOperations: 0, documentsWritten: 0, rejected: 0 };
  for (const one of all) {
    total.ruCharged += one.ruCharged;
    total.operations += one.operations;
    total.throttledOperations += one.throttledOperations;
    total.documentsWritten += one.documentsWritten;
    total.rejected += one.rejected;
  }
  return total;
}
