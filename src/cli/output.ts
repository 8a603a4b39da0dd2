/** Where text goes: data for programs on stdout, words for people on stdout too unless `--json` has it, and nothing secret on either. */
import { redact } from '../core/model/redact.js';

/** One of the process's streams. */
export interface TextStream {
  readonly isTTY: boolean;
  /** Characters per line; 80 where it is not known. */
  readonly columns: number;
  write(text: string): void;
}

/** A literal this short would blank out parts of ordinary words, and protects nothing. */
const SHORTEST_LITERAL = 4;
export class Output {
  readonly #secrets = new Set<string>();

  constructor(
    private readonly stdout: TextStream,
    private readonly stderr: TextStream,
    /** `--json`: stdout belongs to one JSON document (or to lines of JSON), people read stderr. */
    readonly json: boolean,
  ) {}

  /** Literals that must not appear, whatever prints them. */
  protect(secrets: readonly string[]): void {
    for (const secret of secrets) if (secret.length >= SHORTEST_LITERAL) this.#secrets.add(secret);
  }

  /** Where people read. */
  get people(): TextStream {
    return this.json ? this.stderr : this.stdout;
  }

  /** Lines for people: the result of a command. */
  say(...lines: readonly string[]): void {
    for (const line of lines) this.people.write(`${this.clean(line)}\n`);
  }

  /** Lines about what is going on, not part of the result: they stay out of a redirected stdout. */
  note(...lines: readonly string[]): void {
    for (const line of lines) this.stderr.write(`${this.clean(line)}\n`);
  }

  /** The result for programs; nothing without `--json`. */
  data(value: unknown): void {
    if (this.json) this.stdout.write(`${JSON.stringify(this.cleanValue(value), undefined, 2)}\n`);
  }

  /** One line of a stream of events; nothing without `--json`. */
  event(value: unknown): void {
    if (this.json) this.stdout.write(`${JSON.stringify(this.cleanValue(value))}\n`);
  }

  /** Text as it is, for a report that goes to stdout. */
  raw(text: string): void {
    this.stdout.write(this.clean(text));
  }

  /** Without secrets. */
  clean(text: string): string {
    return redact(text, [...this.#secrets]);
  }

  private cleanValue(value: unknown): unknown {
    if (typeof value === 'string') return this.clean(value);
    if (Array.isArray(value)) return value.map((item) => this.cleanValue(item));
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.cleanValue(item)]));
    }
    return value;
  }
}
