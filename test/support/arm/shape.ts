/** What a body may hold, closed: a property that is not named is an error. ARM's published schemas let misspelt ones pass, and ARM itself ignores most of them. */
export type Shape =
  | 'text'
  | 'number'
  | 'yes-or-no'
  /** Whatever the owner of the property likes. */
  | 'any'
  | { readonly one: readonly (string | number | boolean | null)[] }
  | { readonly either: readonly Shape[] }
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly needs?: readonly string[] }
  /** `is` names which of the shapes it has to be. */
  | { readonly by: string; readonly is: Readonly<Record<string, Shape>> };

/** Every way in which `value` is not of the shape, each with its path. */
export function misfits(value: unknown, shape: Shape, path = '$'): readonly string[] {
  const wrong = (what: string): readonly string[] => [`${path}: ${what}`];
  if (shape === 'any') return value === undefined ? wrong('missing') : [];
  if (shape === 'text') return typeof value === 'string' ? [] : wrong('no text');
  if (shape === 'number') return typeof value === 'number' && Number.isFinite(value) ? [] : wrong('no number');
  if (shape === 'yes-or-no') return typeof value === 'boolean' ? [] : wrong('neither true nor false');
  if ('one' in shape) {
    return (shape.one as readonly unknown[]).includes(value)
      ? []
      : wrong(`not one of ${shape.one.map(String).join(', ')}`);
  }
  if ('either' in shape) {
    const all = shape.either.map((s) => misfits(value, s, path));
    return all.find((found) => found.length === 0) ?? all.at(-1) ?? [];
  }
  if ('list' in shape) {
    if (!Array.isArray(value)) return wrong('no list');
    return value.flatMap((item, index) => misfits(item, shape.list, `${path}[${index}]`));
  }
  if (!isRecord(value)) return wrong('no object');
  if ('map' in shape) return Object.entries(value).flatMap(([key, v]) => misfits(v, shape.map, `${path}.${key}`));
  if ('by' in shape) {
    const kind = value[shape.by];
    const found = typeof kind === 'string' && Object.hasOwn(shape.is, kind) ? shape.is[kind] : undefined;
    return found === undefined ? wrong(`${shape.by} is ${JSON.stringify(kind)}`) : misfits(value, found, path);
  }
  return [
    ...(shape.needs ?? []).filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}.${name}: missing`),
    ...Object.entries(value).flatMap(([name, v]) => {
      const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
      return field === undefined ? [`${path}.${name}: not known`] : misfits(v, field, `${path}.${name}`);
    }),
  ];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function without(
  value: Readonly<Record<string, unknown>>,
  ...names: readonly string[]
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
