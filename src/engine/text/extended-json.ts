/**
 * Extended JSON to BSON, bytes to bytes: order of fields, fields that are there twice and the type of every number stay, which a JavaScript object would lose.
 * Format: https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md. Canonical is what `mongoexport --jsonFormat=canonical` writes; relaxed numbers and dates
 * are read as `mongoimport` reads them.
 */
import { Decimal128 } from 'bson';
import { BSON_TYPE } from '../../core/bson/raw-document.js';
import { BsonWriter } from './bson-writer.js';
import { BYTE, DOUBLE, JsonText } from './json-text.js';

/** MongoDB stores 100 levels, and drivers make 200 and more; beyond that it is no document but an attack on the stack. */
const DEEPEST = 1_000;

const INT32_LEAST = -(2 ** 31);
const INT32_MOST = 2 ** 31 - 1;
const INT64_LEAST = -(2n ** 63n);
const INT64_MOST = 2n ** 63n - 1n;
const WHOLE = /^-?\d+$/;
const NOT_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Reads one document after another; not to be shared by two readers at once. */
export class ExtendedJsonReader {
  readonly #json = new JsonText();
  readonly #out = new BsonWriter();

  /** The BSON of the one document that `text` is, white space around it aside. @throws BadExtendedJson. */
  read(text: Buffer): Buffer {
    this.#json.begin(text);
    this.#out.clear();
    this.#json.skipSpace();
    if (this.#json.peek() !== BYTE.open) this.#json.fail('not-a-document');
    this.#json.skip();
    this.#fields(0);
    this.#json.skipSpace();
    if (!this.#json.isOver) this.#json.fail('not-json');
    return this.#out.take();
  }

  /** The rest of a document behind its brace, and the closing brace. */
  #fields(depth: number): void {
    if (depth > DEEPEST) this.#json.fail('too-deep');
    const out = this.#out;
    const start = out.reserve(4);
    this.#json.skipSpace();
    if (this.#json.peek() === BYTE.close) this.#json.skip();
    else {
      for (;;) {
        const type = out.reserve(1);
        out.cstring(this.#json.name());
        this.#json.expect(BYTE.colon);
        out.setByte(type, this.#value(depth + 1));
        if (this.#json.commaOr(BYTE.close)) break;
      }
    }
    out.byte(0);
    out.setInt32(start, out.length - start);
  }

  #list(depth: number): void {
    if (depth > DEEPEST) this.#json.fail('too-deep');
    const out = this.#out;
    const start = out.reserve(4);
    this.#json.skipSpace();
    if (this.#json.peek() === BYTE.closeList) this.#json.skip();
    else {
      for (let index = 0; ; index += 1) {
        const type = out.reserve(1);
        out.cstring(Buffer.from(String(index), 'latin1'));
        out.setByte(type, this.#value(depth + 1));
        if (this.#json.commaOr(BYTE.closeList)) break;
      }
    }
    out.byte(0);
    out.setInt32(start, out.length - start);
  }

  /** Writes a value and returns its BSON type. */
  #value(depth: number): number {
    this.#json.skipSpace();
    switch (this.#json.peek()) {
      case BYTE.quote:
        this.#out.string(this.#json.string());
        return BSON_TYPE.string;
      case BYTE.open: {
        this.#json.skip();
        const wrapped = this.#wrapped(depth);
        if (wrapped !== undefined) return wrapped;
        this.#fields(depth);
        return BSON_TYPE.document;
      }
      case BYTE.openList:
        this.#json.skip();
        this.#list(depth);
        return BSON_TYPE.array;
      case 0x74:
        this.#json.word('true');
        this.#out.byte(1);
        return BSON_TYPE.bool;
      case 0x66:
        this.#json.word('false');
        this.#out.byte(0);
        return BSON_TYPE.bool;
      case 0x6e:
        this.#json.word('null');
        return BSON_TYPE.null;
      default:
        return this.#number();
    }
  }

  /** A type in Extended JSON's writing, behind its brace; undefined, with nothing read, where it is a document like any other. */
  #wrapped(depth: number): number | undefined {
    const before = this.#json.at;
    this.#json.skipSpace();
    if (this.#json.peek() !== BYTE.quote || this.#json.peek(1) !== BYTE.dollar) {
      this.#json.at = before;
      return undefined;
    }
    const key = this.#json.string().toString('latin1');
    this.#json.expect(BYTE.colon);
    this.#json.skipSpace();
    const type = this.#typed(key, depth);
    if (type === undefined) this.#json.at = before;
    return type;
  }

  #typed(key: string, depth: number): number | undefined {
    const out = this.#out;
    switch (key) {
      case '$oid': {
        const hex = this.#only();
        if (!/^[0-9a-fA-F]{24}$/.test(hex)) this.#json.fail('bad-type');
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
        const value = NOT_FINITE[text] ?? (DOUBLE.test(text) ? Number(text) : this.#json.fail('bad-number'));
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
        this.#json.word('true');
        this.#json.expect(BYTE.close);
        return BSON_TYPE.undefined;
      case '$minKey':
      case '$maxKey':
        this.#json.word('1');
        this.#json.expect(BYTE.close);
        return key === '$minKey' ? BSON_TYPE.minKey : BSON_TYPE.maxKey;
      case '$uuid': {
        const hex = this.#only().replaceAll('-', '');
        if (!/^[0-9a-fA-F]{32}$/.test(hex)) this.#json.fail('bad-type');
        this.#binary(Buffer.from(hex, 'hex'), 4);
        return BSON_TYPE.binary;
      }
      case '$binary':
        return this.#binaryOf();
      case '$date':
        return this.#date();
      case '$timestamp': {
        const parts = this.#numbers(['t', 'i']);
        this.#json.expect(BYTE.close);
        // BSON keeps the increment in the lower half.
        out.uint32(parts.get('i') ?? 0);
        out.uint32(parts.get('t') ?? 0);
        return BSON_TYPE.timestamp;
      }
      case '$regularExpression': {
        const parts = this.#strings(['pattern', 'options']);
        this.#json.expect(BYTE.close);
        out.cstring(this.#json.withoutZero(parts.get('pattern')));
        out.cstring(this.#json.withoutZero(parts.get('options')));
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
    if (this.#json.peek() === BYTE.open) {
      const parts = this.#strings(['base64', 'subType']);
      this.#json.expect(BYTE.close);
      this.#binary(this.#base64(parts.get('base64')), this.#subtype(parts.get('subType')));
      return BSON_TYPE.binary;
    }
    // The older writing: { "$binary": base64, "$type": subtype }.
    const base64 = this.#json.string();
    this.#json.skipSpace();
    if (this.#json.peek() !== BYTE.comma) return this.#json.fail('bad-type');
    this.#json.skip();
    if (this.#json.name().toString('latin1') !== '$type') this.#json.fail('bad-type');
    this.#json.expect(BYTE.colon);
    this.#json.skipSpace();
    const subtype = this.#subtype(this.#json.string());
    this.#json.expect(BYTE.close);
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
    if (this.#json.peek() === BYTE.open) {
      this.#json.skip();
      this.#json.skipSpace();
      if (this.#json.string().toString('latin1') !== '$numberLong') this.#json.fail('bad-type');
      this.#json.expect(BYTE.colon);
      this.#json.skipSpace();
      out.int64(this.#whole(this.#only(), INT64_LEAST, INT64_MOST));
      this.#json.expect(BYTE.close);
      return BSON_TYPE.date;
    }
    if (this.#json.peek() === BYTE.quote) {
      const at = Date.parse(this.#only());
      if (Number.isNaN(at)) this.#json.fail('bad-type');
      out.int64(BigInt(at));
      return BSON_TYPE.date;
    }
    out.int64(this.#whole(this.#json.numberText(), INT64_LEAST, INT64_MOST));
    this.#json.expect(BYTE.close);
    return BSON_TYPE.date;
  }

  #pointer(): number {
    this.#json.expect(BYTE.open);
    this.#json.skipSpace();
    if (this.#json.string().toString('latin1') !== '$ref') this.#json.fail('bad-type');
    this.#json.expect(BYTE.colon);
    this.#json.skipSpace();
    this.#out.string(this.#json.string());
    this.#json.expect(BYTE.comma);
    this.#json.skipSpace();
    if (this.#json.string().toString('latin1') !== '$id') this.#json.fail('bad-type');
    this.#json.expect(BYTE.colon);
    this.#json.expect(BYTE.open);
    this.#json.skipSpace();
    if (this.#json.string().toString('latin1') !== '$oid') this.#json.fail('bad-type');
    this.#json.expect(BYTE.colon);
    this.#json.skipSpace();
    const hex = this.#only();
    if (!/^[0-9a-fA-F]{24}$/.test(hex)) this.#json.fail('bad-type');
    this.#out.bytes(Buffer.from(hex, 'hex'));
    this.#json.expect(BYTE.close);
    this.#json.expect(BYTE.close);
    return BSON_TYPE.dbPointer;
  }

  #code(depth: number): number {
    const out = this.#out;
    const text = this.#json.string();
    if (this.#json.commaOr(BYTE.close)) {
      out.string(text);
      return BSON_TYPE.code;
    }
    if (this.#json.name().toString('latin1') !== '$scope') this.#json.fail('bad-type');
    this.#json.expect(BYTE.colon);
    const start = out.reserve(4);
    out.string(text);
    this.#json.expect(BYTE.open);
    this.#fields(depth);
    this.#json.expect(BYTE.close);
    out.setInt32(start, out.length - start);
    return BSON_TYPE.codeWithScope;
  }

  /** `{ name: string, ... }` with just these names, in any order. */
  #strings(names: readonly string[]): ReadonlyMap<string, Buffer> {
    return this.#parts(names, () => this.#json.string());
  }

  #numbers(names: readonly string[]): ReadonlyMap<string, number> {
    return this.#parts(names, () => Number(this.#whole(this.#json.numberText(), 0n, 2n ** 32n - 1n)));
  }

  #parts<T>(names: readonly string[], read: () => T): ReadonlyMap<string, T> {
    const found = new Map<string, T>();
    this.#json.expect(BYTE.open);
    for (;;) {
      const name = this.#json.name().toString('latin1');
      if (!names.includes(name) || found.has(name)) this.#json.fail('bad-type');
      this.#json.expect(BYTE.colon);
      this.#json.skipSpace();
      found.set(name, read());
      if (this.#json.commaOr(BYTE.close)) break;
    }
    if (found.size !== names.length) this.#json.fail('bad-type');
    return found;
  }

  /** A number outside of any type's writing: whole ones are the smallest type that holds them, as `mongoimport` has it. */
  #number(): number {
    const text = this.#json.numberText();
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

  #whole(text: string, least: bigint, most: bigint): bigint {
    if (!WHOLE.test(text)) return this.#json.fail('bad-number');
    const value = BigInt(text);
    return value < least || value > most ? this.#json.fail('bad-number') : value;
  }

  #decimal(text: string): Uint8Array {
    try {
      return Decimal128.fromString(text).bytes;
    } catch {
      return this.#json.fail('bad-number');
    }
  }

  #base64(text: Buffer | undefined): Buffer {
    const latin = text?.toString('latin1') ?? '';
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(latin)) this.#json.fail('bad-type');
    return Buffer.from(latin, 'base64');
  }

  #subtype(text: Buffer | undefined): number {
    const hex = text?.toString('latin1') ?? '';
    return /^[0-9a-fA-F]{1,2}$/.test(hex) ? Number.parseInt(hex, 16) : this.#json.fail('bad-type');
  }

  /** The string that a type's writing consists of, and its closing brace. */
  #only(): string {
    return this.#onlyBytes().toString('utf8');
  }

  #onlyBytes(): Buffer {
    const text = this.#json.string();
    this.#json.expect(BYTE.close);
    return text;
  }
}
