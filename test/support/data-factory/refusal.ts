/** What the model does not take: the service, or this model of it, would not either. */
export class NotAccepted extends Error {}

export type Json = Readonly<Record<string, unknown>>;

export function refuse(where: string, why: string): never {
  throw new NotAccepted(`${where}: ${why}`);
}

export function record(value: unknown, where: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(where, 'no object');
  return value as Json;
}

export function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) refuse(where, 'no array');
  return value as unknown[];
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string') refuse(where, 'no text');
  return value;
}

/** Closed world: the published schemas accept any property, this does not. */
export function only(
  value: unknown,
  known: { readonly must?: readonly string[]; readonly may?: readonly string[] },
  where: string,
): Json {
  const object = record(value, where);
  const { must = [], may = [] } = known;
  for (const key of Object.keys(object))
    if (!must.includes(key) && !may.includes(key)) refuse(where, `unknown property ${key}`);
  for (const key of must) if (object[key] === undefined) refuse(where, `lacks ${key}`);
  return object;
}
