/** Memory that replies are read into, used again and again: fresh megabytes for each reply made the garbage collector the largest consumer of a copy. */

/** Memory is handed out in steps of this, so that replies of about one size share it. */
const STEP_BYTES = 1024 * 1024;
/** What lies idle beyond this is left to the garbage collector, the oldest first: it was for replies of another size. */
const KEPT_BYTES = 64 * 1024 * 1024;

export class ReplyMemory {
  #idle: Buffer[] = [];
  #idleBytes = 0;

  /** What lies here for whoever takes it next. */
  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** At least `bytes` of memory that nobody else has until it is given back. What is never given back is garbage like any other. */
  take(bytes: number): Buffer {
    let best = -1;
    for (const [i, { length }] of this.#idle.entries()) {
      if (length >= bytes && length < (this.#idle[best]?.length ?? Number.POSITIVE_INFINITY)) best = i;
    }
    // A reply that is small would otherwise keep the memory of a large one from the next large one.
    if (best >= 0 && (this.#idle[best]?.length ?? 0) <= 2 * Math.max(bytes, STEP_BYTES)) {
      const [found] = this.#idle.splice(best, 1);
      if (found) {
        this.#idleBytes -= found.length;
        return found;
      }
    }
    return Buffer.allocUnsafeSlow(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
  }

  /** The caller must not touch the memory any more, nor anybody whom it gave a part of it. */
  giveBack(memory: Buffer): void {
    if (memory.length > KEPT_BYTES) return;
    this.#idle.push(memory);
    this.#idleBytes += memory.length;
    while (this.#idleBytes > KEPT_BYTES) this.#idleBytes -= this.#idle.shift()?.length ?? 0;
  }
}
