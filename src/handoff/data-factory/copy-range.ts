/** A range of a collection as Data Factory copies it: one Copy activity, one marker. */
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import { digestOf } from '../../core/plan/plan-id.js';
import { filterOf, type IdBounds } from './id-bounds.js';

export interface CopyRange {
  /** Letters, digits, `-` and `_`: the name of its marker. The same for the same range of the same collection. */
  readonly id: string;
  readonly source: Namespace;
  readonly target: Namespace;
  readonly bounds: IdBounds;
  /** Counted when it was planned. */
  readonly documents: number;
}

/** Readable, and short enough for a blob's name whatever a collection is called. */
const LONGEST_NAME = 40;

export function copyRange(range: Omit<CopyRange, 'id'>): CopyRange {
  const from = formatNamespace(range.source);
  const to = formatNamespace(range.target);
  const name = from.replace(/[^A-Za-z0-9_]+/g, '-').slice(0, LONGEST_NAME);
  return { id: `${name}-${digestOf(JSON.stringify([from, to, filterOf(range.bounds)]))}`, ...range };
}

/**
 * What a pipeline is told of a range. Names and filter are percent-encoded, and decoded by `uriComponentToString` in the pipeline: nothing that a user has named can
 * then be taken for an expression of ARM (`[...]`) or of Data Factory (`@...`, `@{...}`), nor for a date, whatever evaluates the text on its way.
 */
export interface RangeItem {
  readonly id: string;
  readonly sourceDatabase: string;
  readonly sourceCollection: string;
  readonly targetDatabase: string;
  readonly targetCollection: string;
  readonly filter: string;
}

/** @throws MigrationError `bad-plan` for a name that is no Unicode. */
export function rangeItem({ id, source, target, bounds }: CopyRange): RangeItem {
  try {
    return {
      id,
      sourceDatabase: encodeURIComponent(source.db),
      sourceCollection: encodeURIComponent(source.coll),
      targetDatabase: encodeURIComponent(target.db),
      targetCollection: encodeURIComponent(target.coll),
      filter: encodeURIComponent(filterOf(bounds)),
    };
  } catch (cause) {
    throw new MigrationError('bad-plan', { reason: 'name-not-unicode', namespace: formatNamespace(source) }, { cause });
  }
}
