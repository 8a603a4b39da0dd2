import { readExpression } from './expression-shape.js';
import { noteFeature, noteField, noteSort, type Place } from './place.js';
import { asNumber, DEEPEST, isDocument, isOperators, isValue, regexOptions } from './plain-values.js';

const LOGICAL: ReadonlySet<string> = new Set(['$and', '$or', '$nor']);
const GEO: ReadonlySet<string> = new Set(['$geoWithin', '$geoIntersects', '$near', '$nearSphere', '$within']);
const PROJECTION: ReadonlySet<string> = new Set(['$elemMatch', '$slice', '$meta']);

type Note = (path: string, role: 'equality' | 'otherwise') => void;

/**
 * Notes the operators and fields of a filter. A field counts once per filter: as compared with one value (or a list of them) where it must equal it for a
 * document to match, which an `$or` or a `$not` around it prevents; as used otherwise else.
 */
export function readQuery(query: unknown, place: Place): void {
  const seen = new Map<string, 'equality' | 'otherwise'>();
  const note: Note = (path, role) => {
    if (seen.get(path) !== 'equality') seen.set(path, role);
  };
  clauses(query, '', false, place, note, 0);
  for (const [path, role] of seen) noteField(place, path, role);
}

function clauses(query: unknown, prefix: string, weak: boolean, place: Place, note: Note, depth: number): void {
  if (depth > DEEPEST || !isDocument(query)) return;
  for (const [name, value] of Object.entries(query)) {
    if (!name.startsWith('$')) {
      predicate(prefix + name, value, weak, place, note, depth + 1);
      continue;
    }
    noteFeature(place, 'query-operator', name);
    if (LOGICAL.has(name) && Array.isArray(value)) {
      for (const part of value) clauses(part, prefix, weak || name !== '$and', place, note, depth + 1);
    } else if (name === '$expr') {
      readExpression(value, place, (path) => note(path, 'otherwise'));
    }
  }
}

function predicate(path: string, value: unknown, weak: boolean, place: Place, note: Note, depth: number): void {
  if (depth > DEEPEST) return;
  if (!isOperators(value)) {
    const options = regexOptions(value);
    if (options !== undefined) noteFeature(place, 'query-operator', '$regex');
    noteRegexOptions(options, place);
    return note(path, weak || options !== undefined ? 'otherwise' : 'equality');
  }
  for (const [name, operand] of Object.entries(value)) {
    if (name === '$options') {
      noteRegexOptions(operand, place);
      continue;
    }
    noteFeature(place, 'query-operator', name);
    if (name === '$eq' || name === '$in') {
      const hasRegex = Array.isArray(operand) && operand.some((item) => regexOptions(item) !== undefined);
      if (hasRegex) noteFeature(place, 'query-operator', '$regex');
      note(path, weak || hasRegex ? 'otherwise' : 'equality');
      continue;
    }
    note(path, 'otherwise');
    if (name === '$regex') noteRegexOptions(regexOptions(operand), place);
    if (name === '$not') predicate(path, operand, true, place, note, depth + 1);
    if (GEO.has(name)) noteGeometry(operand, place);
    if (name === '$elemMatch' && isOperators(operand)) predicate(path, operand, true, place, note, depth + 1);
    else if (name === '$elemMatch') clauses(operand, `${path}.`, true, place, note, depth + 1);
  }
}

/** Ignoring case, or several lines: an index is of no use to an RU account then. */
function noteRegexOptions(options: unknown, place: Place): void {
  if (typeof options === 'string' && /[im]/.test(options)) noteFeature(place, 'option', '$regex.options');
}

function noteGeometry(operand: unknown, place: Place): void {
  if (!isDocument(operand)) return;
  for (const name of Object.keys(operand)) if (name.startsWith('$')) noteFeature(place, 'query-operator', name);
}

/** Notes the fields of a sort, and the sort itself where it is by several. */
export function readSort(sort: unknown, place: Place): void {
  if (!isDocument(sort)) return;
  const key: (readonly [string, number])[] = [];
  for (const [path, value] of Object.entries(sort)) {
    const direction = asNumber(value);
    if (path.startsWith('$')) noteFeature(place, 'query-operator', path);
    else if (direction === undefined) readExpression(value, place);
    else {
      noteField(place, path, 'sorted');
      key.push([path, direction < 0 ? -1 : 1]);
    }
  }
  noteSort(place, key);
}

/** Notes what a projection of a `find` computes. */
export function readProjection(projection: unknown, place: Place): void {
  if (!isDocument(projection)) return;
  for (const value of Object.values(projection)) {
    if (!isDocument(value) || isValue(value)) continue;
    const [name = ''] = Object.keys(value);
    if (PROJECTION.has(name)) noteFeature(place, 'query-operator', name);
    else readExpression(value, place);
  }
}
