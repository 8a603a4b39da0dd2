/**
 * An `_id`, given as type byte and value bytes, as a bound of a filter: strict-mode Extended JSON, which is what the MongoDB connectors of Data Factory take
 * (their page asks for strict mode). Only forms are used that strict mode and the later Extended JSON v2 have in common.
 */
import { BSON_TYPE, elementName, elements, MalformedBson, valueLength } from '../../core/bson/raw-document.js';

/** Types that a comparison holds against each other; a comparison sees no other (MongoDB manual, "Comparison/Sort Order", type bracketing). */
export type Bracket = 'number' | 'text' | 'object' | 'binary' | 'object-id' | 'date' | 'timestamp';

const BRACKETS: Readonly<Record<number, Bracket>> = {
  [BSON_TYPE.double]: 'number',
  [BSON_TYPE.int]: 'number',
  [BSON_TYPE.long]: 'number',
  [BSON_TYPE.decimal]: 'number',
  [BSON_TYPE.string]: 'text',
  [BSON_TYPE.document]: 'object',
  [BSON_TYPE.binary]: 'binary',
  [BSON_TYPE.objectId]: 'object-id',
  [BSON_TYPE.date]: 'date',
  [BSON_TYPE.timestamp]: 'timestamp',
};

/** Both ends of a range and what stands around them stay small against the 896 KB of an activity's payload (azure-data-factory-limits). */
const LONGEST = 1_000;
/** Before 10000-01-01, from 1970 on: where ISO 8601 has four digits of a year everywhere. */
const DATE_END = 253_402_300_800_000n;

/** The bracket of an `_id`; undefined for types that no range is cut by. */
export function bracketOf(id: Uint8Array): Bracket | undefined {
  return BRACKETS[id[0] ?? 0];
}

/**
 * The text of an `_id` in a filter; undefined where no text says exactly that everywhere: other types, NaN and infinities, UUIDs of the old kind (drivers swap
 * their bytes), text that is no UTF-8, documents with keys that a parser may take for something else, and what is very long.
 */
export function strictId(id: Uint8Array): string | undefined {
  const bytes = Buffer.from(id.buffer, id.byteOffset, id.byteLength);
  const type = bytes[0] ?? 0;
  if (BRACKETS[type] === undefined || bytes.length > LONGEST) return undefined;
  try {
    if (valueLength(bytes, type, 1, bytes.length) !== bytes.length - 1) return undefined;
    const text = valueText(bytes, type, 1, bytes.length);
    return text === undefined || text.length > LONGEST ? undefined : text;
  } catch (error) {
    if (error instanceof MalformedBson || error instanceof RangeError) return undefined;
    throw error;
  }
}

function valueText(bytes: Buffer, type: number, start: number, end: number): string | undefined {
  switch (type) {
    case BSON_TYPE.int:
      return String(bytes.readInt32LE(start));
    case BSON_TYPE.long:
      return `{"$numberLong":"${bytes.readBigInt64LE(start)}"}`;
    case BSON_TYPE.double:
      return doubleText(bytes.readDoubleLE(start));
    case BSON_TYPE.decimal:
      return decimalText(bytes.readBigUInt64LE(start), bytes.readBigUInt64LE(start + 8));
    case BSON_TYPE.string:
      return utf8Text(bytes.subarray(start + 4, end - 1));
    case BSON_TYPE.objectId:
      return `{"$oid":"${bytes.toString('hex', start, end)}"}`;
    case BSON_TYPE.date:
      return dateText(bytes.readBigInt64LE(start));
    case BSON_TYPE.timestamp:
      return `{"$timestamp":{"t":${bytes.readUInt32LE(start + 4)},"i":${bytes.readUInt32LE(start)}}}`;
    case BSON_TYPE.binary:
      return binaryText(bytes.subarray(start + 5, end), bytes[start + 4] ?? 0);
    case BSON_TYPE.document:
      return documentText(bytes.subarray(start, end));
    // Within a document only; they have no bracket of their own.
    case BSON_TYPE.bool:
      return bytes[start] === 1 ? 'true' : 'false';
    case BSON_TYPE.null:
      return 'null';
    default:
      return undefined;
  }
}

/** With an exponent, so that no parser takes a whole number for an integer and finds it too large. */
function doubleText(value: number): string | undefined {
  return Number.isFinite(value) ? value.toExponential() : undefined;
}

/** IEEE 754-2008 decimal128, binary integer coefficient; the forms that no encoder writes, NaN and infinities have none. */
function decimalText(low: bigint, high: bigint): string | undefined {
  if (((high >> 61n) & 3n) === 3n) return undefined;
  const exponent = Number((high >> 49n) & 0x3fffn) - 6176;
  const coefficient = ((high & 0x1ffffffffffffn) << 64n) | low;
  if (coefficient > 9_999_999_999_999_999_999_999_999_999_999_999n) return undefined;
  return `{"$numberDecimal":"${high >> 63n === 1n ? '-' : ''}${coefficient}E${exponent < 0 ? '' : '+'}${exponent}"}`;
}

function utf8Text(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? JSON.stringify(text) : undefined;
}

function dateText(ms: bigint): string | undefined {
  return ms >= 0n && ms < DATE_END ? `{"$date":"${new Date(Number(ms)).toISOString()}"}` : undefined;
}

/** Generic, and UUIDs as the standard has them. */
function binaryText(bytes: Buffer, kind: number): string | undefined {
  if (kind !== 0 && kind !== 4) return undefined;
  return `{"$binary":"${bytes.toString('base64')}","$type":"0${kind}"}`;
}

function documentText(document: Buffer): string | undefined {
  const parts: string[] = [];
  const seen = new Set<string>();
  for (const element of elements(document)) {
    const name = elementName(document, element);
    const raw = document.subarray(element.nameStart, element.nameEnd);
    const isPlain = name !== '' && !name.startsWith('$') && !/^\d+$/.test(name) && Buffer.from(name).equals(raw);
    if (!isPlain || seen.has(name)) return undefined;
    seen.add(name);
    const value = valueText(document, element.type, element.valueStart, element.valueEnd);
    if (value === undefined) return undefined;
    parts.push(`${JSON.stringify(name)}:${value}`);
  }
  return parts.length === 0 ? undefined : `{${parts.join(',')}}`;
}
