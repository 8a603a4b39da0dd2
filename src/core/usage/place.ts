import type { Namespace } from '../model/namespace.js';
import type { FeatureKind } from '../model/usage.js';
import { fieldPath, type FieldRole, type UsageTally } from './usage-tally.js';

/** Where in a command names are read: of which collection they are, and whether they still are its own. */
export interface Place {
  readonly tally: UsageTally;
  /** Absent for what runs on no collection. */
  readonly ns?: Namespace;
  /** False behind a stage that has made other documents of the collection's. */
  readonly own: boolean;
  /** Top-level fields that a stage has put in: they are no fields of the collection. */
  readonly added: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** In the collection's own documents. */
export function placeIn(tally: UsageTally, ns: Namespace | undefined): Place {
  return { tally, ...(ns ? { ns } : {}), own: ns !== undefined, added: NONE };
}

/** The first name of a path. */
export function topOf(path: string): string {
  return path.split('.', 1)[0] ?? '';
}

/** Counts one use of a feature at this place. */
export function noteFeature({ tally, ns }: Place, kind: FeatureKind, name: string): void {
  tally.feature(kind, name, ns);
}

/** Notes a field, unless it is none of the collection's. */
export function noteField({ tally, ns, own, added }: Place, path: string, role: FieldRole): void {
  if (ns && own && !added.has(topOf(path))) tally.field(ns, path, role);
}

/** Notes a sort of several fields, unless one of them is none of the collection's. */
export function noteSort({ tally, ns, own, added }: Place, key: readonly (readonly [string, number])[]): void {
  if (!ns || !own || key.length < 2 || key.some(([path]) => added.has(topOf(path)))) return;
  tally.sort(
    ns,
    key.map(([path, direction]) => [fieldPath(path), direction] as const),
  );
}
