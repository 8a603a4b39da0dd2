/** Where text goes: data for programs on stdout, words for people on stdout too unless `--json` has it, and nothing secret on either. */
import { redact } from '../core/model/redact.js';
import { jsonPieces } from '../words/json-pieces.js';

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
    if (this.json)
      this.pieces(
        jsonPieces(value, 2, (text) => this.clean(text)),
        ['\n'],
      );
  }

  /** One line of a stream of events; nothing without `--json`. */
  event(value: unknown): void {
    if (this.json)
      this.pieces(
        jsonPieces(value, 0, (text) => this.clean(text)),
        ['\n'],
      );
  }

  /** A text in pieces for stdout, out of which secrets are already. */
  pieces(...texts: readonly Iterable<string>[]): void {
    for (const text of texts) for (const piece of text) this.stdout.write(piece);
  }

  /** Text as it is, for a report that goes to stdout. */
  raw(text: string): void {
    this.stdout.write(this.clean(text));
  }

  /** Without secrets. */
  clean(text: string): string {
    return redact(text, [...this.#secrets]);
  }
}
