/** Bytes that grow at the end; doubles its room, so that appending costs the same on average. */
export class ByteSink {
  #room: Buffer;
  #used = 0;

  constructor(capacity = 64 * 1024) {
    this.#room = Buffer.allocUnsafe(Math.max(64, capacity));
  }

  get length(): number {
    return this.#used;
  }

  /** Copies `from[start..end)` behind what is there. */
  append(from: Buffer, start = 0, end = from.length): void {
    const count = end - start;
    this.#reserve(count);
    from.copy(this.#room, this.#used, start, end);
    this.#used += count;
  }

  appendByte(byte: number): void {
    this.#reserve(1);
    this.#room[this.#used] = byte;
    this.#used += 1;
  }

  appendInt32(value: number): void {
    this.#reserve(4);
    this.#room.writeInt32LE(value, this.#used);
    this.#used += 4;
  }

  /** Overwrites four bytes that are there. */
  setInt32(at: number, value: number): void {
    this.#room.writeInt32LE(value, at);
  }

  /** Forgets everything from `length` on. */
  cutTo(length: number): void {
    this.#used = Math.min(this.#used, length);
  }

  /** What was appended, in place: not to be appended to after. */
  view(): Buffer {
    return this.#room.subarray(0, this.#used);
  }

  #reserve(count: number): void {
    if (this.#used + count <= this.#room.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#used + count, this.#room.length * 2));
    this.#room.copy(larger, 0, 0, this.#used);
    this.#room = larger;
  }
}
