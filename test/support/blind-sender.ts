import type { ModelledDocument } from './throttled-copy.js';

export interface BlindOutcome {
  readonly seconds: number;
  /** Of what was sent. */
  readonly refused: number;
}

/**
 * A yardstick for a sender that does not know which partition a document goes to: this one sees everything else. It knows each
 * budget at every moment, has no way to go and no time to lose, keeps refused documents by partition, and sends them first when their
 * budget is there again. In a second it sends on until `full` partitions are full or the refusals that it is allowed so far are used up.
 * `perSecond`: documents of one partition that fit into a second.
 */
export function blindSender(
  documents: readonly ModelledDocument[],
  partitions: number,
  perSecond: number,
  allowed: number,
  full: number,
): BlindOutcome {
  const room = Array.from({ length: partitions }, () => 0);
  const waiting = Array.from({ length: partitions }, () => 0);
  let [next, left, sent, refused] = [0, documents.length, 0, 0];
  for (let second = 1; ; second += 1) {
    for (let p = 0; p < partitions; p += 1) {
      room[p] = Math.min(perSecond, (room[p] ?? 0) + perSecond);
      for (; (waiting[p] ?? 0) > 0 && (room[p] ?? 0) > 0; left -= 1, sent += 1) {
        waiting[p] = (waiting[p] ?? 0) - 1;
        room[p] = (room[p] ?? 0) - 1;
      }
    }
    while (
      next < documents.length &&
      refused < allowed * perSecond * partitions * second &&
      room.filter((left) => left <= 0).length < full
    ) {
      const p = documents[next]?.partition ?? 0;
      next += 1;
      sent += 1;
      if ((room[p] ?? 0) > 0) {
        room[p] = (room[p] ?? 0) - 1;
        left -= 1;
      } else {
        waiting[p] = (waiting[p] ?? 0) + 1;
        refused += 1;
      }
    }
    if (left === 0) {
      const part = Math.max(...room.map((rest) => (perSecond - rest) / perSecond));
      return { seconds: second - 1 + Math.min(1, part), refused: refused / sent };
    }
  }
}
