import type { DigestSum } from '../verify/document-sums.js';

/**
 * How far ahead of the first document that is not accounted for a range is read, in bytes: documents that wait for the budget of their
 * partition must not hold up those of the others, and must not keep more than a few replies in memory.
 */
const AHEAD_BYTES = 8_000_000;

/** A part of a batch on its way. */
export interface Part {
  /** Of the last document; undefined where reading cannot go on from there. */
  readonly resumeAt: Buffer | undefined;
  readonly documents: number;
  readonly bytes: number;
  /** Of what arrives of it. */
  readonly sum: DigestSum;
  /** Of the last part of a batch: nobody needs the batch any more once this part is settled and all before it are. */
  readonly release: (() => void) | undefined;
}

/** A part and how many of its documents a conflict policy left out. */
export interface SettledPart extends Part {
  readonly skipped: number;
}

interface Waiting {
  settled: SettledPart | undefined;
}

/** What of a range is on its way to the target: sent in the order of reading, settled in any, and taken in without a gap. */
export class PartsInFlight {
  readonly #depth: () => number;
  readonly #taken: (parts: readonly SettledPart[]) => void;
  readonly #waiting: Waiting[] = [];
  #sending = 0;
  /** Of those that are on their way, how many wait for their next sending. */
  #resting = 0;
  /** Bytes of all that is not taken in. */
  #ahead = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /**
   * `depth`: how many parts may be on their way, asked before each; 1 keeps the order of reading. `taken`: parts, in their order, that are settled as
   * all before them are.
   */
  constructor(depth: () => number, taken: (parts: readonly SettledPart[]) => void) {
    this.#depth = depth;
    this.#taken = taken;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Nothing more is sent; whoever waits is told the first error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#notify();
  }

  /** Resolves when one more part may be sent. @throws what a part failed with. */
  async room(): Promise<void> {
    while (!this.#failure && !this.#hasRoom()) await this.#change();
    this.#throwFailure();
  }

  /** `send` resolves with the number of documents left out; it tells when it waits before its next sending. */
  add(part: Part, send: (rests: (resting: boolean) => void) => Promise<number>): void {
    const entry: Waiting = { settled: undefined };
    this.#waiting.push(entry);
    this.#ahead += part.bytes;
    this.#sending += 1;
    const rests = (resting: boolean): void => {
      this.#resting += resting ? 1 : -1;
      if (resting) this.#notify();
    };
    send(rests).then(
      (skipped) => {
        this.#sending -= 1;
        entry.settled = { ...part, skipped };
        this.#takeIn();
        this.#notify();
      },
      (error: unknown) => {
        this.#sending -= 1;
        this.fail(error);
      },
    );
  }

  /** Waits until everything on its way is accounted for. @throws what a part failed with. */
  async settle(): Promise<void> {
    while (!this.#failure && this.#waiting.length > 0) await this.#change();
    this.#throwFailure();
  }

  /** Waits for what is still on its way, so that nothing is written behind the caller's back. */
  async quiet(): Promise<void> {
    while (this.#sending > 0) await this.#change();
  }

  #takeIn(): void {
    const taken: SettledPart[] = [];
    for (let first = this.#waiting[0]?.settled; first; first = this.#waiting[0]?.settled) {
      this.#waiting.shift();
      first.release?.();
      this.#ahead -= first.bytes;
      taken.push(first);
    }
    if (taken.length > 0) this.#taken(taken);
  }

  #hasRoom(): boolean {
    const depth = this.#depth();
    if (this.#waiting.length < depth) return true;
    // Where order counts (depth 1) nothing overtakes.
    return depth > 1 && this.#sending - this.#resting < depth && this.#ahead < AHEAD_BYTES;
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
