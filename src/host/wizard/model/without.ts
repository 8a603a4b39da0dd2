/** The same without fields that may be absent. */
export function without<T extends object>(value: T, ...fields: readonly (keyof T)[]): T {
  const gone: ReadonlySet<unknown> = new Set(fields);
  return Object.fromEntries(Object.entries(value).filter(([name]) => !gone.has(name))) as T;
}
