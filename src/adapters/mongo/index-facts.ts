/** What `listIndexes` says, complete enough to make the index again and to compare it. */
import type { Document } from 'bson';
import { BSON_TYPE, elementName, elements, findElement, readNumber, readString } from '../../core/bson/raw-document.js';
import { NAMED_INDEX_FIELDS, type IndexFacts } from '../../core/model/facts.js';
import { bytes } from '../../core/model/units.js';
import { asFlag, asNumber, decodeTyped, toPlain, toPlainObject } from './plain-json.js';

export interface IndexNumbers {
  readonly sizeBytes?: number;
  readonly usageOps?: number;
  /** ISO date. */
  readonly usageSince?: string;
}

/** Pairs in the order of the bytes: an object would put integer-like field names first. */
export function keyPattern(buffer: Buffer, offset: number): (readonly [string, number | string])[] {
  const pairs: (readonly [string, number | string])[] = [];
  for (const element of elements(buffer, offset)) {
    const value = readString(buffer, element) ?? readNumber(buffer, element);
    pairs.push([elementName(buffer, element), value ?? 1]);
  }
  return pairs;
}

/** One index from its raw description. */
export function indexFacts(raw: Buffer, numbers: IndexNumbers = {}): IndexFacts {
  const decoded: Document = decodeTyped(raw);
  const key = findElement(raw, 'key');
  const expire = asNumber(decoded.expireAfterSeconds);
  const other: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(decoded)) {
    if (!NAMED_INDEX_FIELDS.has(name)) other[name] = toPlain(value);
  }
  return {
    name: String(decoded.name),
    key: key?.type === BSON_TYPE.document ? keyPattern(raw, key.valueStart) : [],
    unique: asFlag(decoded.unique),
    sparse: asFlag(decoded.sparse),
    hidden: asFlag(decoded.hidden),
    ...(expire === undefined ? {} : { expireAfterSeconds: expire }),
    ...optional('partialFilterExpression', decoded),
    ...optional('collation', decoded),
    ...optional('wildcardProjection', decoded),
    otherOptions: other,
    ...(numbers.sizeBytes === undefined ? {} : { sizeBytes: bytes(numbers.sizeBytes) }),
    ...(numbers.usageOps === undefined ? {} : { usageOps: numbers.usageOps }),
    ...(numbers.usageSince === undefined ? {} : { usageSince: numbers.usageSince }),
  };
}

function optional<K extends string>(name: K, decoded: Document): Partial<Record<K, Readonly<Record<string, unknown>>>> {
  const value: unknown = decoded[name];
  if (value === undefined) return {};
  return { [name]: toPlainObject(value) } as Record<K, Readonly<Record<string, unknown>>>;
}
