/** Documents as servers before 4.4 wrote them into their logs: `{ find: "a", filter: { n: 1.0, id: ObjectId('...') } }`. */

/** Read no deeper: the text is whatever stands in a file. */
const DEEPEST = 100;

/** Thrown where the text is no document; told to nobody. */
class NoDocument extends Error {}

/**
 * Reads the document that begins at `start`; undefined where there is none, or it was cut off. Strings and numbers are as they were, regular expressions as
 * in Extended JSON without their pattern; every other value is null, since only names are looked for.
 */
export function parseShellDocument(text: string, start = 0): Readonly<Record<string, unknown>> | undefined {
  if (text[start] !== '{') return undefined;
  try {
    return new ShellText(text, start).document(0);
  } catch (error) {
    if (error instanceof NoDocument) return undefined;
    throw error;
  }
}

class ShellText {
  readonly #text: string;
  #at: number;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  document(depth: number): Record<string, unknown> {
    const fields: [string, unknown][] = [];
    this.#take('{');
    for (;;) {
      this.#skipSpace();
      if (this.#peek() === '}') break;
      const colon = this.#text.indexOf(': ', this.#at);
      if (colon === -1) throw new NoDocument();
      const name = this.#text.slice(this.#at, colon);
      this.#at = colon + 1;
      fields.push([name, this.#value(depth + 1)]);
      if (!this.#another('}')) break;
    }
    this.#take('}');
    // Also a field that is called __proto__ is only a field.
    return Object.fromEntries(fields);
  }

  #list(depth: number): unknown[] {
    const items: unknown[] = [];
    this.#take('[');
    for (;;) {
      this.#skipSpace();
      if (this.#peek() === ']') break;
      items.push(this.#value(depth + 1));
      if (!this.#another(']')) break;
    }
    this.#take(']');
    return items;
  }

  #value(depth: number): unknown {
    if (depth > DEEPEST) throw new NoDocument();
    this.#skipSpace();
    switch (this.#peek()) {
      case '{':
        return this.document(depth);
      case '[':
        return this.#list(depth);
      case '"':
        return this.#string('"');
      case '/':
        return this.#regex();
      default:
        return this.#word();
    }
  }

  #string(quote: string): string {
    let read = '';
    this.#at += 1;
    for (;;) {
      const char = this.#next();
      if (char === quote) return read;
      read += char === '\\' ? this.#next() : char;
    }
  }

  #regex(): unknown {
    this.#string('/');
    const [options = ''] = /^[a-z]*/.exec(this.#text.slice(this.#at, this.#at + 10)) ?? [];
    this.#at += options.length;
    return { $regularExpression: { pattern: '', options } };
  }

  /** A number, or a value with a name: `new Date(1)`, `ObjectId('a')`, `BinData(0, 00FF)`, `true`. */
  #word(): unknown {
    const start = this.#at;
    let open = 0;
    for (;;) {
      const char = this.#peek();
      if (char === '"' || char === "'") {
        this.#string(char);
        continue;
      }
      if (char === '(') open += 1;
      else if (char === ')') open -= 1;
      else if (open <= 0 && (char === ',' || char === '}' || char === ']')) break;
      this.#next();
    }
    const word = this.#text.slice(start, this.#at).trim();
    const number = Number(word);
    return word === '' || Number.isNaN(number) ? null : number;
  }

  #another(end: string): boolean {
    this.#skipSpace();
    if (this.#peek() !== ',') {
      if (this.#peek() !== end) throw new NoDocument();
      return false;
    }
    this.#at += 1;
    return true;
  }

  #peek(): string {
    const char = this.#text[this.#at];
    if (char === undefined) throw new NoDocument();
    return char;
  }

  #next(): string {
    const char = this.#peek();
    this.#at += 1;
    return char;
  }

  #take(char: string): void {
    if (this.#next() !== char) throw new NoDocument();
  }

  #skipSpace(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }
}
