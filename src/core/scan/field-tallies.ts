import { FieldTally, type ScanTotals } from './field-tally.js';
import { DistinctSample } from './distinct-sample.js';
import { ValueHash } from './value-hash.js';

/** Top-level fields that are followed at once, besides those that are wanted by name. */
export const MOST_FIELDS = 64;
/** Fields wanted by name: 64 indexes of a few fields each. */
export const MOST_PATHS = 128;
/** A field that fewer than one in so many documents have makes room for others. */
const RARE = 200;
/** Documents between two looks for rare fields. */
const LOOK_EVERY = 64;
/** Names longer than this are no fields but data, https://learn.microsoft.com/azure/cosmos-db/concepts-limits. */
const LONGEST_NAME = 255;
const DOT = 0x2e;
const DOLLAR = 0x24;
/** No type of BSON, by which values are hashed: a name is no value. */
const NAME_SEED = 0x5eed;

/** The top-level fields of a collection while it is scanned, a bounded number of them whatever the documents are called. */
export class FieldTallies {
  readonly #byName = new Map<number, FieldTally>();
  readonly #names = new Map<FieldTally, Buffer>();
  readonly #wanted: ReadonlySet<string>;
  readonly #leftOut = new DistinctSample();
  readonly #hash = new ValueHash();
  readonly #totals: ScanTotals;
  #unwanted = 0;
  #lookedAt = 0;

  /** `wanted`: top-level names that are followed from the start and make room for no other. */
  constructor(wanted: readonly string[], totals: ScanTotals) {
    this.#wanted = new Set(wanted);
    this.#totals = totals;
    for (const name of wanted) this.#follow(name, Buffer.from(name, 'utf8'));
  }

  /** The field of that name; undefined where it is not followed. `totals` of the scan leave out the document that is walked now. */
  of(buffer: Buffer, nameStart: number, nameEnd: number): FieldTally | undefined {
    let hash = 0x811c9dc5 | 0;
    for (let i = nameStart; i < nameEnd; i += 1) hash = Math.imul(hash ^ (buffer[i] as number), 0x01000193);
    for (let found = this.#byName.get(hash); found; found = found.next) {
      if (this.#isNamed(found, buffer, nameStart, nameEnd)) return found;
    }
    return this.#begin(buffer, nameStart, nameEnd);
  }

  all(): readonly FieldTally[] {
    return [...this.#names.keys()];
  }

  /** Names that were seen and are not followed, about. */
  leftOut(): number {
    const cameBack = this.all().filter(({ unseen, present }) => unseen.documents > 0 && present > 0).length;
    return Math.max(0, this.#leftOut.values - (this.#lookedAt > 0 ? cameBack : 0));
  }

  #begin(buffer: Buffer, nameStart: number, nameEnd: number): FieldTally | undefined {
    if (isFieldName(buffer, nameStart, nameEnd)) {
      if (this.#unwanted >= MOST_FIELDS) this.#makeRoom();
      if (this.#unwanted < MOST_FIELDS) {
        this.#unwanted += 1;
        return this.#follow(
          buffer.toString('utf8', nameStart, nameEnd),
          Buffer.from(buffer.subarray(nameStart, nameEnd)),
        );
      }
    }
    this.#leaveOut(buffer, nameStart, nameEnd);
    return undefined;
  }

  #follow(name: string, bytes: Buffer): FieldTally {
    // Only where some had to make room, it may have been one of them; before that it is new.
    const before = this.#lookedAt > 0 ? { ...this.#totals } : { documents: 0, bytes: 0, squaredBytes: 0 };
    const field = new FieldTally(name, before);
    const hash = nameHash(bytes);
    field.next = this.#byName.get(hash);
    this.#byName.set(hash, field);
    this.#names.set(field, bytes);
    return field;
  }

  #isNamed(field: FieldTally, buffer: Buffer, start: number, end: number): boolean {
    const name = this.#names.get(field) as Buffer;
    if (name.length !== end - start) return false;
    for (let i = 0; i < name.length; i += 1) if (buffer[start + i] !== name[i]) return false;
    return true;
  }

  #leaveOut(bytes: Buffer, start: number, end: number): void {
    this.#hash.ofBytes(bytes, start, end, NAME_SEED);
    this.#leftOut.add(this.#hash.high, this.#hash.low);
  }

  #makeRoom(): void {
    const { documents } = this.#totals;
    if (documents - this.#lookedAt < LOOK_EVERY) return;
    this.#lookedAt = documents;
    for (const [field, name] of this.#names) {
      if (this.#wanted.has(field.path) || field.present * RARE >= documents - field.unseen.documents) continue;
      this.#forget(field, name);
    }
  }

  #forget(field: FieldTally, name: Buffer): void {
    const hash = nameHash(name);
    let first = this.#byName.get(hash);
    if (first === field) first = field.next;
    else for (let one = first; one; one = one.next) if (one.next === field) one.next = field.next;
    if (first) this.#byName.set(hash, first);
    else this.#byName.delete(hash);
    this.#names.delete(field);
    this.#unwanted -= 1;
    this.#leaveOut(name, 0, name.length);
  }
}

function nameHash(name: Buffer): number {
  let hash = 0x811c9dc5 | 0;
  for (const byte of name) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

/** A dotted path could not tell the others from a place in a document, or from an operator. */
function isFieldName(buffer: Buffer, start: number, end: number): boolean {
  if (end === start || end - start > LONGEST_NAME || buffer[start] === DOLLAR) return false;
  for (let i = start; i < end; i += 1) if (buffer[i] === DOT) return false;
  return true;
}
