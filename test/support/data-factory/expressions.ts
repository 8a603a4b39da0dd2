/**
 * The part of Data Factory's expression language that our pipelines use (control-flow-expression-language-functions). What is not in it is an error: an
 * expression that the model cannot evaluate proves nothing.
 */
import { refuse } from './refusal.js';

/** What `pipeline()`, `item()`, `activity()` and the like stand for; undefined where an expression has no such thing. */
export interface Scope {
  readonly pipeline?: { readonly parameters: Readonly<Record<string, unknown>> };
  readonly item?: unknown;
  readonly activity?: (name: string) => unknown;
  readonly dataset?: Readonly<Record<string, unknown>>;
  readonly linkedService?: Readonly<Record<string, unknown>>;
  readonly now: () => number;
}

/** azure-data-factory-limits */
const LONGEST_EXPRESSION = 8_192;

/** A property's value: expressions in it are evaluated, wherever they are. */
export function evaluated(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return evaluatedText(value, scope);
  if (Array.isArray(value)) return value.map((inner) => evaluated(inner, scope));
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object['type'] === 'Expression') {
    if (Object.keys(object).some((key) => key !== 'type' && key !== 'value')) refuse('expression', 'unknown property');
    if (typeof object['value'] !== 'string') refuse('expression', 'no text');
    return evaluatedText(object['value'], scope);
  }
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, evaluated(inner, scope)]));
}

function evaluatedText(text: string, scope: Scope): unknown {
  if (text.startsWith('@@')) return text.slice(1);
  if (text.startsWith('@{') || (!text.startsWith('@') && text.includes('@{'))) return interpolated(text, scope);
  if (!text.startsWith('@')) return text;
  if (text.length > LONGEST_EXPRESSION) refuse('expression', `longer than ${LONGEST_EXPRESSION}`);
  return new Parser(text.slice(1), scope).whole();
}

function interpolated(text: string, scope: Scope): string {
  return text.replace(/@\{([^}]*)\}/g, (_, inner: string) => {
    const value = new Parser(inner, scope).whole();
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

type Token = { readonly kind: 'name' | 'text' | 'number' | 'sign'; readonly value: string };

function tokensOf(source: string): Token[] {
  const pattern = /\s+|([A-Za-z_][A-Za-z0-9_]*)|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)|([().,[\]])/y;
  const tokens: Token[] = [];
  while (pattern.lastIndex < source.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(source);
    if (!match) refuse(`@${source}`, `cannot be read at ${at}`);
    const [, name, text, number, sign] = match;
    if (name !== undefined) tokens.push({ kind: 'name', value: name });
    else if (text !== undefined) tokens.push({ kind: 'text', value: text.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', value: number });
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
  }
  return tokens;
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;

  constructor(
    private readonly source: string,
    private readonly scope: Scope,
  ) {
    this.#tokens = tokensOf(source);
  }

  whole(): unknown {
    const value = this.#value();
    if (this.#at < this.#tokens.length) this.#fail('goes on after its end');
    return value;
  }

  #fail(why: string): never {
    return refuse(`@${this.source}`, why);
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (!token) this.#fail('ends too early');
    this.#at += 1;
    return token;
  }

  #take(sign: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || token.value !== sign) return false;
    this.#at += 1;
    return true;
  }

  #value(): unknown {
    const token = this.#next();
    if (token.kind === 'text') return token.value;
    if (token.kind === 'number') return Number(token.value);
    if (token.kind !== 'name') this.#fail(`unexpected ${token.value}`);
    if (token.value === 'true' || token.value === 'false') return token.value === 'true';
    if (!this.#take('(')) this.#fail(`${token.value} is no function call`);
    const given: unknown[] = [];
    if (!this.#take(')')) {
      do given.push(this.#value());
      while (this.#take(','));
      if (!this.#take(')')) this.#fail('a bracket is not closed');
    }
    return this.#properties(call(token.value, given, this.scope, `@${this.source}`));
  }

  #properties(start: unknown): unknown {
    let value = start;
    while (this.#take('.')) {
      const token = this.#next();
      if (token.kind !== 'name') this.#fail('no property after the dot');
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      const object = isObject ? (value as Record<string, unknown>) : {};
      // The service fails such an expression as well: "property doesn't exist".
      if (!(token.value in object)) this.#fail(`there is no property ${token.value}`);
      value = object[token.value];
    }
    return value;
  }
}

function call(name: string, given: readonly unknown[], scope: Scope, where: string): unknown {
  const texts = (): string[] =>
    given.map((one) => (typeof one === 'string' ? one : refuse(where, `${name} wants text`)));
  const bools = (): boolean[] =>
    given.map((one) => (typeof one === 'boolean' ? one : refuse(where, `${name} wants booleans`)));
  const counted = (count: number): void => {
    if (given.length !== count) refuse(where, `${name} takes ${count}`);
  };
  const known = <T>(value: T | undefined): T =>
    value === undefined ? refuse(where, `there is no ${name}() here`) : value;
  switch (name) {
    case 'pipeline':
      counted(0);
      return known(scope.pipeline);
    case 'item':
      counted(0);
      return known(scope.item);
    case 'dataset':
      counted(0);
      return known(scope.dataset);
    case 'linkedService':
      counted(0);
      return known(scope.linkedService);
    case 'activity':
      counted(1);
      return known(scope.activity)(texts()[0] ?? '');
    case 'concat':
      return texts().join('');
    case 'string':
      counted(1);
      return typeof given[0] === 'string' ? given[0] : JSON.stringify(given[0]);
    case 'equals':
      counted(2);
      if (typeof given[0] !== typeof given[1]) refuse(where, 'equals of two types');
      return given[0] === given[1];
    case 'or':
      counted(2);
      return bools().some(Boolean);
    case 'uriComponentToString':
      counted(1);
      return decodeURIComponent(texts()[0] ?? '');
    case 'utcNow':
      counted(0);
      return new Date(scope.now()).toISOString();
    case 'formatDateTime':
      counted(2);
      if (given[1] !== 'R') refuse(where, 'only the format R');
      return new Date(texts()[0] ?? '').toUTCString();
    default:
      return refuse(where, `unknown function ${name}`);
  }
}
