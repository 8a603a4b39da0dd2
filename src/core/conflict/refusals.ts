import { formatNamespace, type Namespace } from '../model/namespace.js';

/** A namespace of which nothing arrives any more. */
export interface Hopeless {
  readonly ns: Namespace;
  /** Refused in a row, each for good. */
  readonly documents: number;
  /** Of the latest. */
  readonly code: number;
  readonly message: string;
}

/**
 * So many documents of a namespace refused in a row, for a reason that is not known to be in the document, are no accident: it is the largest
 * batch that mongorestore sends unless it is told otherwise (`--batchSize`, 1,000), so that one bad batch among good ones never makes it. Where half
 * of all documents are bad it comes once in 2^1000; what is kept until then costs seconds of syncing and not hours.
 */
export const MOST_REFUSED_IN_A_ROW = 1_000;

/** Watches for a target that refuses all that comes. Without it a whole collection would go to the dead letters, one sync each. */
export class Refusals {
  private readonly rows = new Map<string, { documents: number; isTold: boolean }>();

  /** `limit` 0: never. */
  constructor(
    private readonly limit: number,
    private readonly onHopeless: (found: Hopeless) => void,
  ) {}

  /** Something of the namespace arrived or was there. */
  accepted(ns: Namespace): void {
    if (this.rows.size > 0) this.rows.delete(formatNamespace(ns));
  }

  refused(ns: Namespace, documents: number, { code, message }: Pick<Hopeless, 'code' | 'message'>): void {
    if (this.limit <= 0) return;
    const name = formatNamespace(ns);
    const row = this.rows.get(name) ?? { documents: 0, isTold: false };
    this.rows.set(name, row);
    row.documents += documents;
    if (row.isTold || row.documents < this.limit) return;
    row.isTold = true;
    this.onHopeless({ ns, documents: row.documents, code, message });
  }

  /** Told of already: nothing more of it is worth keeping. */
  isHopeless(ns: Namespace): boolean {
    return this.rows.size > 0 && this.rows.get(formatNamespace(ns))?.isTold === true;
  }
}
