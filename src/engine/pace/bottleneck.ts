import type { LimitedBy } from '../../core/model/run-snapshot.js';

export type WaitedFor = 'source' | 'target' | 'request-units' | 'ceiling';

/** Waits of the last seconds count: long enough for a calm display, short enough to follow a change. */
const SLOTS = 5;
const SLOT_MS = 1_000;
/** Less waiting than this share of the time limits nothing: then this process is what is busy. */
const LEAST_SHARE = 0.2;
const NONE: Readonly<Record<WaitedFor, number>> = { source: 0, target: 0, 'request-units': 0, ceiling: 0 };

/** Adds up what was waited for and says what limits a copy. Pure; times are milliseconds of one clock, handed in. */
export class Bottleneck {
  private slots: { readonly at: number; waits: Record<WaitedFor, number> }[] = [];

  constructor(private readonly startedAt: number) {}

  waited(on: WaitedFor, ms: number, now: number): void {
    const at = Math.floor(now / SLOT_MS);
    let slot = this.slots.at(-1);
    if (slot?.at !== at) {
      slot = { at, waits: { ...NONE } };
      this.slots = [...this.slots.filter((s) => s.at > at - SLOTS), slot];
    }
    slot.waits[on] += ms;
  }

  /** `isFar`: most of an answer's time is the way there and back. `sourceIsCapped`: the user limits what is read at once. */
  limitedBy(now: number, more: { isFar: boolean; sourceIsCapped: boolean }): LimitedBy {
    const since = Math.floor(now / SLOT_MS) - SLOTS;
    const waits = { ...NONE };
    for (const slot of this.slots) {
      if (slot.at <= since) continue;
      for (const key of Object.keys(waits) as WaitedFor[]) waits[key] += slot.waits[key];
    }
    const enough = Math.max(SLOT_MS, Math.min(SLOTS * SLOT_MS, now - this.startedAt)) * LEAST_SHARE;
    // Where a budget holds the writers back, readers wait too: the budget is the cause.
    if (Math.max(waits.ceiling, waits['request-units']) >= enough)
      return waits.ceiling >= waits['request-units'] ? 'ceiling' : 'request-units';
    if (waits.source >= enough && waits.source >= waits.target) return more.sourceIsCapped ? 'ceiling' : 'source';
    if (waits.target >= enough) return more.isFar ? 'network' : 'target';
    return 'engine';
  }
}
