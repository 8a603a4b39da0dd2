import { isAtLeast } from '../../plan/target.js';

type Version = readonly number[];

/** Since which version of a target, and before which one: `[[4, 2]]`, `[[3, 6], [4, 2]]`. `never`: its documentation says that it has none. */
export type Availability = readonly [since: Version, before?: Version] | 'never';

export type AvailabilityTable = Readonly<Record<string, Availability>>;

export type Support = 'yes' | 'no' | 'unlisted';

/** What a table says of a name; `unlisted` where it does not have it. */
export function supportIn(table: AvailabilityTable, name: string, version: Version): Support {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry === undefined) return 'unlisted';
  if (entry === 'never') return 'no';
  const [since, before] = entry;
  return isAtLeast(version, since) && !(before && isAtLeast(version, before)) ? 'yes' : 'no';
}

/** A table of names that are all available in the same way. */
export function all(availability: Availability, ...names: readonly string[]): AvailabilityTable {
  return Object.fromEntries(names.flatMap((list) => list.split(' ')).map((name) => [name, availability]));
}
