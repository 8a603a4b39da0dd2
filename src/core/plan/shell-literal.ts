/** Values as text of a script for mongosh. */

/** A string as JavaScript: quotes, line ends of every kind, and halves of a surrogate pair are escaped, so that it can stand in a comment too. */
export function shellString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** An object literal would put these first, or take the last of them for the object's prototype: they need a Map, which keeps its order. */
function needsMap(name: string): boolean {
  return /^\d+$/.test(name) || name === '__proto__';
}

/** A document from the text of its values, in this order. Where a literal would not keep names or order it is a Map, which mongosh sends as a document. */
export function shellDocument(entries: readonly (readonly [name: string, text: string])[]): string {
  if (entries.length === 0) return '{}';
  if (entries.some(([name]) => needsMap(name))) {
    return `new Map([${entries.map(([name, text]) => `[${shellString(name)}, ${text}]`).join(', ')}])`;
  }
  return `{ ${entries.map(([name, text]) => `${shellName(name)}: ${text}`).join(', ')} }`;
}

function shellName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : shellString(name);
}

type Wrapped = Readonly<Record<string, unknown>>;

/** By the one field that Extended JSON marks a type with; nothing where the field does not hold what that type has. */
const TYPES: Readonly<Record<string, (value: unknown, whole: Wrapped) => string | undefined>> = {
  $numberInt: (value) => ofText(value, (text) => text),
  $numberLong: (value) => ofText(value, (text) => `NumberLong(${shellString(text)})`),
  $numberDouble: (value) => ofText(value, double),
  $numberDecimal: (value) => ofText(value, (text) => `NumberDecimal(${shellString(text)})`),
  $oid: (value) => ofText(value, (text) => `ObjectId(${shellString(text)})`),
  $uuid: (value) => ofText(value, (text) => `UUID(${shellString(text)})`),
  $symbol: (value) => ofText(value, (text) => `new BSONSymbol(${shellString(text)})`),
  $code: (value, { $scope }) =>
    ofText(value, (text) => `Code(${shellString(text)}${$scope === undefined ? '' : `, ${shellLiteral($scope)}`})`),
  $minKey: () => 'MinKey()',
  $maxKey: () => 'MaxKey()',
  $date: (value) => {
    if (typeof value === 'string') return `new Date(${shellString(value)})`;
    const ms = isWrapped(value) ? value['$numberLong'] : undefined;
    return ofText(ms, (text) => `new Date(${Number(text)})`);
  },
  $timestamp: (value) => {
    if (!isWrapped(value)) return undefined;
    return `Timestamp({ t: ${Number(value['t'])}, i: ${Number(value['i'])} })`;
  },
  $regularExpression: (value) => {
    if (!isWrapped(value)) return undefined;
    return `new BSONRegExp(${shellString(String(value['pattern']))}, ${shellString(String(value['options']))})`;
  },
  $binary: (value) => {
    if (!isWrapped(value)) return undefined;
    return `BinData(${parseInt(String(value['subType']), 16)}, ${shellString(String(value['base64']))})`;
  },
};

function isWrapped(value: unknown): value is Wrapped {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ofText(value: unknown, write: (text: string) => string): string | undefined {
  return typeof value === 'string' ? write(value) : undefined;
}

/** A plain whole number is sent as an integer, so that a double has to say what it is. */
function double(text: string): string {
  const value = Number(text);
  if (Object.is(value, -0)) return '-0';
  return Number.isInteger(value) ? `Double(${value})` : String(value);
}

/** A value of canonical Extended JSON as an expression of mongosh that gives the same BSON value. */
export function shellLiteral(value: unknown): string {
  if (typeof value === 'string') return shellString(value);
  if (Array.isArray(value)) return `[${value.map(shellLiteral).join(', ')}]`;
  if (!isWrapped(value)) return Object.is(value, -0) ? '-0' : String(value);
  const entries = Object.entries(value);
  const marked = entries.length === 1 || (entries.length === 2 && '$scope' in value) ? entries[0] : undefined;
  if (marked && Object.hasOwn(TYPES, marked[0])) {
    const text = TYPES[marked[0]]?.(marked[1], value);
    if (text !== undefined) return text;
  }
  return shellDocument(entries.map(([name, inner]) => [name, shellLiteral(inner)]));
}
