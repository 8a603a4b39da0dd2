/**
 * Extended JSON to BSON, bytes to bytes: order of fields, fields that are there twice and the type of every number stay, which a JavaScript object would lose.
 * Format: https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md. Canonical is what `mongoexport --jsonFormat=canonical` writes; relaxed numbers and dates
 * are read as `mongoimport` reads them.
 */
import { Decimal128 } from 'bson';
import { BSON_TYPE } from '../../core/bson/raw-document.js';
import { BsonWriter } from './bson-writer.js';

/** Text that is no Extended JSON document. `at`: bytes from the document's beginning; `message` is an id with words in it, never a value. */
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

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;
const DOLLAR = 0x24;

/** MongoDB stores 100 levels, and drivers make 200 and more; beyond that it is no document but an attack on the stack. */
const DEEPEST = 1_000;

const INT32_LEAST = -(2 ** 31);
const INT32_MOST = 2 ** 31 - 1;
const INT64_LEAST = -(2n ** 63n);
const INT64_MOST = 2n ** 63n - 1n;
const WHOLE = /^-?\d+$/;
/** JSON's numbers, and the forms that tools write into `$numberDouble`. */
const DOUBLE = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NOT_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Reads one document after another; not to be shared by two readers at once. */
export class ExtendedJsonReader {
  #text: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  readonly #out = new BsonWriter();

