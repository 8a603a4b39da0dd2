/** How many refusals a sender allows itself, and in which proportion to what it sends. */
export interface Allowance {
  /** Refused operations for each one sent. */
  readonly share: number;
  /** What is saved or owed at most, in seconds' worth of operations: long against chance, short against a change of the target. */
  readonly seconds: number;
}

/**
 * Refusals as a budget of their own: each operation that is sent earns a share of one, each refusal spends one. A sender that cannot know
 * which partition a document goes to learns only by a refusal that one of them is full; the others may still have room. With an allowance
 * it goes on as long as that is cheap, and pauses for the rest of the target's second when it has been too dear. Pure.
 */
export class RefusalAllowance {
  private left = 0;
  private most = 1;

  constructor(private readonly allowance: Allowance) {}

  /** Takes note of a reply: `refused` of `operations` came back. */
  note(operations: number, refused: number): void {
    const next = this.left + operations * this.allowance.share - refused;
    this.left = Math.max(-this.most, Math.min(this.most, next));
  }

  /** Tells how many operations a second of late had. */
  pace(operationsPerSecond: number): void {
    this.most = Math.max(1, this.allowance.share * this.allowance.seconds * operationsPerSecond);
    this.note(0, 0);
  }

  /** Begins anew: what was refused of another budget says nothing of this one. */
  reset(): void {
    this.left = 0;
  }

  /** More was refused than is allowed. */
  get isOverdrawn(): boolean {
    return this.left < 0;
  }

  /** What is owed, as a share of the most that can be: 1 after refusals for seconds on end, -1 where as long none came. */
  get debt(): number {
    return -this.left / this.most;
  }
}
