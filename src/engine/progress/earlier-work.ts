import type { CollectionSnapshot } from '../../core/model/run-snapshot.js';

type Standing = Pick<CollectionSnapshot, 'copied' | 'deadLetters' | 'conflicts'>;

const NOTHING: Standing = { copied: 0, deadLetters: 0, conflicts: 0 };

/** Amounts that go on over the processes and attempts of a run. */
export interface EarlierAmounts {
  readonly bytes: number;
  readonly requestUnits: number;
  readonly throttled: number;
}

/** What earlier attempts have brought, by `db.coll`: it is there, though the present attempt has to come to it first. */
export class EarlierWork {
  readonly #standing = new Map<string, Standing>();
  #gone = 0;

  constructor(before: Iterable<readonly [string, Standing]>) {
    for (const [ns, standing] of before) this.#standing.set(ns, standing);
  }

  /** Documents that were brought and whose collection is not there any more. */
  get gone(): number {
    return this.#gone;
  }

  of(ns: string): Standing {
    return this.#standing.get(ns) ?? NOTHING;
  }

  /** Documents of it that are settled, in whichever way. */
  settled(ns: string): number {
    const { copied, deadLetters, conflicts } = this.of(ns);
    return copied + deadLetters + conflicts;
  }

  /** Another attempt begins. `latest`: what the one before it came to. */
  next(latest: Iterable<readonly [string, Standing]>): void {
    this.#gone = 0;
    for (const [ns, standing] of latest) this.#standing.set(ns, standing);
  }

  /** The collection was not there, and was made again. */
  forget(ns: string): void {
    this.#gone += this.of(ns).copied;
    this.#standing.delete(ns);
  }
}
