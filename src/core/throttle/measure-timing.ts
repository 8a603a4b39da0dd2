/** A changed throughput (raised by the user, grown by autoscale) is seen after this long, in ms. */
export const REREAD_MS = 30_000;
/** A question that the target was too busy for is asked again after this long, in ms. */
export const ASK_AGAIN_MS = 1_000;

/** A charge costs a round trip: it is asked for after each of the first commands of a budget, then this often, in ms. */
const MEASURE_EVERY_MS = 100;
const MEASURE_ALWAYS_FIRST = 8;

/** Says which commands' charges are worth asking for. */
export class MeasureTiming {
  private measured = 0;
  private measuredAt = Number.NEGATIVE_INFINITY;

  /** True when the charge of the command at hand should be asked for; counts it as asked. `now` in ms. */
  isDue(now: number): boolean {
    if (this.measured >= MEASURE_ALWAYS_FIRST && now - this.measuredAt < MEASURE_EVERY_MS) return false;
    this.measured += 1;
    this.measuredAt = now;
    return true;
  }
}
