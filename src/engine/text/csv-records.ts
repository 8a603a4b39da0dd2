/** Counts the records of a CSV stream (RFC 4180: a line end within quotes is part of a field) and reads its first one. */

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** A header of more is none. */
const LONGEST_HEADER = 1 << 20;

export class CsvRecords {
  #inQuotes = false;
  #count = 0;
  /** Anything but a line end since the last record. */
  #begun = false;
  readonly #header: string[] = [];
  #field: number[] = [];
  #headerBytes = 0;
  #inHeader = true;
  /** A quote within quotes: it ends them, or stands for itself when another follows. */
  #closing = false;

  push(piece: Buffer): void {
    for (const c of piece) {
      if (c === LINE_FEED && (!this.#inQuotes || this.#closing)) {
        this.#endOfLine();
        continue;
      }
      if (c === RETURN && (!this.#inQuotes || this.#closing)) continue;
      this.#begun = true;
      this.#byte(c);
    }
  }

  #byte(c: number): void {
    if (this.#inQuotes && !this.#closing) {
      if (c === QUOTE) this.#closing = true;
      else this.#keep(c);
      return;
    }
    if (this.#closing) {
      this.#closing = false;
      if (c === QUOTE) {
        this.#keep(c);
        return;
      }
      this.#inQuotes = false;
    }
    if (c === QUOTE) this.#inQuotes = true;
    else if (c === COMMA) this.#endOfField();
    else this.#keep(c);
  }

  #keep(c: number): void {
    if (!this.#inHeader || this.#headerBytes >= LONGEST_HEADER) return;
    this.#headerBytes += 1;
    this.#field.push(c);
  }

  #endOfField(): void {
    if (!this.#inHeader) return;
    this.#header.push(
      Buffer.from(this.#field)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    );
    this.#field = [];
  }

  #endOfLine(): void {
    this.#closing = false;
    this.#inQuotes = false;
    // Empty lines are no records to the tools either.
    if (!this.#begun) return;
    this.#endOfField();
    this.#inHeader = false;
    this.#count += 1;
    this.#begun = false;
  }

  /** Records with the header, and whether the last one ends. */
  end(): { readonly header: readonly string[]; readonly count: number; readonly isFinished: boolean } {
    const isFinished = !this.#inQuotes || this.#closing;
    if (isFinished) this.#endOfLine();
    return { header: this.#header, count: this.#count, isFinished };
  }
}
