import { formatNamespace, type Namespace } from '../core/model/namespace.js';

/** What happened to the writes of one namespace, exact, as the target acknowledged them. Operations are documents for inserts. */
export interface NamespaceCounters {
  readonly ns: Namespace;
  /** Operations that the target acknowledged (inserted, matched or deleted), each once. */
  acknowledged: number;
  /** Inserts whose very bytes were on the target already. */
  alreadyThere: number;
  /** Inserts whose `_id` is on the target with other bytes: left, replaced (then acknowledged as well) or reported. Never dead letters. */
  conflicts: number;
  deadLettered: number;
  /** Errors handed to the tool because they are not about a document. */
  failed: number;
  /** Operations sent, repeats included. */
  sentOperations: number;
  /** Operations that came back throttled. */
  throttledOperations: number;
  /** Replies with at least one throttled operation. */
  throttledReplies: number;
  /** Document bytes acknowledged. */
  bytes: number;
  /** Request units: measured where the target told, estimated from the measured ones in between. */
  requestUnits: number;
}

export class RelayCounters {
  private readonly byName = new Map<string, NamespaceCounters>();

  of(ns: Namespace): NamespaceCounters {
    const name = formatNamespace(ns);
    let found = this.byName.get(name);
    if (!found) {
      found = {
        ns,
        acknowledged: 0,
        alreadyThere: 0,
        conflicts: 0,
        deadLettered: 0,
        failed: 0,
        sentOperations: 0,
        throttledOperations: 0,
        throttledReplies: 0,
        bytes: 0,
        requestUnits: 0,
      };
      this.byName.set(name, found);
    }
    return found;
  }

  /** Copies, in the order in which the namespaces were first written to. */
  snapshot(): NamespaceCounters[] {
    return [...this.byName.values()].map((c) => ({ ...c }));
  }
}
