/** Expressions of ARM templates, as far as ours use them. What is not known is an error, as it is in ARM. */

export class TemplateError extends Error {}

export interface ExpressionScope {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly subscription: string;
  readonly group: string;
  readonly location: string;
  /** Properties of a resource that is there, or will be; all of it where `isFull`. */
  readonly reference: (id: string, isFull: boolean) => unknown;
}

/** Evaluates every expression in a value of a template. */
export function evaluated(value: unknown, scope: ExpressionScope): unknown {
  if (typeof value === 'string') {
    if (value.startsWith('[[')) return value.slice(1);
    return value.startsWith('[') && value.endsWith(']') ? evaluate(value.slice(1, -1), scope) : value;
  }
  if (Array.isArray(value)) return value.map((item) => evaluated(item, scope));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [String(evaluated(key, scope)), evaluated(v, scope)]),
  );
}

const TOKEN = /\s*(?:('(?:[^']|'')*')|(-?\d+)|([A-Za-z_]\w*)|([()[\],.]))/y;

type Token = { readonly kind: 'text' | 'number' | 'name' | 'mark'; readonly text: string };

function evaluate(source: string, scope: ExpressionScope): unknown {
  const tokens = tokensOf(source);
  let place = 0;
  const fail = (): never => {
    throw new TemplateError(`not an expression: [${source}]`);
  };
  const take = (text?: string): Token => {
    const token = tokens[place];
    if (!token || (text !== undefined && (token.kind !== 'mark' || token.text !== text))) return fail();
    place += 1;
    return token;
  };
  const isNext = (text: string): boolean => tokens[place]?.kind === 'mark' && tokens[place]?.text === text;

  const one = (): unknown => {
    const token = take();
    if (token.kind === 'text') return token.text;
    if (token.kind === 'number') return Number(token.text);
    if (token.kind !== 'name') return fail();
    take('(');
    const args: unknown[] = [];
    while (!isNext(')')) {
      if (args.length > 0) take(',');
      args.push(one());
    }
    take(')');
    let value = call(token.text, args, scope);
    for (;;) {
      if (isNext('.')) {
        take('.');
        value = member(value, take().text);
      } else if (isNext('[')) {
        take('[');
        value = member(value, one());
        take(']');
      } else return value;
    }
  };
  const value = one();
  return place === tokens.length ? value : fail();
}

function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(source);
    if (!found) throw new TemplateError(`not an expression from ${at} on: [${source}]`);
    const [, text, number, name, mark] = found;
    if (text !== undefined) tokens.push({ kind: 'text', text: text.slice(1, -1).replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'mark', text: mark ?? '' });
  }
  return tokens;
}

function call(name: string, args: readonly unknown[], scope: ExpressionScope): unknown {
  const first = String(args[0]);
  switch (name.toLowerCase()) {
    case 'parameters':
      return found(scope.parameters, first, 'parameter');
    case 'variables':
      return found(scope.variables, first, 'variable');
    case 'concat':
      return Array.isArray(args[0]) ? args.flat() : args.map(String).join('');
    case 'format':
      return first.replace(/\{(\d+)\}/g, (_all, index: string) => String(args[Number(index) + 1]));
    case 'string':
      return typeof args[0] === 'string' ? args[0] : JSON.stringify(args[0]);
    case 'json':
      return JSON.parse(first) as unknown;
    case 'tolower':
      return first.toLowerCase();
    case 'guid':
      return guidOf(args.map(String).join('|'));
    case 'createarray':
      return args;
    case 'resourcegroup':
      return { id: groupId(scope), name: scope.group, location: scope.location };
    case 'subscription':
      return { id: `/subscriptions/${scope.subscription}`, subscriptionId: scope.subscription };
    case 'resourceid':
      return resourceId(groupId(scope), args.map(String));
    case 'subscriptionresourceid':
      return resourceId(`/subscriptions/${scope.subscription}`, args.map(String));
    case 'extensionresourceid':
      return resourceId(first, args.slice(1).map(String));
    case 'reference':
      return scope.reference(first, String(args[2]).toLowerCase() === 'full');
    default:
      throw new TemplateError(`The template function '${name}' is not valid.`);
  }
}

export function groupId(place: { readonly subscription: string; readonly group: string }): string {
  return `/subscriptions/${place.subscription}/resourceGroups/${place.group}`;
}

function resourceId(scopeId: string, [type = '', ...names]: readonly string[]): string {
  const [namespace = '', ...types] = type.split('/');
  if (types.length === 0 || types.length !== names.length) {
    throw new TemplateError(`resourceId: ${type} takes ${types.length} names, not ${names.length}`);
  }
  return `${scopeId}/providers/${namespace}/${types.map((t, i) => `${t}/${names[i]}`).join('/')}`;
}

function found(from: Readonly<Record<string, unknown>>, name: string, what: string): unknown {
  // ARM's names know no case.
  const key = Object.keys(from).find((k) => k.toLowerCase() === name.toLowerCase());
  if (key === undefined) throw new TemplateError(`The template ${what} '${name}' is not found.`);
  return from[key];
}

function member(value: unknown, key: unknown): unknown {
  const owner = value as Readonly<Record<string, unknown>> | null | undefined;
  const result = owner?.[String(key)];
  if (result === undefined) throw new TemplateError(`The language expression property '${String(key)}' doesn't exist.`);
  return result;
}

/** Some id that depends on the text alone; ARM's own is another. */
export function guidOf(text: string): string {
  let hex = '';
  for (let round = 0; hex.length < 32; round += 1) {
    let hash = 0x811c9dc5 ^ round;
    for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
    hex += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
