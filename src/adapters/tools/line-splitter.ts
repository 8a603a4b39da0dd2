import { StringDecoder } from 'node:string_decoder';

/** Cuts a byte stream into lines in bounded memory: what a line has beyond `maxCharacters` is dropped. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #maxCharacters: number;
  readonly #onLine: (line: string) => void;
  #line = '';

  constructor(maxCharacters: number, onLine: (line: string) => void) {
    this.#maxCharacters = maxCharacters;
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** Gives out the last line where it had no line end. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#line !== '') this.#give();
  }

  #take(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#append(text.slice(start, end));
      this.#give();
      start = end + 1;
    }
    this.#append(text.slice(start));
  }

  #append(part: string): void {
    const room = this.#maxCharacters - this.#line.length;
    if (room > 0) this.#line += part.slice(0, room);
  }

  #give(): void {
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    this.#onLine(line);
  }
}
