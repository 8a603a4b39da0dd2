/** Less than this is not worth a read: it is what Node reads at a time on its own. */
const LEAST_READ_BYTES = 64 * 1024;

/** Two batches of the tools' usual size (1,000 documents of 1 KB): one that is on its way, one that comes in. */
const SLAB_BYTES = 2 * 1024 * 1024;

/**
 * Memory that a connection reads into, used again as soon as what is in it has been dealt with. Fresh memory for each read costs page faults and
 * garbage: with it the relay needed about twice the CPU. A ring: [`liveFrom`, `at`) is in use, the region after `at` is what was handed out last.
 */
export class Slab {
  private buffer: Buffer;
  private at = 0;
  private end: number;
  private liveFrom = 0;
  private wrapped = false;

  /** Small until a first larger message comes: most connections only say hello. */
  constructor(
    private readonly fullBytes = SLAB_BYTES,
    private readonly leastBytes = LEAST_READ_BYTES,
  ) {
    this.buffer = Buffer.allocUnsafeSlow(leastBytes);
    this.end = leastBytes;
  }

  /** Where the next read goes; never a byte of what is still in use. */
  next(): Buffer {
    if (this.end - this.at < this.leastBytes) {
      if (!this.wrapped && this.liveFrom >= this.leastBytes) {
        this.wrapped = true;
        this.at = 0;
        this.end = this.liveFrom;
      } else {
        // What is in use keeps the old memory alive; it goes with its last chunk.
        this.buffer = Buffer.allocUnsafeSlow(this.fullBytes);
        this.at = 0;
        this.end = this.fullBytes;
        this.liveFrom = 0;
        this.wrapped = false;
      }
    }
    return this.buffer.subarray(this.at, this.end);
  }

  /** The first `count` bytes of the region handed out last, which are in use from now on. */
  take(count: number): Buffer {
    const chunk = this.buffer.subarray(this.at, this.at + count);
    this.at += count;
    return chunk;
  }

  /** Nothing that was taken is needed any more. */
  recycle(): void {
    this.liveFrom = this.at;
    this.wrapped = false;
    this.end = this.buffer.length;
  }
}
