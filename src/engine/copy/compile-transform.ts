/** A plan's transform with its Extended JSON read: the filter as a query, values as bytes. */
import { EJSON, serialize, type Document } from 'bson';
import { elementAt } from '../../core/bson/raw-document.js';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { FieldSetting, PlannedCollection } from '../../core/model/plan.js';
import { DocumentTransformer, type SetValue } from '../../core/transform/document-transformer.js';
import { changesFields } from '../../core/transform/transform-problems.js';

/** What a copy, or a verification, does to the documents that it reads from the source. */
export interface CompiledTransform {
  readonly filter?: Document;
  /** Absent where documents stay as they are. */
  readonly transformer?: DocumentTransformer;
}

/** Length and closing null byte. */
const EMPTY_DOCUMENT_BYTES = 5;
/** Type byte, the name `v` and its null byte. */
const VALUE_START = 7;

/** @throws MigrationError `bad-plan` (`filter-unreadable`, `transform-value-unreadable`) for what is no Extended JSON. */
export function compileTransform({
  source,
  transform = {},
}: Pick<PlannedCollection, 'source' | 'transform'>): CompiledTransform {
  const { filter, drop = [], rename = [], set = [] } = transform;
  const namespace = formatNamespace(source);
  const values = set.map((setting) => ({
    field: setting.field,
    when: setting.when,
    value: orBadPlan({ reason: 'transform-value-unreadable', namespace, field: setting.field }, () => valueOf(setting)),
  }));
  return {
    ...(filter === undefined
      ? {}
      : { filter: orBadPlan({ reason: 'filter-unreadable', namespace }, () => readExtendedJson(filter) as Document) }),
    ...(changesFields(transform) ? { transformer: new DocumentTransformer({ drop, rename, set: values }) } : {}),
  };
}

function orBadPlan<T>(facts: Readonly<Record<string, string>>, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new MigrationError('bad-plan', facts, { cause: error });
  }
}

function valueOf(setting: FieldSetting): SetValue {
  if ('copyOf' in setting) return { kind: 'copy', of: setting.copyOf };
  const alone = Buffer.from(serialize({ v: readExtendedJson(setting.value) }, { ignoreUndefined: false }));
  const element = alone.length > EMPTY_DOCUMENT_BYTES ? elementAt(alone, 4, alone.length) : undefined;
  if (!element) throw new TypeError('no value');
  return { kind: 'constant', type: element.type, bytes: alone.subarray(VALUE_START, element.valueEnd) };
}

/**
 * Extended JSON as values, types kept. A `$regex` with a text stays the query operator that it is in a filter: the library would make a regular expression of
 * it and lose whatever stands beside it (`$ne`, `$in`).
 * @throws TypeError, or an error of the library, for what says no value: the library takes a wrong number for 0, and a wrong date for none.
 */
export function readExtendedJson(value: unknown): unknown {
  if (typeof value === 'number') {
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new TypeError('number beyond 2^53');
    return typed(value);
  }
  if (Array.isArray(value)) return value.map(readExtendedJson);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.keys(value);
  const wrapper = names.find((name) => WRAPPERS.has(name));
  if (wrapper === undefined) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, readExtendedJson(inner)]));
  }
  // What stands beside it would be lost without a word.
  if (names.some((name) => name !== wrapper && name !== COMPANIONS[wrapper])) throw new TypeError('more than a value');
  const read = typed(value);
  checkWrapped(wrapper, (value as Record<string, unknown>)[wrapper], read);
  return read;
}

function typed(value: unknown): unknown {
  return (EJSON.deserialize({ value }, { relaxed: false }) as { readonly value: unknown }).value;
}

/** Keys by which Extended JSON tells a type (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/). */
const WRAPPERS: ReadonlySet<string> = new Set([
  '$oid',
  '$binary',
  '$uuid',
  '$symbol',
  '$numberInt',
  '$numberLong',
  '$numberDouble',
  '$numberDecimal',
  '$date',
  '$timestamp',
  '$regularExpression',
  '$minKey',
  '$maxKey',
  '$code',
  // The library knows no value for these, and would say null and DBRef.
  '$undefined',
  '$dbPointer',
]);
const COMPANIONS: Readonly<Record<string, string>> = { $code: '$scope', $binary: '$type' };

function checkWrapped(wrapper: string, said: unknown, read: unknown): void {
  if (wrapper === '$undefined' || wrapper === '$dbPointer') throw new TypeError('no value');
  const isInteger = wrapper === '$numberInt' || wrapper === '$numberLong';
  if (isInteger && !/^-?\d+$/.test(String(said))) throw new TypeError('no integer');
  if (wrapper === '$numberDouble' && Number.isNaN(Number(said)) && !/^NaN$|^-?Infinity$/.test(String(said)))
    throw new TypeError('no number');
  if (read instanceof Date && Number.isNaN(read.getTime())) throw new TypeError('no date');
}
