const NUMBERS: ReadonlySet<string> = new Set(['int', 'long', 'double', 'decimal']);

/** Kinds of value by `$type` alias, numbers as one. Null and missing are looked at by themselves, arrays too. */
export function familiesOf(types: Readonly<Record<string, number>>): readonly string[] {
  const families = Object.entries(types).flatMap(([type, count]) =>
    count === 0 || type === 'null' || type === 'array' || type === 'missing'
      ? []
      : [NUMBERS.has(type) ? 'number' : type],
  );
  return [...new Set(families)];
}
