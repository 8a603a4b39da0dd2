import type { IndexFacts } from '../model/facts.js';
import type { PlannedIndex } from '../model/plan.js';
import { without } from './index-shape.js';
import type { TargetKind } from './target.js';

/**
 * Options of an index besides the named ones that a target takes. An RU account refuses what it does not know (even `v`); vCore refuses unknown ones and
 * writes its own `storageEngine`; MongoDB takes what it once said itself, apart from `v`, `ns` and what an unfinished conversion left behind.
 */
const SENT_OPTIONS: Readonly<Record<TargetKind, readonly string[] | 'all-but'>> = {
  'cosmos-ru': [],
  'cosmos-vcore': ['weights', 'default_language', 'language_override', 'bits', 'min', 'max', '2dsphereIndexVersion'],
  mongodb: 'all-but',
};
const NEVER_SENT: readonly string[] = ['v', 'ns', 'background', 'prepareUnique', 'clustered', 'dropDups'];

/**
 * An index as it is to be created on the target, and as it is expected there afterwards; nothing for a skipped one. The order of `key` is the order of the index.
 */
export function targetIndex(planned: PlannedIndex, kind: TargetKind): IndexFacts | undefined {
  const { fate } = planned;
  if (fate.kind === 'skip') return undefined;
  const index = without(fate.kind === 'rewrite' ? fate.to : planned.index, 'sizeBytes', 'usageOps', 'usageSince');
  const sent = SENT_OPTIONS[kind];
  const otherOptions = Object.fromEntries(
    Object.entries(index.otherOptions).filter(([name]) =>
      sent === 'all-but' ? !NEVER_SENT.includes(name) : sent.includes(name),
    ),
  );
  // Only the collation that compares bytes gets here on a Cosmos target, and there it must not be named.
  return { ...(kind === 'mongodb' ? index : without(index, 'collation')), otherOptions };
}

/** A number of Extended JSON as a number, keys sorted: vCore answers weights as doubles, whatever was sent. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only && /^\$number(Int|Long|Double)$/.test(only[0])) return Number(only[1]);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, inner]) => [name, comparable(inner)]);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(comparable(a ?? {})) === JSON.stringify(comparable(b ?? {}));
}

function sameKey(expected: IndexFacts, actual: IndexFacts): boolean {
  return (
    expected.key.length === actual.key.length &&
    expected.key.every(([path, value], i) => {
      const other = actual.key[i];
      if (!other || other[0] !== path) return false;
      // Only the sign of a number says something: 2 and 1.0 both mean ascending.
      return typeof value === 'number' && typeof other[1] === 'number'
        ? Math.sign(value) === Math.sign(other[1])
        : value === other[1];
    })
  );
}

/** A collation's `version` belongs to the server's ICU library, not to the index; the simple one is none. */
function sameCollation(expected: IndexFacts['collation'], actual: IndexFacts['collation']): boolean {
  const plain = (c: IndexFacts['collation']): object =>
    c?.['locale'] === 'simple'
      ? {}
      : Object.fromEntries(Object.entries(c ?? {}).filter(([name]) => name !== 'version'));
  return same(plain(expected), plain(actual));
}

/** vCore spells a projection out: 1 as true, and `_id: false` added. */
function plainProjection(projection: IndexFacts['wildcardProjection']): object {
  return Object.fromEntries(
    Object.entries(projection ?? {}).filter(([name, value]) => name !== '_id' || comparable(value) === 1),
  );
}

/**
 * True when the index on the target does what the expected one does. What a target adds by itself (`v`, versions of text and geo indexes, vCore's
 * `storageEngine`) makes no difference, nor does the type of a number. On an RU account only key, uniqueness, expiry and filter are compared, as it knows nothing else.
 */
export function sameIndex(expected: IndexFacts, actual: IndexFacts, kind: TargetKind): boolean {
  const core =
    expected.name === actual.name &&
    sameKey(expected, actual) &&
    expected.unique === actual.unique &&
    expected.expireAfterSeconds === actual.expireAfterSeconds &&
    same(expected.partialFilterExpression, actual.partialFilterExpression);
  if (!core || kind === 'cosmos-ru') return core;
  const compared = ['weights', 'default_language', 'language_override', 'bits', 'min', 'max'];
  return (
    expected.sparse === actual.sparse &&
    expected.hidden === actual.hidden &&
    sameCollation(expected.collation, actual.collation) &&
    same(plainProjection(expected.wildcardProjection), plainProjection(actual.wildcardProjection)) &&
    compared.every((name) => same(expected.otherOptions[name], actual.otherOptions[name]))
  );
}
