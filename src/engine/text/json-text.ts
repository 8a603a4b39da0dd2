/** JSON's own marks and words, read from bytes. */

/** Text that is no Extended JSON document. `at`: bytes from the document's beginning; No value is in it. */
export class BadExtendedJson extends Error {
  constructor(
    readonly reason: BadJsonReason,
    readonly at: number,
  ) {
    super(reason);
  }
}

export type BadJsonReason =
  'not-json' | 'not-a-document' | 'unfinished' | 'bad-number' | 'bad-string' | 'bad-type' | 'zero-in-name' | 'too-deep';

export const BYTE = {
  quote: 0x22,
  backslash: 0x5c,
  open: 0x7b,
  close: 0x7d,
  openList: 0x5b,
  closeList: 0x5d,
  colon: 0x3a,
  comma: 0x2c,
  dollar: 0x24,
} as const;

/** JSON's numbers, and the forms that tools write into `$numberDouble`. */
export const DOUBLE = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A place in a text, and what can be read there. Everything throws BadExtendedJson where something else stands. */
export class JsonText {
  /** In bytes. */
  at = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #end = 0;

  begin(text: Buffer): void {
    this.#bytes = text;
    this.at = 0;
    this.#end = text.length;
  }

  get isOver(): boolean {
    return this.at >= this.#end;
  }

  skip(): void {
    this.at += 1;
  }

  name(): Buffer {
    this.skipSpace();
    return this.withoutZero(this.string());
  }

  withoutZero(text: Buffer | undefined): Buffer {
    const found = text ?? Buffer.alloc(0);
    return found.includes(0) ? this.fail('zero-in-name') : found;
  }

  /** A JSON string's content as UTF-8, here at its opening quote. */
  string(): Buffer {
    if (this.peek() !== BYTE.quote) this.fail(this.at >= this.#end ? 'unfinished' : 'not-json');
    const start = this.at + 1;
    let hasEscapes = false;
    for (let i = start; i < this.#end; i += 1) {
      const c = this.#bytes[i] ?? 0;
      if (c === BYTE.quote) {
        this.at = i + 1;
        return hasEscapes ? this.#unescaped(start, i) : this.#bytes.subarray(start, i);
      }
      if (c === BYTE.backslash) {
        hasEscapes = true;
        i += 1;
      } else if (c < 0x20) {
        this.at = i;
        this.fail('bad-string');
      }
    }
    this.at = this.#end;
    return this.fail('unfinished');
  }

  #unescaped(start: number, end: number): Buffer {
    try {
      // Escapes are JSON's own: its reader knows them all. Half a pair becomes U+FFFD, as with the tools.
      return Buffer.from(JSON.parse(`"${this.#bytes.toString('utf8', start, end)}"`) as string, 'utf8');
    } catch {
      return this.fail('bad-string');
    }
  }

  word(word: string): void {
    for (let i = 0; i < word.length; i += 1) {
      if (this.#bytes[this.at + i] !== word.charCodeAt(i)) this.fail('not-json');
    }
    this.at += word.length;
  }

  expect(byte: number): void {
    this.skipSpace();
    if (this.peek() !== byte) this.fail(this.at >= this.#end ? 'unfinished' : 'not-json');
    this.at += 1;
  }

  /** Past a comma: false; past the closing mark: true. */
  commaOr(close: number): boolean {
    this.skipSpace();
    const c = this.peek();
    if (c !== BYTE.comma && c !== close) this.fail(this.at >= this.#end ? 'unfinished' : 'not-json');
    this.at += 1;
    return c === close;
  }

  peek(ahead = 0): number {
    const at = this.at + ahead;
    return at < this.#end ? (this.#bytes[at] ?? -1) : -1;
  }

  skipSpace(): void {
    while (this.at < this.#end) {
      const c = this.#bytes[this.at];
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      this.at += 1;
    }
  }

  fail(reason: BadJsonReason): never {
    throw new BadExtendedJson(reason, this.at);
  }

  numberText(): string {
    const start = this.at;
    for (; this.at < this.#end; this.at += 1) {
      const c = this.#bytes[this.at] ?? 0;
      const isPart = (c >= 0x30 && c <= 0x39) || c === 0x2d || c === 0x2b || c === 0x2e || c === 0x65 || c === 0x45;
      if (!isPart) break;
    }
    const text = this.#bytes.toString('latin1', start, this.at);
    if (!/^-?\d/.test(text) || !DOUBLE.test(text)) {
      this.at = start;
      this.fail(start >= this.#end ? 'unfinished' : 'not-json');
    }
    return text;
  }
}
