/** What a decoded command is made of, whichever way it was decoded: from BSON, or from the Extended JSON of a log. */

export type PlainObject = Readonly<Record<string, unknown>>;

/** Documents may be nested 100 deep (https://www.mongodb.com/docs/manual/reference/limits/); what is deeper is not followed. */
export const DEEPEST = 200;

/** True for a document; false for arrays and for values that are objects in JavaScript alone (dates, ObjectIds). */
export function isDocument(value: unknown): value is PlainObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !Object.hasOwn(value, '_bsontype');
}

/** Keys by which Extended JSON marks a value that JSON has no type for. https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/ */
const VALUE_KEYS: ReadonlySet<string> = new Set([
  '$oid',
  '$date',
  '$numberInt',
  '$numberLong',
  '$numberDouble',
  '$numberDecimal',
  '$binary',
  '$uuid',
  '$regularExpression',
  '$timestamp',
  '$minKey',
  '$maxKey',
  '$undefined',
  '$symbol',
  '$code',
  '$dbPointer',
  '$ref',
]);

/** True for a document that stands for a single value. */
export function isValue(document: PlainObject): boolean {
  const [first] = Object.keys(document);
  return first !== undefined && VALUE_KEYS.has(first);
}

/** True for `{ $gt: 1 }` and the like: operators, not a value. */
export function isOperators(value: unknown): value is PlainObject {
  if (!isDocument(value)) return false;
  const [first] = Object.keys(value);
  return first !== undefined && first.startsWith('$') && !VALUE_KEYS.has(first);
}

/** Options of a regular expression; undefined for anything else. */
export function regexOptions(value: unknown): string | undefined {
  if (value instanceof RegExp) return value.flags;
  if (typeof value !== 'object' || value === null) return undefined;
  const { _bsontype: kind, options } = value as PlainObject;
  if (kind === 'BSONRegExp') return typeof options === 'string' ? options : '';
  const wrapped = (value as PlainObject)['$regularExpression'];
  if (!isDocument(wrapped)) return undefined;
  return typeof wrapped['options'] === 'string' ? wrapped['options'] : '';
}

/** A number of any form: promoted, a class of bson, Extended JSON; undefined for anything else. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const wrapper = value as PlainObject;
  const kind = wrapper['_bsontype'];
  if (kind === 'Long' || kind === 'Int32' || kind === 'Double' || kind === 'Decimal128') {
    return finite((value as { toString: () => string }).toString());
  }
  const text = wrapper['$numberInt'] ?? wrapper['$numberLong'] ?? wrapper['$numberDouble'] ?? wrapper['$numberDecimal'];
  return typeof text === 'string' ? finite(text) : undefined;
}

function finite(text: string): number | undefined {
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}
