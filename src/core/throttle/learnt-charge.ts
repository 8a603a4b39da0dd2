/** Below this the estimate still moves fast. */
const WARM_SAMPLES = 8;
/** Weight of a new sample once warm: a change of the documents' make-up is followed within some ten measured commands. */
const WEIGHT = 0.2;

/**
 * What a write costs in RU, learnt from what the target says it charged. A write is described by its expected `weight`, in any measure
 * that the charge is about proportional to: its bytes, or its charge after Microsoft's table; what is learnt is RU per unit of weight.
 */
export class LearntCharge {
  private factor: number | undefined;
  private samples = 0;

  /** RU per unit of weight; undefined while nothing has been measured. */
  get perWeight(): number | undefined {
    return this.factor;
  }

  /** Estimated charge in RU; undefined while nothing has been measured. */
  estimate(weight: number): number | undefined {
    return this.factor === undefined ? undefined : this.factor * weight;
  }

  /** Takes note of a write of `weight` that was `charged` RU. Without weight or charge it teaches nothing. */
  learn(weight: number, charged: number): void {
    if (!(weight > 0) || !(charged > 0)) return;
    const seen = charged / weight;
    const share = this.samples < WARM_SAMPLES ? 1 / (this.samples + 1) : WEIGHT;
    this.factor = this.factor === undefined ? seen : this.factor * (1 - share) + seen * share;
    this.samples += 1;
  }
}
