import { documentLength, elementAt, MalformedBson, type RawElement } from '../bson/raw-document.js';
import type { ByteSink } from './byte-sink.js';

/** The value of a field that is set. */
export type SetValue =
  | { readonly kind: 'constant'; readonly type: number; readonly bytes: Buffer }
  /** A field by its name on the source; where a document has it twice, the first. */
  | { readonly kind: 'copy'; readonly of: string };

/** A transform whose values are bytes. Its names must have passed `transformProblems`. */
export interface FieldChanges {
  readonly drop: readonly string[];
  readonly rename: readonly { readonly from: string; readonly to: string }[];
  readonly set: readonly { readonly field: string; readonly when: 'always' | 'missing'; readonly value: SetValue }[];
}

/** `unchanged`: the document is as it should be. Nothing was appended where it is not `changed`. */
export type TransformOutcome =
  | { readonly kind: 'changed' }
  | { readonly kind: 'unchanged' }
  /** It has a field `field` that stays, and `from` would get the same name. */
  | { readonly kind: 'name-taken'; readonly field: string; readonly from: string }
  /** It lacks the field whose value was to be copied. */
  | { readonly kind: 'no-value'; readonly field: string };

/** Why a document cannot be transformed: it becomes a dead letter. */
export type TransformRefusal = Exclude<TransformOutcome, { readonly kind: 'changed' | 'unchanged' }>;

const CHANGED: TransformOutcome = { kind: 'changed' };
const UNCHANGED: TransformOutcome = { kind: 'unchanged' };

/** What becomes of fields of one name. */
interface Rule {
  readonly text: string;
  readonly name: Buffer;
  drop: boolean;
  /** New name with its null byte. */
  rename: Buffer | undefined;
  /** Index of the new name's rule; -1 for none. */
  target: number;
  /** Its own value is replaced by one that is set. */
  replaced: boolean;
  /** Its value is the value of a field that is set. */
  isCopied: boolean;
}

/** A field to be set, ready to be written. */
interface Setting {
  readonly name: Buffer;
  readonly rule: number;
  readonly value: SetValue;
  /** Index of the copied field's rule; -1 for a constant. */
  readonly copied: number;
}

/**
 * Changes documents as bytes: fields are left out, renamed or set, and all other bytes, their order and duplicate names included, stay as they are. Renames are
 * simultaneous (two fields can change places); fields that are set come last, in the order of the plan.
 */
export class DocumentTransformer {
  readonly #rules: Rule[] = [];
  readonly #settings: readonly Setting[];
  /** Per rule, in the document at hand: whether a field of that name was kept. */
  readonly #kept: Uint8Array;
  /** The rule whose field was renamed to that name, or -1. */
  readonly #madeFrom: Int32Array;
  /** The first field of that name. */
  readonly #values: (RawElement | undefined)[];

