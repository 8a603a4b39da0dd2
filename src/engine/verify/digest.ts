/** Digests of documents: 128 bits, XXH64 under two seeds. A hash of Node's would cost five times as much for 1 KB, most of it for the call and the object that it returns. */
import { DIGEST_KERNEL } from './digest-kernel.js';

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
  readonly #exports = new Instance(new Module(Buffer.from(DIGEST_KERNEL, 'base64'))).exports;
  #bytes = new Uint8Array(this.#exports.memory.buffer);
  /** The digest made last. */
  words = new Uint32Array(this.#exports.memory.buffer, 0, LANES);

  /** `bytes` are what {@link digest} speaks of from now on. */
  load(bytes: Uint8Array): void {
    const missing = INPUT_AT + bytes.length - this.#bytes.length;
    if (missing > 0) {
      this.#exports.memory.grow(Math.ceil(missing / PAGE_BYTES));
      this.#bytes = new Uint8Array(this.#exports.memory.buffer);
      this.words = new Uint32Array(this.#exports.memory.buffer, 0, LANES);
    }
    this.#bytes.set(bytes, INPUT_AT);
  }

  digest(from: number, end: number): void {
    this.#exports.digest(INPUT_AT + from, INPUT_AT + end);
  }
}

let kernel: Kernel | undefined;

/** The digest of `bytes` as {@link LANES} words, which the next call overwrites. */
export function digestWords(bytes: Uint8Array): Uint32Array {
  kernel ??= new Kernel();
  kernel.load(bytes);
  kernel.digest(0, bytes.length);
  return kernel.words;
}

/**
 * The digest of each part of `buffer`. `spans`: start and end of each, ascending. `take` gets the words, which the next part overwrites.
 */
export function digestSpans(buffer: Uint8Array, spans: Int32Array, take: (words: Uint32Array) => void): void {
  kernel ??= new Kernel();
  for (let i = 0; i < spans.length;) {
    const start = spans[i] ?? 0;
    let behind = i + 2;
    while (behind < spans.length && (spans[behind + 1] ?? 0) - start <= CHUNK_BYTES) behind += 2;
    kernel.load(buffer.subarray(start, spans[behind - 1]));
    for (; i < behind; i += 2) {
      kernel.digest((spans[i] ?? 0) - start, (spans[i + 1] ?? 0) - start);
      take(kernel.words);
    }
  }
}
