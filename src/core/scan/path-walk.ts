import { BSON_TYPE, valueLength } from '../bson/raw-document.js';

/** A dotted path, cut and encoded once, so that a walk compares bytes. */
export type EncodedPath = readonly Buffer[];

/** Cuts at every dot: a field whose name holds one is not meant. */
export function encodePath(dotted: string): EncodedPath {
  return dotted.split('.').map((part) => Buffer.from(part, 'utf8'));
}

/**
 * A place in a document that was walked before and is known to be BSON: type and value of one element after another. One object serves for
 * all documents.
 */
export class ElementWalk {
  type = 0;
  nameStart = 0;
  nameEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  #limit = 0;

  /** Before the first element of the document or array that starts at `start` and whose length is right. */
  enter(buffer: Buffer, start: number): void {
    this.#limit = start + buffer.readInt32LE(start);
    this.valueEnd = start + 4;
  }

  /** On to the next element; false where there is none. */
  next(buffer: Buffer): boolean {
    let position = this.valueEnd;
    const type = buffer[position] as number;
    if (type === 0 || position >= this.#limit) return false;
    position += 1;
    this.type = type;
    this.nameStart = position;
    while (buffer[position] !== 0) position += 1;
    this.nameEnd = position;
    position += 1;
    this.valueStart = position;
    this.valueEnd = position + valueLength(buffer, type, position, this.#limit);
    return true;
  }

  /** On to the first element of that name from here; false where there is none. */
  find(buffer: Buffer, name: Buffer): boolean {
    while (this.next(buffer)) if (this.isNamed(buffer, name)) return true;
    return false;
  }

  isNamed(buffer: Buffer, name: Buffer): boolean {
    const { nameStart } = this;
    if (this.nameEnd - nameStart !== name.length) return false;
    for (let i = 0; i < name.length; i += 1) if (buffer[nameStart + i] !== name[i]) return false;
    return true;
  }
}

export type PathEnd = 'missing' | 'array' | 'value';

/**
 * Goes to the value of a path in the document at `start`, through embedded documents: `array` where one stands on the way or at the end (the walk is then
 * on it), `missing` where there is nothing. Of a name that occurs twice the first counts, as it does to a server.
 */
export function goToPath(walk: ElementWalk, buffer: Buffer, start: number, path: EncodedPath): PathEnd {
  walk.enter(buffer, start);
  for (let i = 0; i < path.length; i += 1) {
    if (!walk.find(buffer, path[i] as Buffer)) return 'missing';
    if (walk.type === BSON_TYPE.array) return 'array';
    if (i === path.length - 1) return 'value';
    if (walk.type !== BSON_TYPE.document) return 'missing';
    walk.enter(buffer, walk.valueStart);
  }
  return 'missing';
}
