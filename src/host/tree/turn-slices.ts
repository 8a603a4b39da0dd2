/** Work of one turn of the event loop; some 10 ms for rows. */
const MOST_IN_A_TURN = 500;

/**
 * Spreads work that somebody asks for all at once, such as the ten thousand rows of a level, over turns of the event loop: what else waits is not kept
 * waiting for all of it. A little is done at once.
 */
export class TurnSlices {
  readonly #later: (work: () => void) => void;
  readonly #waiting: (() => void)[] = [];
  #left = MOST_IN_A_TURN;
  #scheduled = false;

  constructor(later: (work: () => void) => void) {
    this.#later = later;
  }

  do<T>(work: () => T): T | Promise<T> {
    this.#schedule();
    if (this.#left > 0 && this.#waiting.length === 0) {
      this.#left -= 1;
      return work();
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#later(() => {
      this.#scheduled = false;
      const slice = this.#waiting.splice(0, MOST_IN_A_TURN);
      this.#left = MOST_IN_A_TURN - slice.length;
      if (this.#waiting.length > 0) this.#schedule();
      for (const work of slice) work();
    });
  }
}
