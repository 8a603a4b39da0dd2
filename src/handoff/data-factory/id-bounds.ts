/** Parts of a collection by `_id`, such that a filter can say each, and together they hold every `_id` of every type once. */
import { MigrationError } from '../../core/model/error.js';
import { bracketOf, strictId, type Bracket } from './strict-id.js';

/** `_id`s are type byte and value bytes, hexadecimal, as {@link strictId} can say them. */
export type IdBounds =
  | { readonly kind: 'whole' }
  /** Of one bracket; `lower` belongs to it, `upper` does not; one of the two may be missing. */
  | { readonly kind: 'between'; readonly lower?: string; readonly upper?: string }
  /** What no comparison with one of these, of each bracket one, sees: other types, and NaN. */
  | { readonly kind: 'others'; readonly than: readonly string[] };

export const WHOLE: IdBounds = { kind: 'whole' };

/** True where ranges can be cut by this `_id`. */
export function canCutBy(id: Uint8Array): boolean {
  return strictId(id) !== undefined;
}

/**
 * The parts of `bounds` between `boundaries`, which lie within it and come in the order of the server; those that cannot cut it are left out. The parts hold what
 * `bounds` holds, each `_id` once: within a bracket every value is below or from each boundary on, and the rest is what is neither.
 */
export function cutBounds(bounds: IdBounds, boundaries: readonly string[]): readonly IdBounds[] {
  const usable = [...new Set(boundaries)].filter((id) => canCutBy(bytesOf(id)));
  if (bounds.kind === 'between') {
    const own = bracketOfHex(bounds.lower ?? bounds.upper ?? '');
    const inner = usable.filter((id) => bracketOfHex(id) === own && id !== bounds.lower && id !== bounds.upper);
    return inner.length === 0 ? [bounds] : chain(inner, bounds.lower, bounds.upper);
  }
  const known = bounds.kind === 'others' ? bounds.than : [];
  const taken = new Set(known.map(bracketOfHex));
  const groups = new Map<Bracket, string[]>();
  for (const id of usable) {
    const bracket = bracketOfHex(id);
    if (!taken.has(bracket)) groups.set(bracket, [...(groups.get(bracket) ?? []), id]);
  }
  if (groups.size === 0) return [bounds];
  const parts = [...groups.values()].flatMap((group) => chain(group, undefined, undefined));
  return [...parts, { kind: 'others', than: [...known, ...[...groups.values()].map(([first = '']) => first)] }];
}

function chain(inner: readonly string[], lower: string | undefined, upper: string | undefined): IdBounds[] {
  return Array.from({ length: inner.length + 1 }, (_, i) => {
    const from = i === 0 ? lower : inner[i - 1];
    const to = i === inner.length ? upper : inner[i];
    return {
      kind: 'between',
      ...(from === undefined ? {} : { lower: from }),
      ...(to === undefined ? {} : { upper: to }),
    };
  });
}

/** The filter as strict-mode Extended JSON; `{}` for everything, which the connectors take as no filter. */
export function filterOf(bounds: IdBounds): string {
  switch (bounds.kind) {
    case 'whole':
      return '{}';
    case 'between': {
      const ends = [
        ...(bounds.lower === undefined ? [] : [`"$gte":${textOf(bounds.lower)}`]),
        ...(bounds.upper === undefined ? [] : [`"$lt":${textOf(bounds.upper)}`]),
      ];
      return `{"_id":{${ends.join(',')}}}`;
    }
    case 'others': {
      const neither = bounds.than.flatMap((id) =>
        ['$lt', '$gte'].map((op) => `{"_id":{"$not":{"${op}":${textOf(id)}}}}`),
      );
      return `{"$and":[${neither.join(',')}]}`;
    }
  }
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

function bracketOfHex(hex: string): Bracket {
  const bracket = bracketOf(bytesOf(hex));
  if (bracket === undefined) throw new MigrationError('internal', { reason: 'id-cannot-bound' });
  return bracket;
}

function textOf(hex: string): string {
  const text = strictId(bytesOf(hex));
  if (text === undefined) throw new MigrationError('internal', { reason: 'id-cannot-bound' });
  return text;
}
