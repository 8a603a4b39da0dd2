/** Small checks that guards are put together from. A check says whether a value, which came over a border, has the shape it claims. */

export type Check = (value: unknown) => boolean;

/** Longer texts than any that is shown or typed: what is longer is no honest message. */
export const LONGEST_TEXT = 10_000;
/** A database's and a collection's name together are 255 bytes on MongoDB and twice 255 characters on an RU account. */
export const LONGEST_NAME = 1024;
/** Far more than a cluster has collections; keeps a message from being endless. */
export const MOST_ROWS = 100_000;

/** What JSON writes in braces; a list is none. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const text =
  (longest = LONGEST_TEXT): Check =>
  (value) =>
    typeof value === 'string' && value.length <= longest;

export const boolean: Check = (value) => typeof value === 'boolean';

/** Finite, within the bounds. */
export const number =
  (least = -Number.MAX_VALUE, most = Number.MAX_VALUE): Check =>
  (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most;

export const count: Check = (value) => number(0)(value);

export const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

export const list =
  (item: Check, most = MOST_ROWS): Check =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every((one) => item(one));

/** A plain object with exactly these fields; those of `optional` may be absent, and are not `undefined`. */
export const object =
  (fields: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value) => {
    if (!isRecord(value)) return false;
    const isKnown = (name: string): boolean => Object.hasOwn(fields, name) || Object.hasOwn(optional, name);
    if (!Object.keys(value).every(isKnown)) return false;
    const isRight = (name: string, check: Check): boolean => Object.hasOwn(value, name) && check(value[name]);
    return (
      Object.entries(fields).every(([name, check]) => isRight(name, check)) &&
      Object.entries(optional).every(([name, check]) => !Object.hasOwn(value, name) || check(value[name]))
    );
  };

/** An object that holds any number of entries. */
export const record =
  (key: Check, entry: Check, most = MOST_ROWS): Check =>
  (value) => {
    if (!isRecord(value)) return false;
    const entries = Object.entries(value);
    return entries.length <= most && entries.every(([name, one]) => key(name) && entry(one));
  };

/** By the text in `type`. */
export const byType =
  (kinds: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check =>
  (value) => {
    if (!isRecord(value)) return false;
    const { type } = value;
    const fields = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    return fields !== undefined && object({ type: oneOf([type]), ...fields })(value);
  };
