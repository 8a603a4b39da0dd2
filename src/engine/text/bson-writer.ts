/** Writes BSON bytes from front to back. Lengths and types that are known only later are filled in then. */

/** Grows by doubling. Judged: most documents fit. */
const FIRST_BYTES = 4_096;

export class BsonWriter {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Makes room and returns where it begins. */
  reserve(bytes: number): number {
    const at = this.#length;
    const wanted = at + bytes;
    if (wanted > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(wanted, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.#length = wanted;
    return at;
  }

  byte(value: number): void {
    const at = this.reserve(1);
    this.#buffer[at] = value;
  }

  setByte(at: number, value: number): void {
    this.#buffer[at] = value;
  }

  int32(value: number): void {
    const at = this.reserve(4);
    this.#buffer.writeInt32LE(value, at);
  }

  setInt32(at: number, value: number): void {
    this.#buffer.writeInt32LE(value, at);
  }

  uint32(value: number): void {
    const at = this.reserve(4);
    this.#buffer.writeUInt32LE(value, at);
  }

  int64(value: bigint): void {
    const at = this.reserve(8);
    this.#buffer.writeBigInt64LE(value, at);
  }

  double(value: number): void {
    const at = this.reserve(8);
    this.#buffer.writeDoubleLE(value, at);
  }

  bytes(source: Uint8Array, start = 0, end = source.length): void {
    const at = this.reserve(end - start);
    this.#buffer.set(source.subarray(start, end), at);
  }

  /** With its closing zero. */
  cstring(text: Uint8Array): void {
    this.bytes(text);
    this.byte(0);
  }

  /** Length, bytes, closing zero. */
  string(text: Uint8Array): void {
    this.int32(text.length + 1);
    this.cstring(text);
  }

  /** What was written, as bytes of their own; the writer begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  /** Forgets what was written. */
  clear(): void {
    this.#length = 0;
  }
}
