import { NO_COUNTS, type MutableCounts } from '../core/model/counts.js';
import { formatNamespace, type Namespace } from '../core/model/namespace.js';

export interface NamespaceCounters extends MutableCounts {
  readonly ns: Namespace;
  /** Replies with at least one throttled operation. */
  throttledReplies: number;
}

export class RelayCounters {
  private readonly byName = new Map<string, NamespaceCounters>();

  of(ns: Namespace): NamespaceCounters {
    const name = formatNamespace(ns);
    let found = this.byName.get(name);
    if (!found) {
      found = { ns, ...NO_COUNTS, throttledReplies: 0 };
      this.byName.set(name, found);
    }
    return found;
  }

  /** Copies, in the order in which the namespaces were first written to. */
  snapshot(): NamespaceCounters[] {
    return [...this.byName.values()].map((c) => ({ ...c }));
  }
}