  /** The BSON of the one document that `text` is, white space around it aside. @throws BadExtendedJson. */
  read(text: Buffer): Buffer {
    this.#text = text;
    this.#at = 0;
    this.#end = text.length;
    this.#out.clear();
    this.#skipSpace();
    if (this.#peek() !== OPEN) this.#fail('not-a-document');
    this.#at += 1;
    this.#fields(0);
    this.#skipSpace();
    if (this.#at < this.#end) this.#fail('not-json');
    return this.#out.take();
  }

  /** The rest of a document behind its brace, and the closing brace. */
  #fields(depth: number): void {
    if (depth > DEEPEST) this.#fail('too-deep');
    const out = this.#out;
    const start = out.reserve(4);
    this.#skipSpace();
    if (this.#peek() === CLOSE) this.#at += 1;
    else {
      for (;;) {
        const type = out.reserve(1);
        out.cstring(this.#name());
        this.#expect(COLON);
        out.setByte(type, this.#value(depth + 1));
        if (this.#commaOr(CLOSE)) break;
      }
    }
    out.byte(0);
    out.setInt32(start, out.length - start);
  }

  #list(depth: number): void {
    if (depth > DEEPEST) this.#fail('too-deep');
    const out = this.#out;
    const start = out.reserve(4);
    this.#skipSpace();
    if (this.#peek() === CLOSE_LIST) this.#at += 1;
    else {
      for (let index = 0; ; index += 1) {
        const type = out.reserve(1);
        out.cstring(Buffer.from(String(index), 'latin1'));
        out.setByte(type, this.#value(depth + 1));
        if (this.#commaOr(CLOSE_LIST)) break;
      }
    }
    out.byte(0);
    out.setInt32(start, out.length - start);
  }

  /** Writes a value and returns its BSON type. */
  #value(depth: number): number {
    this.#skipSpace();
    switch (this.#peek()) {
      case QUOTE:
        this.#out.string(this.#string());
        return BSON_TYPE.string;
      case OPEN: {
        this.#at += 1;
        const wrapped = this.#wrapped(depth);
        if (wrapped !== undefined) return wrapped;
        this.#fields(depth);
        return BSON_TYPE.document;
      }
      case OPEN_LIST:
        this.#at += 1;
        this.#list(depth);
        return BSON_TYPE.array;
      case 0x74:
        this.#word('true');
        this.#out.byte(1);
        return BSON_TYPE.bool;
      case 0x66:
        this.#word('false');
        this.#out.byte(0);
        return BSON_TYPE.bool;
      case 0x6e:
        this.#word('null');
        return BSON_TYPE.null;
      default:
        return this.#number();
    }
  }

  /** A type in Extended JSON's writing, behind its brace; undefined, with nothing read, where it is a document like any other. */
  #wrapped(depth: number): number | undefined {
    const before = this.#at;
    this.#skipSpace();
    if (this.#peek() !== QUOTE || this.#text[this.#at + 1] !== DOLLAR) {
      this.#at = before;
      return undefined;
    }
    const key = this.#string().toString('latin1');
    this.#expect(COLON);
    this.#skipSpace();
    const type = this.#typed(key, depth);
    if (type === undefined) this.#at = before;
    return type;
  }

  #typed(key: string, depth: number): number | undefined {
    const out = this.#out;
    switch (key) {
      case '$oid': {
        const hex = this.#only();
        if (!/^[0-9a-fA-F]{24}$/.test(hex)) this.#fail('bad-type');
        out.bytes(Buffer.from(hex, 'hex'));
        return BSON_TYPE.objectId;
      }
      case '$numberInt':
        out.int32(Number(this.#whole(this.#only(), BigInt(INT32_LEAST), BigInt(INT32_MOST))));
        return BSON_TYPE.int;
      case '$numberLong':
        out.int64(this.#whole(this.#only(), INT64_LEAST, INT64_MOST));
        return BSON_TYPE.long;
      case '$numberDouble': {
        const text = this.#only();
        const value = NOT_FINITE[text] ?? (DOUBLE.test(text) ? Number(text) : this.#fail('bad-number'));
        out.double(value);
        return BSON_TYPE.double;
      }
      case '$numberDecimal':
        out.bytes(this.#decimal(this.#only()));
        return BSON_TYPE.decimal;
      case '$symbol':
        out.string(this.#onlyBytes());
        return BSON_TYPE.symbol;
      case '$undefined':
        this.#word('true');
        this.#expect(CLOSE);
        return BSON_TYPE.undefined;
      case '$minKey':
      case '$maxKey':
        this.#word('1');
        this.#expect(CLOSE);
        return key === '$minKey' ? BSON_TYPE.minKey : BSON_TYPE.maxKey;
      case '$uuid': {
        const hex = this.#only().replaceAll('-', '');
        if (!/^[0-9a-fA-F]{32}$/.test(hex)) this.#fail('bad-type');
        this.#binary(Buffer.from(hex, 'hex'), 4);
        return BSON_TYPE.binary;
      }
      case '$binary':
        return this.#binaryOf();
      case '$date':
        return this.#date();
      case '$timestamp': {
        const parts = this.#numbers(['t', 'i']);
        this.#expect(CLOSE);
        // BSON keeps the increment in the lower half.
        out.uint32(parts.get('i') ?? 0);
        out.uint32(parts.get('t') ?? 0);
        return BSON_TYPE.timestamp;
      }
      case '$regularExpression': {
        const parts = this.#strings(['pattern', 'options']);
        this.#expect(CLOSE);
        out.cstring(this.#withoutZero(parts.get('pattern')));
        out.cstring(this.#withoutZero(parts.get('options')));
        return BSON_TYPE.regex;
      }
      case '$dbPointer':
        return this.#pointer();
      case '$code':
        return this.#code(depth);
      default:
        return undefined;
    }
  }

  #binaryOf(): number | undefined {
    if (this.#peek() === OPEN) {
      const parts = this.#strings(['base64', 'subType']);
      this.#expect(CLOSE);
      this.#binary(this.#base64(parts.get('base64')), this.#subtype(parts.get('subType')));
      return BSON_TYPE.binary;
    }
    // The older writing: { "$binary": base64, "$type": subtype }.
    const base64 = this.#string();
    this.#skipSpace();
    if (this.#peek() !== COMMA) return this.#fail('bad-type');
    this.#at += 1;
    if (this.#name().toString('latin1') !== '$type') this.#fail('bad-type');
    this.#expect(COLON);
    this.#skipSpace();
    const subtype = this.#subtype(this.#string());
    this.#expect(CLOSE);
    this.#binary(this.#base64(base64), subtype);
    return BSON_TYPE.binary;
  }

  #binary(content: Buffer, subtype: number): void {
    const out = this.#out;
    // Subtype 2 has its length once more inside (bsonspec.org).
    out.int32(content.length + (subtype === 2 ? 4 : 0));
    out.byte(subtype);
    if (subtype === 2) out.int32(content.length);
    out.bytes(content);
  }

  #date(): number {
    const out = this.#out;
    if (this.#peek() === OPEN) {
      this.#at += 1;
      this.#skipSpace();
      if (this.#string().toString('latin1') !== '$numberLong') this.#fail('bad-type');
      this.#expect(COLON);
      this.#skipSpace();
      out.int64(this.#whole(this.#only(), INT64_LEAST, INT64_MOST));
      this.#expect(CLOSE);
      return BSON_TYPE.date;
    }
    if (this.#peek() === QUOTE) {
      const at = Date.parse(this.#only());
      if (Number.isNaN(at)) this.#fail('bad-type');
      out.int64(BigInt(at));
      return BSON_TYPE.date;
    }
    out.int64(this.#whole(this.#numberText(), INT64_LEAST, INT64_MOST));
    this.#expect(CLOSE);
    return BSON_TYPE.date;
  }

  #pointer(): number {
    this.#expect(OPEN);
    this.#skipSpace();
    if (this.#string().toString('latin1') !== '$ref') this.#fail('bad-type');
    this.#expect(COLON);
    this.#skipSpace();
    this.#out.string(this.#string());
    this.#expect(COMMA);
    this.#skipSpace();
    if (this.#string().toString('latin1') !== '$id') this.#fail('bad-type');
    this.#expect(COLON);
    this.#expect(OPEN);
    this.#skipSpace();
    if (this.#string().toString('latin1') !== '$oid') this.#fail('bad-type');
    this.#expect(COLON);
    this.#skipSpace();
    const hex = this.#only();
    if (!/^[0-9a-fA-F]{24}$/.test(hex)) this.#fail('bad-type');
    this.#out.bytes(Buffer.from(hex, 'hex'));
    this.#expect(CLOSE);
    this.#expect(CLOSE);
    return BSON_TYPE.dbPointer;
  }

  #code(depth: number): number {
    const out = this.#out;
    const text = this.#string();
    if (this.#commaOr(CLOSE)) {
      out.string(text);
      return BSON_TYPE.code;
    }
    if (this.#name().toString('latin1') !== '$scope') this.#fail('bad-type');
    this.#expect(COLON);
    const start = out.reserve(4);
    out.string(text);
    this.#expect(OPEN);
    this.#fields(depth);
    this.#expect(CLOSE);
    out.setInt32(start, out.length - start);
    return BSON_TYPE.codeWithScope;
  }

  /** `{ name: string, ... }` with just these names, in any order. */
  #strings(names: readonly string[]): ReadonlyMap<string, Buffer> {
    return this.#parts(names, () => this.#string());
  }

  #numbers(names: readonly string[]): ReadonlyMap<string, number> {
    return this.#parts(names, () => Number(this.#whole(this.#numberText(), 0n, 2n ** 32n - 1n)));
  }

  #parts<T>(names: readonly string[], read: () => T): ReadonlyMap<string, T> {
    const found = new Map<string, T>();
    this.#expect(OPEN);
    for (;;) {
      const name = this.#name().toString('latin1');
      if (!names.includes(name) || found.has(name)) this.#fail('bad-type');
      this.#expect(COLON);
      this.#skipSpace();
      found.set(name, read());
      if (this.#commaOr(CLOSE)) break;
    }
    if (found.size !== names.length) this.#fail('bad-type');
    return found;
  }

  /** A number outside of any type's writing: whole ones are the smallest type that holds them, as `mongoimport` has it. */
  #number(): number {
    const text = this.#numberText();
    if (WHOLE.test(text) && text !== '-0') {
      const value = BigInt(text);
      if (value >= BigInt(INT32_LEAST) && value <= BigInt(INT32_MOST)) {
        this.#out.int32(Number(value));
        return BSON_TYPE.int;
      }
      if (value >= INT64_LEAST && value <= INT64_MOST) {
        this.#out.int64(value);
        return BSON_TYPE.long;
      }
    }
    this.#out.double(Number(text));
    return BSON_TYPE.double;
  }

  #numberText(): string {
    const start = this.#at;
    for (; this.#at < this.#end; this.#at += 1) {
      const c = this.#text[this.#at] ?? 0;
      const isPart = (c >= 0x30 && c <= 0x39) || c === 0x2d || c === 0x2b || c === 0x2e || c === 0x65 || c === 0x45;
      if (!isPart) break;
    }
    const text = this.#text.toString('latin1', start, this.#at);
    if (!/^-?\d/.test(text) || !DOUBLE.test(text)) {
      this.#at = start;
      this.#fail(start >= this.#end ? 'unfinished' : 'not-json');
    }
    return text;
  }

  #whole(text: string, least: bigint, most: bigint): bigint {
    if (!WHOLE.test(text)) return this.#fail('bad-number');
    const value = BigInt(text);
    return value < least || value > most ? this.#fail('bad-number') : value;
  }

  #decimal(text: string): Uint8Array {
    try {
      return Decimal128.fromString(text).bytes;
    } catch {
      return this.#fail('bad-number');
    }
  }

  #base64(text: Buffer | undefined): Buffer {
    const latin = text?.toString('latin1') ?? '';
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(latin)) this.#fail('bad-type');
    return Buffer.from(latin, 'base64');
  }

  #subtype(text: Buffer | undefined): number {
    const hex = text?.toString('latin1') ?? '';
    return /^[0-9a-fA-F]{1,2}$/.test(hex) ? Number.parseInt(hex, 16) : this.#fail('bad-type');
  }

  /** The string that a type's writing consists of, and its closing brace. */
  #only(): string {
    return this.#onlyBytes().toString('utf8');
  }

  #onlyBytes(): Buffer {
    const text = this.#string();
    this.#expect(CLOSE);
    return text;
  }

  #name(): Buffer {
    this.#skipSpace();
    return this.#withoutZero(this.#string());
  }

  #withoutZero(text: Buffer | undefined): Buffer {
    const found = text ?? Buffer.alloc(0);
    return found.includes(0) ? this.#fail('zero-in-name') : found;
  }

  /** A JSON string's content as UTF-8, here at its opening quote. */
  #string(): Buffer {
    if (this.#peek() !== QUOTE) this.#fail(this.#at >= this.#end ? 'unfinished' : 'not-json');
    const start = this.#at + 1;
    let hasEscapes = false;
    for (let i = start; i < this.#end; i += 1) {
      const c = this.#text[i] ?? 0;
      if (c === QUOTE) {
        this.#at = i + 1;
        return hasEscapes ? this.#unescaped(start, i) : this.#text.subarray(start, i);
      }
      if (c === BACKSLASH) {
        hasEscapes = true;
        i += 1;
      } else if (c < 0x20) {
        this.#at = i;
        this.#fail('bad-string');
      }
    }
    this.#at = this.#end;
    return this.#fail('unfinished');
  }

  #unescaped(start: number, end: number): Buffer {
    try {
      // Escapes are JSON's own: its reader knows them all. Half a pair becomes U+FFFD, as with the tools.
      return Buffer.from(JSON.parse(`"${this.#text.toString('utf8', start, end)}"`) as string, 'utf8');
    } catch {
      return this.#fail('bad-string');
    }
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i += 1) {
      if (this.#text[this.#at + i] !== word.charCodeAt(i)) this.#fail('not-json');
    }
    this.#at += word.length;
  }

  #expect(byte: number): void {
    this.#skipSpace();
    if (this.#peek() !== byte) this.#fail(this.#at >= this.#end ? 'unfinished' : 'not-json');
    this.#at += 1;
  }

  /** Past a comma: false; past the closing mark: true. */
  #commaOr(close: number): boolean {
    this.#skipSpace();
    const c = this.#peek();
    if (c !== COMMA && c !== close) this.#fail(this.#at >= this.#end ? 'unfinished' : 'not-json');
    this.#at += 1;
    return c === close;
  }

  #peek(): number {
    return this.#at < this.#end ? (this.#text[this.#at] ?? -1) : -1;
  }

  #skipSpace(): void {
    while (this.#at < this.#end) {
      const c = this.#text[this.#at];
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return;
      this.#at += 1;
    }
  }

  #fail(reason: BadJsonReason): never {
    throw new BadExtendedJson(reason, this.#at);
  }
}
