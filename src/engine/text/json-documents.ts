/** Cuts a stream of JSON into its documents: one after another, as `mongoexport` writes them, or as one array. Nothing is looked at but where each begins and ends. */

export type BadStreamReason = 'not-json' | 'unfinished' | 'document-too-long';

/** A place where the stream is no sequence of documents. `line` counts from 1. */
export class BadJsonStream extends Error {
  constructor(
    readonly reason: BadStreamReason,
    readonly line: number,
  ) {
    super(reason);
  }
}

export interface JsonDocument {
  /** Valid until the next call. */
  readonly text: Buffer;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** 16 MB of BSON are at most this much canonical JSON: an array of one-digit numbers grows sixfold (7 bytes of BSON with its name become 20 of text and more). Beyond it a quote is missing somewhere. */
const LONGEST_DOCUMENT = 256 * 1024 * 1024;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const isSpace = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;

/** Feed it the stream's pieces in order, then `end`. */
export class JsonDocuments {
  /** True as soon as the stream is known to be one array. */
  isArray = false;
  #line = 1;
  #begun = false;
  #ended = false;
  /** In an array: whether a document may come, a comma or the end. */
  #expects: 'document' | 'first' | 'separator' = 'document';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #startLine = 1;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #head: Buffer | undefined;

  /** @throws BadJsonStream. */
  *push(piece: Buffer): Iterable<JsonDocument> {
    let chunk = piece;
    if (!this.#begun) {
      chunk = this.#head ? Buffer.concat([this.#head, piece]) : piece;
      if (chunk.length < BOM.length) {
        this.#head = Buffer.from(chunk);
        return;
      }
      this.#begun = true;
      if (chunk.subarray(0, BOM.length).equals(BOM)) chunk = chunk.subarray(BOM.length);
    }
    yield* this.#scan(chunk);
  }

  /** The stream is over. @throws BadJsonStream where a document, or the array, is not. */
  *end(): Iterable<JsonDocument> {
    if (!this.#begun && this.#head) {
      this.#begun = true;
      yield* this.#scan(this.#head);
    }
    if (this.#depth > 0) throw new BadJsonStream('unfinished', this.#startLine);
    if (this.isArray && !this.#ended) throw new BadJsonStream('unfinished', this.#line);
  }

  *#scan(chunk: Buffer): Iterable<JsonDocument> {
    let start = 0;
    for (let i = 0; i < chunk.length; i += 1) {
      const c = chunk[i] ?? 0;
      if (c === 0x0a) this.#line += 1;
      if (this.#depth === 0) {
        if (this.#outside(c)) {
          start = i;
          this.#startLine = this.#line;
        }
      } else if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (c === 0x5c) this.#escaped = true;
        else if (c === 0x22) this.#inString = false;
      } else if (c === 0x22) this.#inString = true;
      else if (c === 0x7b || c === 0x5b) this.#depth += 1;
      else if (c === 0x7d || c === 0x5d) {
        this.#depth -= 1;
        if (this.#depth === 0) yield { text: this.#whole(chunk.subarray(start, i + 1)), line: this.#startLine };
      }
    }
    if (this.#depth > 0) this.#keep(chunk.subarray(start));
  }

  /** Between documents: true where one begins here. */
  #outside(c: number): boolean {
    if (isSpace(c)) return false;
    if (this.#ended) throw new BadJsonStream('not-json', this.#line);
    if (c === 0x7b && this.#expects !== 'separator') {
      this.#depth = 1;
      this.#begunWithDocument();
      return true;
    }
    if (!this.isArray) {
      if (c !== 0x5b || this.#sawDocument) throw new BadJsonStream('not-json', this.#line);
      this.isArray = true;
      this.#expects = 'first';
    } else if (c === 0x2c && this.#expects === 'separator') this.#expects = 'document';
    else if (c === 0x5d && this.#expects !== 'document') this.#ended = true;
    else throw new BadJsonStream('not-json', this.#line);
    return false;
  }

  #sawDocument = false;

  #begunWithDocument(): void {
    this.#sawDocument = true;
    if (this.isArray) this.#expects = 'separator';
  }

  #keep(part: Buffer): void {
    this.#keptBytes += part.length;
    if (this.#keptBytes > LONGEST_DOCUMENT) throw new BadJsonStream('document-too-long', this.#startLine);
    // The caller's buffer may be used again.
    this.#kept.push(Buffer.from(part));
  }

  #whole(last: Buffer): Buffer {
    if (this.#kept.length === 0) return last;
    const whole = Buffer.concat([...this.#kept, last]);
    this.#kept = [];
    this.#keptBytes = 0;
    return whole;
  }
}
