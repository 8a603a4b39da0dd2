/** The work that is done to each byte of a copy, in WebAssembly: no object and no call into native code per document. */
import { MalformedBson } from '../../core/bson/raw-document.js';
import { KERNEL_MODULE } from './kernel-module.js';

/** 32-bit words of a digest. */
export const LANES = 4;
/** Where the kernel is given bytes; below is what it returns. */
const INPUT_AT = 64;
/** In which WebAssembly's memory grows (its core specification). */
const PAGE_BYTES = 65_536;
/** Neighbouring documents are handed over together up to this: they stay in the processor's second cache. */
const CHUNK_BYTES = 256 * 1024;
/** Documents that one pass of `scan` notes, and what it notes of each: length, hasZeros, digest. */
const MOST_NOTES = 4_096;
const NOTE_WORDS = 2 + LANES;
/** What is scanned lies behind the notes. */
const SCAN_AT = INPUT_AT + MOST_NOTES * NOTE_WORDS * 4;

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly digest: (from: number, end: number) => void;
  readonly hasZeros: (from: number, end: number) => number;
  readonly scan: (from: number, end: number, to: number, notes: number, most: number) => void;
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
  #ints = new Int32Array(this.#exports.memory.buffer);

  /** `bytes` are what the others speak of from now on. */
  load(bytes: Uint8Array, at = INPUT_AT): void {
    const missing = at + bytes.length - this.#bytes.length;
    if (missing > 0) {
      this.#exports.memory.grow(Math.ceil(missing / PAGE_BYTES));
      this.#bytes = new Uint8Array(this.#exports.memory.buffer);
      this.words = new Uint32Array(this.#exports.memory.buffer, 0, LANES);
      this.#ints = new Int32Array(this.#exports.memory.buffer);
    }
    this.#bytes.set(bytes, at);
  }

  digest(from: number, end: number): Uint32Array {
    this.#exports.digest(INPUT_AT + from, INPUT_AT + end);
    return this.words;
  }

  hasZeros(from: number, end: number): boolean {
    return this.#exports.hasZeros(INPUT_AT + from, INPUT_AT + end) !== 0;
  }

  /** What of `bytes` is a whole element is moved together; see `scan` of kernel.wat. The returned parts hold until the next call. */
  scan(bytes: Uint8Array): Scan {
    this.load(bytes, SCAN_AT);
    this.#exports.scan(SCAN_AT, SCAN_AT + bytes.length, SCAN_AT, INPUT_AT, MOST_NOTES);
    const ints = this.#ints;
    const [stopped = 0, movedEnd = 0, count = 0, bad = 0] = ints.subarray(4, 8);
    return {
      consumed: stopped - SCAN_AT,
      moved: this.#bytes.subarray(SCAN_AT, movedEnd),
      count,
      notes: ints.subarray(INPUT_AT / 4, INPUT_AT / 4 + count * NOTE_WORDS),
      bad: bad !== 0,
    };
  }
}

interface Scan {
  readonly consumed: number;
  readonly moved: Uint8Array;
  readonly count: number;
  readonly notes: Int32Array;
  readonly bad: boolean;
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

/** What one look at the documents of a reply found out. */
export interface ScannedDocuments {
  /** Start and end of each in the buffer, where they lie one behind another now. */
  readonly spans: Int32Array;
  /** {@link LANES} words for each. */
  readonly digests: Uint32Array;
  /** 1 for each in which nine bytes one after another are 0. */
  readonly zeros: Uint8Array;
}

/**
 * Takes documents out of the elements of an array, which lie from `start` to `end` of `buffer`, and moves them together from `start` on. `expected`: how many are likely.
 * @throws MalformedBson where there is something else than documents, or one reaches past the end.
 */
export function scanDocuments(buffer: Uint8Array, start: number, end: number, expected: number): ScannedDocuments {
  const kernel = (shared ??= new Kernel());
  let room = Math.max(16, expected);
  let spans = new Int32Array(room * 2);
  let digests = new Uint32Array(room * LANES);
  let zeros = new Uint8Array(room);
  let count = 0;
  let to = start;
  let chunk = CHUNK_BYTES;
  for (let from = start; from < end;) {
    const until = Math.min(end, from + chunk);
    const scan = kernel.scan(buffer.subarray(from, until));
    if (scan.bad) throw new MalformedBson('a batch holds what is no document');
    if (scan.count === 0) {
      if (until === end) throw new MalformedBson('document past the end of its batch');
      chunk *= 4;
      continue;
    }
    if (count + scan.count > room) {
      room = Math.max(2 * room, count + scan.count);
      spans = larger(spans, new Int32Array(room * 2));
      digests = larger(digests, new Uint32Array(room * LANES));
      zeros = larger(zeros, new Uint8Array(room));
    }
    buffer.set(scan.moved, to);
    for (let note = 0; note < scan.notes.length; note += NOTE_WORDS, count += 1) {
      spans[count * 2] = to;
      to += scan.notes[note] ?? 0;
      spans[count * 2 + 1] = to;
      zeros[count] = scan.notes[note + 1] ?? 0;
      for (let lane = 0; lane < LANES; lane += 1) digests[count * LANES + lane] = scan.notes[note + 2 + lane] ?? 0;
    }
    from += scan.consumed;
  }
  return {
    spans: spans.subarray(0, count * 2),
    digests: digests.subarray(0, count * LANES),
    zeros: zeros.subarray(0, count),
  };
}

function larger<T extends Int32Array | Uint32Array | Uint8Array>(old: T, fresh: T): T {
  fresh.set(old);
  return fresh;
}
