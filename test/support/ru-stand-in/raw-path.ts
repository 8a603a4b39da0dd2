import { BSON_TYPE, elementAt, type RawElement } from '../../../src/core/bson/raw-document.js';

/** A dotted path, cut and encoded once, so that a walk compares bytes. */
export type RawPath = readonly Buffer[];

export function rawPath(dotted: string): RawPath {
  return dotted.split('.').map((part) => Buffer.from(part, 'utf8'));
}

/** The element called `name` of the document at `start`; undefined where there is none. */
export function namedElement(buffer: Buffer, start: number, name: Buffer): RawElement | undefined {
  const limit = start + buffer.readInt32LE(start);
  let position = start + 4;
  for (;;) {
    const element = elementAt(buffer, position, limit);
    if (!element) return undefined;
    if (
      element.nameEnd - element.nameStart === name.length &&
      buffer.compare(name, 0, name.length, element.nameStart, element.nameEnd) === 0
    ) {
      return element;
    }
    position = element.valueEnd;
  }
}

/** The value at a path through embedded documents; arrays are not entered, as a shard key may not lie in one. */
export function elementAtPath(buffer: Buffer, start: number, path: RawPath): RawElement | undefined {
  let at = start;
  let found: RawElement | undefined;
  for (let i = 0; i < path.length; i += 1) {
    const name = path[i];
    if (!name) return undefined;
    found = namedElement(buffer, at, name);
    if (!found) return undefined;
    if (i < path.length - 1) {
      if (found.type !== BSON_TYPE.document) return undefined;
      at = found.valueStart;
    }
  }
  return found;
}

const scratch = Buffer.alloc(8);

function fnv(buffer: Buffer, start: number, end: number, basis: number): number {
  let hash = basis;
  for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ (buffer[i] ?? 0), 0x01000193);
  // The finish of MurmurHash3: the low bits of FNV alone are too regular for a modulus.
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A hash of bytes, different for each seed. Unsigned 32 bits. */
export function hashBytes(buffer: Buffer, start: number, end: number, seed = 0): number {
  return fnv(buffer, start, end, (0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1)) | 0);
}

/** A hash of a value; equal numbers of different types hash alike, as they are one shard key value. */
export function hashValue(buffer: Buffer, element: RawElement): number {
  let number: number | undefined;
  if (element.type === BSON_TYPE.int) number = buffer.readInt32LE(element.valueStart);
  else if (element.type === BSON_TYPE.long) number = Number(buffer.readBigInt64LE(element.valueStart));
  else if (element.type === BSON_TYPE.double) number = buffer.readDoubleLE(element.valueStart);
  if (number === undefined) return hashBytes(buffer, element.valueStart, element.valueEnd, element.type);
  scratch.writeDoubleLE(number === 0 ? 0 : number, 0);
  return hashBytes(scratch, 0, 8, BSON_TYPE.double);
}

/** True where a filter's value means equality with it: not an operator document, not a pattern. */
export function isEqualityType(type: number): boolean {
  return type !== BSON_TYPE.document && type !== BSON_TYPE.regex;
}
