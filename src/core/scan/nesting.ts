import { BSON_TYPE, documentLength, MalformedBson, valueLength } from '../bson/raw-document.js';

/**
 * Levels that are walked into; what lies deeper is skipped by its length. A server keeps no document of more than 200:
 * https://github.com/mongodb/mongo/blob/master/src/mongo/bson/bson_depth.h.
 */
export const MOST_LEVELS = 1024;

/** Walks whole documents without a call per level and without allocating. */
export class Nesting {
  readonly #ends = new Int32Array(MOST_LEVELS + 1);

  /**
   * Levels of the document at `offset`, arrays included: 1 for a flat one, {@link MOST_LEVELS} at most.
   * @throws MalformedBson for bytes that are not BSON, so that who walks them again need not look out.
   */
  depth(buffer: Buffer, offset: number): number {
    const ends = this.#ends;
    let limit = offset + documentLength(buffer, offset);
    let position = offset + 4;
    let level = 1;
    let deepest = 1;
    ends[1] = limit;
    for (;;) {
      if (position >= limit) throw new MalformedBson('document without end');
      const type = buffer[position] as number;
      if (type === 0) {
        if (level === 1) return deepest;
        position = limit;
        level -= 1;
        limit = ends[level] as number;
        continue;
      }
      position += 1;
      while (position < limit && buffer[position] !== 0) position += 1;
      if (position >= limit) throw new MalformedBson('unterminated cstring');
      position += 1;
      const end = position + valueLength(buffer, type, position, limit);
      if (end > limit) throw new MalformedBson('value longer than its document');
      if ((type === BSON_TYPE.document || type === BSON_TYPE.array) && level < MOST_LEVELS) {
        level += 1;
        if (level > deepest) deepest = level;
        limit = end;
        ends[level] = end;
        position += 4;
      } else {
        position = end;
      }
    }
  }
}
