import { noteFeature, type Place } from './place.js';
import { DEEPEST, isDocument, isValue } from './plain-values.js';

/** Comparisons with a list written out: RU accounts do not take them (their documentation, "Comparison expressions"). */
const COMPARISONS: ReadonlySet<string> = new Set(['$cmp', '$eq', '$gt', '$gte', '$lt', '$lte', '$ne']);

/** System variables that not every target knows. */
const VARIABLES: ReadonlySet<string> = new Set(['$$CLUSTER_TIME', '$$SEARCH_META', '$$USER_ROLES']);

/** Operators whose operand holds nothing but values. */
const OPAQUE: ReadonlySet<string> = new Set(['$literal', '$const', '$meta']);

/**
 * Notes the operators of an aggregation expression. `onPath` is told each field path in it, without its `$`. What is no expression is passed over.
 */
export function readExpression(
  value: unknown,
  place: Place,
  onPath: (path: string) => void = () => undefined,
  depth = 0,
): void {
  if (depth > DEEPEST) return;
  if (typeof value === 'string') return readVariable(value, place, onPath);
  if (Array.isArray(value)) {
    for (const item of value) readExpression(item, place, onPath, depth + 1);
    return;
  }
  if (!isDocument(value) || isValue(value)) return;
  for (const [name, operand] of Object.entries(value)) {
    if (name.startsWith('$')) {
      noteFeature(place, 'expression', name);
      if (OPAQUE.has(name)) continue;
      if (COMPARISONS.has(name) && Array.isArray(operand) && operand.some((item) => Array.isArray(item))) {
        noteFeature(place, 'option', 'comparison.arrayLiteral');
      }
    }
    readExpression(operand, place, onPath, depth + 1);
  }
}

function readVariable(text: string, place: Place, onPath: (path: string) => void): void {
  if (!text.startsWith('$')) return;
  if (!text.startsWith('$$')) return onPath(text.slice(1));
  const name = text.split('.', 1)[0] ?? '';
  if (VARIABLES.has(name)) noteFeature(place, 'expression', name);
}
