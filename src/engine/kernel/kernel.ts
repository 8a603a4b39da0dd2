/** The work that is done to each byte of a copy, in WebAssembly: no object and no call into native code per document. */
import { KERNEL_MODULE } from './kernel-module.js';

/** 32-bit words of a digest. */
export const LANES = 4;
/** Where the kernel is given bytes; below is what it returns. */
const INPUT_AT = 64;
const PAGE_BYTES = 65_536;
/** Neighbouring documents are handed over together up to this: they stay in the processor's second cache. */
const CHUNK_BYTES = 256 * 1024;

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly digest: (from: number, end: number) => void;
  readonly hasZeros: (from: number, end: number) => number;
}

/** Node's types leave these to those of browsers. */
const { Instance, Module } = (
  globalThis as unknown as {
    readonly WebAssembly: {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: KernelExports };
    };
  }
).WebAssembly;

class Kernel {
  readonly #exports = new Instance(new Module(Buffer.from(KERNEL_MODULE, 'base64'))).exports;
  #bytes = new Uint8Array(this.#exports.memory.buffer);
  /** The digest made last. */
  words = new Uint32Array(this.#exports.memory.buffer, 0, LANES);

  /** `bytes` are what the others speak of from now on. */
  load(bytes: Uint8Array): void {
    const missing = INPUT_AT + bytes.length - this.#bytes.length;
    if (missing > 0) {
      this.#exports.memory.grow(Math.ceil(missing / PAGE_BYTES));
      this.#bytes = new Uint8Array(this.#exports.memory.buffer);
      this.words = new Uint32Array(this.#exports.memory.buffer, 0, LANES);
    }
    this.#bytes.set(bytes, INPUT_AT);
  }

  digest(from: number, end: number): Uint32Array {
    this.#exports.digest(INPUT_AT + from, INPUT_AT + end);
    return this.words;
  }

  hasZeros(from: number, end: number): boolean {
    return this.#exports.hasZeros(INPUT_AT + from, INPUT_AT + end) !== 0;
  }
}

/** Made when it is first needed: the extension starts without. */
let shared: Kernel | undefined;

/** Gives each part of `buffer` to `visit`, loaded. `spans`: start and end of each, ascending. */
function eachLoaded(
  buffer: Uint8Array,
  spans: Int32Array,
  visit: (kernel: Kernel, from: number, end: number, index: number) => void,
): void {
  const kernel = (shared ??= new Kernel());
  for (let i = 0; i < spans.length;) {
    const start = spans[i] ?? 0;
    let behind = i + 2;
    while (behind < spans.length && (spans[behind + 1] ?? 0) - start <= CHUNK_BYTES) behind += 2;
    kernel.load(buffer.subarray(start, spans[behind - 1]));
    for (; i < behind; i += 2) visit(kernel, (spans[i] ?? 0) - start, (spans[i + 1] ?? 0) - start, i / 2);
  }
}

/**
 * The digest of `bytes` as {@link LANES} words, which the next call overwrites: XXH64 under two seeds. A hash of Node's would cost five times as much for 1 KB,
 * most of it for the call and the object that it returns.
 */
export function digestWords(bytes: Uint8Array): Uint32Array {
  const kernel = (shared ??= new Kernel());
  kernel.load(bytes);
  return kernel.digest(0, bytes.length);
}

/** The digest of each part of `buffer`. `spans`: start and end of each, ascending. `take` gets the words, which the next part overwrites. */
export function digestSpans(buffer: Uint8Array, spans: Int32Array, take: (words: Uint32Array) => void): void {
  eachLoaded(buffer, spans, (kernel, from, end) => take(kernel.digest(from, end)));
}

/** Indexes of the parts of `buffer` in which nine bytes one after another are 0. */
export function spansWithZeros(buffer: Uint8Array, spans: Int32Array): number[] {
  const found: number[] = [];
  eachLoaded(buffer, spans, (kernel, from, end, index) => {
    if (kernel.hasZeros(from, end)) found.push(index);
  });
  return found;
}
