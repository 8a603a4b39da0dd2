import { formatNamespace, type Namespace } from '../model/namespace.js';
import type { FeatureEvidence, FeatureKind, FeatureUse, FieldUse, SortUse } from '../model/usage.js';

export type FieldRole = 'equality' | 'otherwise' | 'updated' | 'sorted';

export interface TallyLimits {
  readonly features: number;
  readonly fields: number;
  readonly sorts: number;
}

/** Enough for thousands of collections; a collection that uses values as names of fields must not fill the memory. */
const LIMITS: TallyLimits = { features: 20_000, fields: 50_000, sorts: 5_000 };

/** Judged: no operator or command has so long a name, and a path that is longer is data. */
const LONGEST_NAME = 64;
const LONGEST_PATH = 256;

/** Operators, commands and options of ours: no text of a user's passes for one. */
const NAME = /^\${0,2}[A-Za-z_.[][\w.$[\]-]*$/;

/** Names that are values: ObjectIds, UUIDs, addresses. Documents that are used as maps have them. */
const VALUE_AS_NAME = /^[0-9a-f]{24}$|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$|@/i;

/**
 * A path as indexes and shard keys name it: without positions in arrays (`items.0.sku`, `items.$[].sku`), and cut off where a name is a value.
 * Empty where nothing is left.
 */
export function fieldPath(path: string): string {
  const kept: string[] = [];
  for (const [at, part] of path.split('.').entries()) {
    if (VALUE_AS_NAME.test(part)) break;
    if (part.startsWith('$') || (at > 0 && /^\d+$/.test(part))) continue;
    kept.push(part);
  }
  return kept.join('.');
}

type Counted<T> = { -readonly [K in keyof T]: T[K] };

/** Adds up what operations use: names and counts, in memory that does not grow with the number of operations. */
export class UsageTally {
  readonly #evidence: FeatureEvidence;
  readonly #limits: TallyLimits;
  readonly #features = new Map<string, Counted<FeatureUse>>();
  readonly #fields = new Map<string, Counted<FieldUse>>();
  readonly #sorts = new Map<string, Counted<SortUse>>();
  #leftOut = 0;

  constructor(evidence: FeatureEvidence, limits: TallyLimits = LIMITS) {
    this.#evidence = evidence;
    this.#limits = limits;
  }

  feature(kind: FeatureKind, name: string, ns?: Namespace, count = 1): void {
    if (count <= 0) return;
    if (name.length > LONGEST_NAME || !NAME.test(name)) return this.#leaveOut();
    const key = `${kind}\0${name}\0${ns ? formatNamespace(ns) : ''}`;
    const known = this.#features.get(key);
    if (known) known.count += count;
    else if (this.#features.size >= this.#limits.features) this.#leaveOut();
    else this.#features.set(key, { kind, name, count, evidence: this.#evidence, ...(ns ? { ns } : {}) });
  }

  field(ns: Namespace, path: string, role: FieldRole): void {
    const name = fieldPath(path);
    if (name === '') return;
    if (name.length > LONGEST_PATH) return this.#leaveOut();
    const key = `${formatNamespace(ns)}\0${name}`;
    let known = this.#fields.get(key);
    if (!known) {
      if (this.#fields.size >= this.#limits.fields) return this.#leaveOut();
      known = { ns, path: name, equality: 0, otherwise: 0, updated: 0, sorted: 0 };
      this.#fields.set(key, known);
    }
    known[role] += 1;
  }

  sort(ns: Namespace, sortKey: readonly (readonly [string, number])[]): void {
    const key = `${formatNamespace(ns)}\0${JSON.stringify(sortKey)}`;
    const known = this.#sorts.get(key);
    if (known) known.count += 1;
    else if (this.#sorts.size >= this.#limits.sorts || key.length > 4 * LONGEST_PATH) this.#leaveOut();
    else this.#sorts.set(key, { ns, key: sortKey, count: 1 });
  }

  #leaveOut(): void {
    this.#leftOut += 1;
  }

  get features(): readonly FeatureUse[] {
    return [...this.#features.values()];
  }

  get fields(): readonly FieldUse[] {
    return [...this.#fields.values()];
  }

  get sorts(): readonly SortUse[] {
    return [...this.#sorts.values()];
  }

  /** Uses of names that were not kept. */
  get leftOut(): number {
    return this.#leftOut;
  }
}
