/** Documents on their way: bytes and where they lie in them, without an object per document. */
import { LANES } from '../kernel/kernel.js';

/** Numbers per document in {@link DocumentBatch.spans}. */
const SPAN = 2;

/** What is known of the documents of a batch since they were read. */
interface Known {
  /** {@link LANES} words for each document. */
  readonly digests: Uint32Array;
  /** 1 for each document in which nine bytes one after another are 0. */
  readonly zeros: Uint8Array;
}

export class DocumentBatch {
  #bytes: number | undefined;
  #free: (() => void) | undefined;

  constructor(
    /** What the documents lie in. May hold other bytes before, between and behind them. */
    readonly buffer: Buffer,
    /** Start and end of each document, one after another. */
    readonly spans: Int32Array,
    readonly known?: Known,
    /** Gives the memory back; see {@link release}. */
    free?: () => void,
  ) {
    this.#free = free;
  }

  /** The documents are needed no more, nor any slice of them: their memory may be used for others. Where it is left out, they are garbage like any other. */
  release(): void {
    const free = this.#free;
    this.#free = undefined;
    free?.();
  }

  get count(): number {
    return this.spans.length / SPAN;
  }

  /** Sum of the documents' lengths. */
  get bytes(): number {
    return (this.#bytes ??= this.#sum());
  }

  #sum(): number {
    const { spans } = this;
    let sum = 0;
    for (let i = 0; i < spans.length; i += SPAN) sum += (spans[i + 1] ?? 0) - (spans[i] ?? 0);
    return sum;
  }

  /** The document at `index`, in place. */
  at(index: number): Buffer {
    return this.buffer.subarray(this.spans[index * SPAN], this.spans[index * SPAN + 1]);
  }

  lengthOf(index: number): number {
    return (this.spans[index * SPAN + 1] ?? 0) - (this.spans[index * SPAN] ?? 0);
  }

  /** The bytes in as few pieces as they lie in. */
  runs(): Buffer[] {
    const { buffer, spans } = this;
    const found: Buffer[] = [];
    for (let i = 0; i < spans.length;) {
      const start = spans[i];
      let end = spans[i + 1];
      i += SPAN;
      while (i < spans.length && spans[i] === end) {
        end = spans[i + 1];
        i += SPAN;
      }
      found.push(buffer.subarray(start, end));
    }
    return found;
  }

  /** Documents `from` to `to`, the latter not included, in place. */
  slice(from: number, to: number): DocumentBatch {
    if (from === 0 && to === this.count) return this;
    const { known } = this;
    return new DocumentBatch(
      this.buffer,
      this.spans.subarray(from * SPAN, to * SPAN),
      known && { digests: known.digests.subarray(from * LANES, to * LANES), zeros: known.zeros.subarray(from, to) },
    );
  }

  /** The documents at these indexes, in place. In another order than ascending their digests and zeros are not to be asked for. */
  pick(indexes: readonly number[]): DocumentBatch {
    const spans = new Int32Array(indexes.length * SPAN);
    for (let i = 0; i < indexes.length; i += 1) {
      const from = (indexes[i] ?? 0) * SPAN;
      spans[i * SPAN] = this.spans[from] ?? 0;
      spans[i * SPAN + 1] = this.spans[from + 1] ?? 0;
    }
    return new DocumentBatch(this.buffer, spans);
  }

  /** Documents given one by one, copied behind each other. */
  static of(documents: readonly Uint8Array[]): DocumentBatch {
    const spans = new Int32Array(documents.length * SPAN);
    let position = 0;
    documents.forEach((document, i) => {
      spans[i * SPAN] = position;
      position += document.length;
      spans[i * SPAN + 1] = position;
    });
    return new DocumentBatch(Buffer.concat(documents, position), spans);
  }
}
