/**
 * Lets callers through one after another, so that one of them waits for a budget at a time: many that each wait by themselves come back
 * in the same millisecond and are refused together.
 */
export class Turnstile {
  private queued = 0;
  private turn: Promise<void> = Promise.resolve();

  /** True while somebody waits: who comes now must not overtake. */
  get isTaken(): boolean {
    return this.queued > 0;
  }

  /** Runs `pass` when all before it are through. Rejects as it does; the next one gets its turn all the same. */
  async enter(pass: () => Promise<void>): Promise<void> {
    this.queued += 1;
    const mine = this.turn.then(pass);
    this.turn = mine.catch(() => undefined);
    try {
      await mine;
    } finally {
      this.queued -= 1;
    }
  }
}
