/** Reading answers and files of others without trust: what is not there, or is something else, is `undefined`. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** What JSON writes in braces; a list is none. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordOf(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

/** Follows keys downwards. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((inner, key) => recordOf(inner)[key], value);
}

export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function numberAt(value: unknown, ...keys: readonly string[]): number | undefined {
  const found = at(value, ...keys);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}
