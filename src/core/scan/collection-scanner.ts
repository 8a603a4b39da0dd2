import { BSON_TYPE, MalformedBson } from '../bson/raw-document.js';
import type { IndexFacts } from '../model/facts.js';
import type { Namespace } from '../model/namespace.js';
import type { ReadingGap } from '../model/reading.js';
import type { CollectionScan, FieldScan, SizeClass } from '../model/scan.js';
import { CHARGE_KNOTS } from '../size/charges.js';
import { FieldTallies, MOST_PATHS } from './field-tallies.js';
import { FieldTally, type ScanTotals } from './field-tally.js';
import { IndexTerms } from './index-terms.js';
import { Nesting } from './nesting.js';
import { ElementWalk, encodePath, goToPath, type EncodedPath } from './path-walk.js';
import { TYPE_ALIAS } from './type-alias.js';
import { ValueHash } from './value-hash.js';

export interface ScannerOptions {
  readonly indexes: readonly Pick<IndexFacts, 'name' | 'key'>[];
  /** Paths to look at besides the top-level fields and those of indexes: shard keys. */
  readonly paths?: readonly string[];
  /** Documents come in the order of `_id`: neighbours with the same one are counted, and told where all have come. */
  readonly inIdOrder?: boolean;
}

/** What the scanner cannot know of what it was fed. */
export interface ScanOrigin {
  readonly ns: Namespace;
  readonly mode: CollectionScan['mode'];
  readonly of: number;
  readonly drawn: NonNullable<CollectionScan['drawn']>;
  readonly gaps: readonly ReadingGap[];
  /** False leaves {@link FieldScan.bucketBytes} empty: 8 KB for each field. */
  readonly buckets?: boolean;
}

const ID = '_id';
const NOTHING: ScanTotals = { documents: 0, bytes: 0, squaredBytes: 0 };

/**
 * Looks at raw documents, one after another, and remembers sizes, counts and hashes of them, no value. Its memory is bounded whatever the documents are: 192
 * fields of 160 KB at most, and 100 KB besides.
 */
export class CollectionScanner {
  readonly #totals: ScanTotals = { ...NOTHING };
  readonly #fields: FieldTallies;
  /** Dotted paths, which are looked up in each document. */
  readonly #nested: readonly { readonly path: EncodedPath; readonly field: FieldTally }[];
  readonly #terms: IndexTerms;
  readonly #nesting = new Nesting();
  readonly #walk = new ElementWalk();
  readonly #hash = new ValueHash();
  readonly #sizes = [...CHARGE_KNOTS, null].map((upTo) => ({ upTo, documents: 0, bytes: 0 }));
  readonly #idTypes = new Map<number, number>();
  readonly #inIdOrder: boolean;
  readonly #lastId = { high: 0, low: 0, known: false, repeated: false };
  #duplicateIds = 0;
  #idLargest = 0;
  #largest = 0;
  #deepest = 0;
  #malformed = 0;

