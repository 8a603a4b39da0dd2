/** Lines at the bottom of a terminal that are written over again and again; other lines go above them. */
import type { TextStream } from '../output.js';

export class LiveBlock {
  private height = 0;

  constructor(private readonly stream: TextStream) {}

  show(lines: readonly string[]): void {
    this.stream.write(`${this.erase()}${lines.map((line) => `${line}\n`).join('')}`);
    this.height = lines.length;
  }

  /** A line that stays, above the block. The block comes back with the next `show`. */
  print(line: string): void {
    this.stream.write(`${this.erase()}${line}\n`);
    this.height = 0;
  }

  clear(): void {
    this.stream.write(this.erase());
    this.height = 0;
  }

  /** Cursor up to the block's first line, and everything below it cleared (ECMA-48 CUU and ED). */
  private erase(): string {
    return this.height === 0 ? '' : `\x1b[${this.height}A\x1b[0J`;
  }
}
