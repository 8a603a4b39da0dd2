/** What of a batch is still to be sent: pieces of one command each, and when. */
import type { DocumentBatch } from './batch.js';

export interface Piece {
  readonly batch: DocumentBatch;
  readonly notBefore: number;
  /** An earlier sending may have written some of them: a duplicate can be our own work. */
  readonly uncertain: boolean;
}

export class Pieces {
  readonly #pending: Piece[] = [];

  add(piece: Piece): void {
    if (piece.batch.count > 0) this.#pending.push(piece);
  }

  /** The one that may be sent first, taken out. */
  next(): Piece | undefined {
    const pending = this.#pending;
    let best = 0;
    for (let i = 1; i < pending.length; i += 1) {
      if ((pending[i]?.notBefore ?? 0) < (pending[best]?.notBefore ?? 0)) best = i;
    }
    return pending.splice(best, 1)[0];
  }

  /** As much of the piece as one command may carry, one document at least; the rest waits behind it. */
  cut(piece: Piece, limit: { readonly documents: number; readonly bytes: number }): Piece {
    const { batch } = piece;
    const documents = Math.max(1, limit.documents);
    let count = 0;
    let bytes = 0;
    while (count < batch.count && count < documents) {
      const next = bytes + batch.lengthOf(count);
      if (count > 0 && next > limit.bytes) break;
      bytes = next;
      count += 1;
    }
    if (count === batch.count) return piece;
    this.add({ ...piece, batch: batch.slice(count, batch.count) });
    return { ...piece, batch: batch.slice(0, count) };
  }
}