  constructor({ drop, rename, set }: FieldChanges) {
    for (const name of drop) this.#rule(name).drop = true;
    for (const { from, to } of rename) {
      this.#rule(from).rename = Buffer.from(`${to}\0`);
      this.#rule(from).target = this.#rules.indexOf(this.#rule(to));
    }
    this.#settings = set.map(({ field, when, value }) => {
      const rule = this.#rule(field);
      // One that is renamed is gone from this name anyway.
      if (when === 'always' && !rule.rename) rule.replaced = true;
      const copied = value.kind === 'copy' ? this.#rule(value.of) : undefined;
      if (copied) copied.isCopied = true;
      return {
        name: Buffer.from(`${field}\0`),
        rule: this.#rules.indexOf(rule),
        value,
        copied: copied ? this.#rules.indexOf(copied) : -1,
      };
    });
    this.#kept = new Uint8Array(this.#rules.length);
    this.#madeFrom = new Int32Array(this.#rules.length);
    this.#values = new Array<RawElement | undefined>(this.#rules.length);
  }

  /**
   * Appends the transformed document that starts at `start` to `out`, if it is another one.
   * @throws MalformedBson, or RangeError, for bytes that are no document.
   */
  write(buffer: Buffer, start: number, out: ByteSink): TransformOutcome {
    const begin = out.length;
    const outcome = this.#write(buffer, start, out, begin);
    if (outcome !== CHANGED) out.cutTo(begin);
    return outcome;
  }

  #write(buffer: Buffer, start: number, out: ByteSink, begin: number): TransformOutcome {
    const limit = start + documentLength(buffer, start);
    this.#kept.fill(0);
    this.#madeFrom.fill(-1);
    this.#values.fill(undefined);
    out.appendInt32(0);
    let changed = false;
    /** Start of what is copied as it is, up to where the walk stands. */
    let run = start + 4;
    let position = run;
    for (;;) {
      const element = elementAt(buffer, position, limit);
      if (!element) break;
      position = element.valueEnd;
      const index = this.#find(buffer, element);
      const rule = this.#rules[index];
      if (!rule) continue;
      if (rule.isCopied) this.#values[index] ??= element;
      const goes = rule.drop || rule.replaced;
      if (!goes && !rule.rename) {
        this.#kept[index] = 1;
        continue;
      }
      changed = true;
      out.append(buffer, run, element.nameStart - 1);
      run = element.valueEnd;
      if (rule.rename && !goes) {
        this.#madeFrom[rule.target] = index;
        appendField(out, element.type, rule.rename, buffer, element.valueStart, element.valueEnd);
      }
    }
    if (position !== limit - 1) throw new MalformedBson('bytes after the end of a document');
    const clash = this.#clash();
    if (clash) return clash;
    out.append(buffer, run, position);
    for (const { name, rule, value, copied } of this.#settings) {
      if (this.#kept[rule]) continue;
      changed = true;
      if (value.kind === 'constant') {
        appendField(out, value.type, name, value.bytes, 0, value.bytes.length);
        continue;
      }
      const found = this.#values[copied];
      if (!found) return { kind: 'no-value', field: value.of };
      appendField(out, found.type, name, buffer, found.valueStart, found.valueEnd);
    }
    if (!changed) return UNCHANGED;
    out.appendByte(0);
    out.setInt32(begin, out.length - begin);
    return CHANGED;
  }

  #rule(text: string): Rule {
    let rule = this.#rules.find((r) => r.text === text);
    if (!rule) {
      rule = {
        text,
        name: Buffer.from(text),
        drop: false,
        rename: undefined,
        target: -1,
        replaced: false,
        isCopied: false,
      };
      this.#rules.push(rule);
    }
    return rule;
  }

  #find(buffer: Buffer, element: RawElement): number {
    for (let i = 0; i < this.#rules.length; i += 1) {
      const rule = this.#rules[i];
      if (rule && isNamed(buffer, element, rule.name)) return i;
    }
    return -1;
  }

  #clash(): TransformRefusal | undefined {
    for (let i = 0; i < this.#rules.length; i += 1) {
      const from = this.#madeFrom[i] ?? -1;
      if (this.#kept[i] && from >= 0)
        return { kind: 'name-taken', field: this.#rules[i]?.text ?? '', from: this.#rules[from]?.text ?? '' };
    }
    return undefined;
  }
}

function appendField(out: ByteSink, type: number, name: Buffer, from: Buffer, start: number, end: number): void {
  out.appendByte(type);
  out.append(name);
  out.append(from, start, end);
}

function isNamed(buffer: Buffer, element: RawElement, name: Buffer): boolean {
  const { nameStart, nameEnd } = element;
  if (nameEnd - nameStart !== name.length) return false;
  // Names are short: a loop is faster than a call of the runtime's comparison.
  for (let i = 0; i < name.length; i += 1) if (buffer[nameStart + i] !== name[i]) return false;
  return true;
}