  constructor(options: ScannerOptions) {
    const paths = wantedPaths(options);
    this.#fields = new FieldTallies(
      paths.filter((path) => !path.includes('.')),
      this.#totals,
    );
    this.#nested = paths
      .filter((path) => path.includes('.'))
      .map((path) => ({ path: encodePath(path), field: new FieldTally(path, NOTHING) }));
    this.#terms = new IndexTerms(options.indexes);
    this.#inIdOrder = options.inIdOrder ?? false;
  }

  /** Documents looked at. */
  get documents(): number {
    return this.#totals.documents;
  }

  get bytes(): number {
    return this.#totals.bytes;
  }

  /** Looks at the document that begins at `offset`. Bytes that are no BSON are counted as that, and nothing of them is believed. */
  add(buffer: Buffer, offset = 0): void {
    let deepest: number;
    try {
      deepest = this.#nesting.depth(buffer, offset);
    } catch (error) {
      if (!(error instanceof MalformedBson)) throw error;
      this.#malformed += 1;
      return;
    }
    const size = buffer.readInt32LE(offset);
    if (deepest > this.#deepest) this.#deepest = deepest;
    if (size > this.#largest) this.#largest = size;
    this.#addSize(size);
    this.#addFields(buffer, offset, size);
    this.#terms.add(buffer, offset);
    this.#totals.documents += 1;
    this.#totals.bytes += size;
    this.#totals.squaredBytes += size * size;
  }

  /** What was seen so far. */
  scan(origin: ScanOrigin): CollectionScan {
    const { documents, bytes } = this.#totals;
    const nullHash = new ValueHash();
    nullHash.ofValue(Buffer.alloc(0), BSON_TYPE.null, 0, 0);
    const options = { random: origin.drawn === 'random', buckets: origin.buckets ?? true };
    const fields: FieldScan[] = [...this.#fields.all(), ...this.#nested.map(({ field }) => field)]
      .sort((a, b) => b.present - a.present)
      .map((field) => field.scan(this.#totals, nullHash, options));
    return {
      ns: origin.ns,
      mode: origin.mode,
      documents,
      of: origin.of,
      bytes,
      largestBytes: this.#largest,
      sizes: this.#sizes.map((one): SizeClass => ({ ...one })),
      deepest: this.#deepest,
      id: {
        types: Object.fromEntries([...this.#idTypes].map(([type, count]) => [idTypeName(type), count])),
        largestBytes: this.#idLargest,
      },
      termsPerDocument: Object.fromEntries(
        this.#terms.names.map((name, i) => [name, documents === 0 ? 0 : (this.#terms.totals[i] as number) / documents]),
      ),
      fields,
      fieldsLeftOut: this.#fields.leftOut(),
      drawn: origin.drawn,
      ...(this.#malformed > 0 ? { malformed: this.#malformed } : {}),
      ...(this.#inIdOrder && origin.drawn === 'all' ? { duplicateIds: this.#duplicateIds } : {}),
      gaps: origin.gaps,
    };
  }

  #addSize(size: number): void {
    for (const one of this.#sizes) {
      if (one.upTo !== null && size > one.upTo) continue;
      one.documents += 1;
      one.bytes += size;
      return;
    }
  }

  #addFields(buffer: Buffer, offset: number, size: number): void {
    const walk = this.#walk;
    const document = this.#totals.documents;
    walk.enter(buffer, offset);
    while (walk.next(buffer)) {
      const field = this.#fields.of(buffer, walk.nameStart, walk.nameEnd);
      if (!field || field.lastDocument === document) continue;
      field.lastDocument = document;
      const array = walk.type === BSON_TYPE.array;
      this.#hash.ofValue(buffer, walk.type, walk.valueStart, walk.valueEnd);
      field.add(walk.type, walk.valueEnd - walk.valueStart, size, this.#hash, array);
      if (field.path === ID) this.#addId(walk);
    }
    for (const { path, field } of this.#nested) {
      const end = goToPath(walk, buffer, offset, path);
      if (end === 'missing') continue;
      this.#hash.ofValue(buffer, walk.type, walk.valueStart, walk.valueEnd);
      field.add(walk.type, walk.valueEnd - walk.valueStart, size, this.#hash, end === 'array');
    }
  }

  #addId(walk: ElementWalk): void {
    this.#idTypes.set(walk.type, (this.#idTypes.get(walk.type) ?? 0) + 1);
    this.#idLargest = Math.max(this.#idLargest, walk.valueEnd - walk.valueStart);
    if (!this.#inIdOrder) return;
    const { high, low } = this.#hash;
    const last = this.#lastId;
    const same = last.known && last.high === high && last.low === low;
    if (same && !last.repeated) this.#duplicateIds += 1;
    Object.assign(last, { high, low, known: true, repeated: same });
  }
}

/** `_id`, the paths of indexes and those that were asked for, each once, a bounded number. */
function wantedPaths({ indexes, paths = [] }: ScannerOptions): readonly string[] {
  const ofIndexes = indexes.flatMap(({ key }) => key.map(([path]) => path));
  const named = [ID, ...paths, ...ofIndexes].filter((path) => path !== '' && !path.includes('$'));
  return [...new Set(named)].filter((path) => path !== '_fts' && path !== '_ftsx').slice(0, MOST_PATHS);
}

/** The facts of a collection call it by its plain name. */
function idTypeName(type: number): string {
  return type === BSON_TYPE.binary ? 'binary' : (TYPE_ALIAS[type] ?? String(type));
}
