/** Documents of the server as plain data: canonical Extended JSON, so that 1 and 1.0 stay different. */
import { deserialize, EJSON, type Document } from 'bson';

export type PlainObject = Readonly<Record<string, unknown>>;

/** Decodes without losing types. */
export function decodeTyped(bytes: Uint8Array): Document {
  return deserialize(bytes, { promoteValues: false, promoteLongs: false, bsonRegExp: true });
}

/** Any decoded value as canonical Extended JSON, plain data. */
export function toPlain(value: unknown): unknown {
  // The round trip through text leaves nothing that is not plain data.
  return JSON.parse(EJSON.stringify(value, { relaxed: false })) as unknown;
}

export function toPlainObject(value: unknown): PlainObject {
  return toPlain(value) as PlainObject;
}

/** A number of any BSON type (typed or promoted) as a JavaScript number; undefined for anything else. */
export function asNumber(value: unknown): number | undefined {
  if (value === undefined || value === null || typeof value === 'object') {
    const holder = value as
      { valueOf?: () => unknown; toNumber?: () => number; toString?: () => string } | null | undefined;
    if (!holder) return undefined;
    const raw = typeof holder.toNumber === 'function' ? holder.toNumber() : Number(holder.valueOf?.());
    return Number.isFinite(raw) ? raw : undefined;
  }
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** True for `true` and for numbers other than 0: servers keep whatever a driver once sent. */
export function asFlag(value: unknown): boolean {
  return value === true || (value !== false && (asNumber(value) ?? 0) !== 0);
}
